"""Starts MiniStack, the local AWS, with Amazon IVS in it: `python -m simulator.local_aws`.

The one file that knows MiniStack: its service table, its event bus and its policy evaluation.
"""

import json
import logging
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from queue import SimpleQueue
from threading import Thread
from typing import Any

from simulator.call_log import CallLog
from simulator.cloudtrail import Caller, root_of
from simulator.control_server import Desk, serve
from simulator.envelopes import parse_time
from simulator.errors import ErrorCode, IvsError
from simulator.http import Origin, Request, Response, respond
from simulator.permissions import Permission, denial, needed
from simulator.realm import Realm
from simulator.world import World

TICK_SECONDS = 0.5
_log = logging.getLogger(__name__)


class Bus:
    """Delivers events to the default bus in their order, without making the emitter wait."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[dict[str, Any]] = SimpleQueue()
        Thread(target=self._deliver, name="simulator-events", daemon=True).start()

    def put(self, envelope: dict[str, Any]) -> None:
        self._waiting.put(envelope)

    def _deliver(self) -> None:
        while True:
            envelope = self._waiting.get()
            try:
                _dispatch(envelope)
            except Exception:  # noqa: BLE001 - one bad event must not silence the bus
                _log.exception("event %s was not delivered", envelope.get("id"))


def _dispatch(envelope: Mapping[str, Any]) -> None:
    # PutEvents refuses aws.* sources and stamps its own id and time, so the bus is fed inside.
    events = import_module("ministack.services.eventbridge")
    scope = import_module("ministack.core.responses").request_scope
    record = {
        "EventId": envelope["id"],
        "Source": envelope["source"],
        "DetailType": envelope["detail-type"],
        "Detail": json.dumps(envelope["detail"]),
        "EventBusName": "default",
        "Time": int(parse_time(envelope["time"]).timestamp()),
        "Resources": envelope["resources"],
        "Account": envelope["account"],
        "Region": envelope["region"],
    }
    with scope(envelope["account"], envelope["region"]):
        events._ensure_default_bus()
        events._events_log_list().append(record)
        events._dispatch_event(record)
        events._archive_event(record)


class IvsService:
    """The handler MiniStack calls for requests signed for `ivs`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._responses = import_module("ministack.core.responses")
        self._router = import_module("ministack.core.router")
        self._policies = import_module("ministack.core.iam_evaluator")
        self._is_guarded = bool(import_module("ministack.app").AUTH)

    async def handle(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, list[str]],
    ) -> Response:
        access_key_id = str(self._router.extract_access_key_id(headers, query))
        caller = self._caller(access_key_id, headers)

        def authorise(realm: Realm, operation: str, params: Mapping[str, Any]) -> None:
            for permission in needed(realm, operation, params):
                self._enforce(access_key_id, caller, permission)

        origin = Origin(
            account=self._responses.get_account_id(),
            region=self._responses.get_region(),
            caller=caller,
            authorise=authorise if self._is_guarded else None,
        )
        with self._desk.lock:
            return respond(self._desk.world, Request(method, path, query, body), origin)

    def _caller(self, access_key_id: str, headers: Mapping[str, str]) -> Caller:
        known = self._policies.resolve_caller_identity(access_key_id)
        account = self._responses.get_account_id()
        return Caller(
            arn=known["userArn"] if known else root_of(account).arn,
            access_key_id=access_key_id,
            source_ip=self._responses.get_request_client_ip(),
            user_agent=headers.get("user-agent", ""),
        )

    def _enforce(self, access_key_id: str, caller: Caller, permission: Permission) -> None:
        denied = self._policies.enforce(
            access_key_id,
            permission.action,
            "ivs",
            self._responses.get_region(),
            resource_arn=permission.resource,
            service_context=permission.context,
        )
        if denied is None:
            return
        if isinstance(denied, self._policies.AuthError):
            raise IvsError(denied.code, denied.message, status=403)
        message = denial(caller.arn, permission, explicit=denied.decision == "Deny")
        raise IvsError(ErrorCode.ACCESS_DENIED, message)


def _authorise_as_aws_does() -> None:
    """Two places where MiniStack 1.5 asks IAM for something else than AWS does.

    Source: Service Authorization Reference. SQS has no actions for batches, each is authorised
    as its single call; a schedule's ARN names its group, where MiniStack says `default`.
    """
    actions = import_module("ministack.core.iam_actions")
    extract_action, extract_arn = actions.extract_iam_action, actions.extract_resource_arn

    def extract_iam_action(*request: Any) -> Any:
        action = extract_action(*request)
        return action.removesuffix("Batch") if str(action).startswith("sqs:") else action

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, list[str]],
        *place: str,
    ) -> str:
        arn = str(extract_arn(service, method, path, headers, body, query, *place))
        if service != "scheduler" or ":schedule/default/" not in arn:
            return arn
        in_body = json.loads(body).get("GroupName") if body else None
        group = in_body or next(iter(query.get("groupName", [])), "default")
        return arn.replace(":schedule/default/", f":schedule/{group}/")

    vars(actions).update(
        extract_iam_action=extract_iam_action, extract_resource_arn=extract_resource_arn
    )


def _tell_what_roles_use() -> None:
    """Logs each action a role is allowed, the first time: what its policy grants for a reason."""
    policies = import_module("ministack.core.iam_evaluator")
    enforce, told = policies.enforce, set[tuple[str, str]]()

    def telling_enforce(access_key_id: str, action: str, *request: Any, **context: Any) -> Any:
        denied = enforce(access_key_id, action, *request, **context)
        known = policies.resolve_caller_identity(access_key_id) if denied is None else None
        _, is_role, name = known["userArn"].partition(":assumed-role/") if known else ("", "", "")
        use = (name.partition("/")[0], action)
        if is_role and use not in told:
            told.add(use)
            _log.info("role %s used %s", *use)
        return denied

    vars(policies).update(enforce=telling_enforce)


def main() -> None:
    ministack = import_module("ministack.app")
    _authorise_as_aws_does()
    _tell_what_roles_use()
    calls = CallLog()
    world = World(
        _clock,
        Bus().put,
        seed=int(os.environ.get("SIMULATOR_SEED", "0")),
        recorder=calls.append,
    )
    desk = Desk(
        world,
        account=os.environ.get("MINISTACK_ACCOUNT_ID", "000000000000"),
        region=os.environ.get("MINISTACK_REGION", "us-east-1"),
        calls=calls,
    )
    ministack.SERVICE_HANDLERS["ivs"] = IvsService(desk).handle
    control_port = os.environ.get("SIMULATOR_CONTROL_PORT")
    if control_port:
        serve(desk, int(control_port))
    Thread(target=_tick, args=[desk], name="simulator-clock", daemon=True).start()
    ministack.main()


def _tick(desk: Desk) -> None:
    while True:
        time.sleep(TICK_SECONDS)
        with desk.lock:
            desk.world.tick()


def _clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the simulator's clock


if __name__ == "__main__":
    main()
