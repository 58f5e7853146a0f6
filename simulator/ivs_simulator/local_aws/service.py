"""Answers the requests the local AWS gets for `ivs`, authorised by its IAM."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ivs_simulator.control.context import ControlContext
from ivs_simulator.dispatch.permissions import Permission, denial, needed
from ivs_simulator.dispatch.routing import Origin, Request, Response, respond
from ivs_simulator.events.cloudtrail import Caller, root_of
from ivs_simulator.local_aws.iam import one_spelling
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.wire.errors import ErrorCode, IvsError


class IvsService:
    """The handler MiniStack calls for requests signed for `ivs`."""

    def __init__(self, context: ControlContext) -> None:
        self._context = context
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

        def authorise(
            account_region: AccountRegion, operation: str, params: Mapping[str, Any]
        ) -> None:
            for permission in needed(account_region, operation, params):
                self._enforce(access_key_id, caller, permission)

        origin = Origin(
            account=self._responses.get_account_id(),
            region=self._responses.get_region(),
            caller=caller,
            authorise=authorise if self._is_guarded else None,
        )
        with self._context.world.lock:
            return respond(self._context.world, Request(method, path, query, body), origin)

    def _caller(self, access_key_id: str, headers: Mapping[str, str]) -> Caller:
        identity = self._policies.resolve_caller_identity(access_key_id)
        account = self._responses.get_account_id()
        return Caller(
            arn=identity["userArn"] if identity else root_of(account).arn,
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
            service_context=one_spelling(permission.context),
        )
        if denied is None:
            return
        if isinstance(denied, self._policies.AuthError):
            raise IvsError(denied.code, denied.message, status=403)
        message = denial(caller.arn, permission, explicit=denied.decision == "Deny")
        raise IvsError(ErrorCode.ACCESS_DENIED, message)
