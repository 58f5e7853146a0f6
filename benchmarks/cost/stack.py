"""The functions of a stack, as Lambda runs them, on a metered AWS in memory.

IVS is the simulator. Time is virtual: an input is handled at once, in a batch of one.
"""

import json
import os
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch
from uuid import uuid4

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.model import OperationModel

from benchmarks.cost.meter import Meter
from benchmarks.cost.table import MeteredTable
from ivs_simulator.dispatch.in_process import attach
from ivs_simulator.events.cloudtrail import Caller
from ivs_simulator.world import World
from streamwarden.domain.policy import encode_policy
from streamwarden_cli.policy.compilation import compile_policy_file

ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
START: Final = datetime(2026, 3, 14, tzinfo=UTC)

_STREAM_INBOX, _CHANGE_INBOX = "stream-inbox", "change-inbox"
_ACTIONS, NOTIFICATIONS = "actions.fifo", "notifications"
_FUNCTION_ARN: Final = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:observe"
_VARIABLES: Final = {
    "MODE": "enforce",
    "TABLE_NAME": "table",
    "LEDGER_RETENTION_DAYS": "400",
    "ACTION_QUEUE_URL": _ACTIONS,
    "NOTIFICATION_QUEUE_URL": NOTIFICATIONS,
    "STACK_NAME": "streamwarden",
    "TOPIC_ARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts",
    "DESTINATION_SECRETS": "streamwarden/destinations/",
    "TIMER_GROUP_NAME": "timers",
    "TIMER_TARGET_ARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{_STREAM_INBOX}",
    "TIMER_DEAD_LETTERS_ARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead-letters",
    "TIMER_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/timers",
    "DEAD_LETTER_QUEUE_URL": "dead-letters",
    "SOURCE_QUEUE_URL": "inbox",
    "STREAM_INBOX_URL": _STREAM_INBOX,
    "CHANGE_INBOX_URL": _CHANGE_INBOX,
    "OUTCOME_QUEUE_URL": _CHANGE_INBOX,
    "ROTATE_KEYS_ARN": "never invoked",
    "POWERTOOLS_SERVICE_NAME": "streamwarden",
    "POWERTOOLS_METRICS_NAMESPACE": "Streamwarden",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "AWS_DEFAULT_REGION": REGION,
}
_NO_PROFILE: Final = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
# The timeouts of `template.yaml`.
_SECONDS: Final = 30
_SWEEP_SECONDS: Final = 300


@dataclass
class Stack:
    """A deployed stack. `kinds` says which inputs there were, by their detail-type and name."""

    policy_path: str
    meter: Meter = field(default_factory=Meter)
    now: datetime = START
    inputs: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    own: deque[str] = field(default_factory=deque)
    timers: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    actions: deque[str] = field(default_factory=deque)
    wakes: list[tuple[datetime, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(lambda: self.now, self.events.append)
        self.table = MeteredTable(self.meter)

    def measure(self) -> None:
        """Forget what was counted until now."""
        self.meter = self.table.meter = Meter()
        self.inputs, self.kinds = 0, {}

    def client(self, service: str, attempts: int = 1, read_seconds: float = 5) -> Any:
        match service:
            case "dynamodb":
                return self.table
            case "ivs":
                return self._ivs()
            case _:
                return self

    def _ivs(self) -> Any:
        session = botocore.session.Session()
        config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
        client = session.create_client("ivs", region_name=REGION, config=config)
        attach(client, self.world, account=ACCOUNT, caller=Caller.role(ACCOUNT, "streamwarden"))

        def called(model: OperationModel, **_: object) -> None:
            self.meter.call(model.name)

        client.meta.events.register("provide-client-params.ivs.*", called)
        return client

    # The clients of SQS, SNS and Scheduler

    def send_message_batch(self, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803  # AWS's names
        self.meter.call("SendMessageBatch")
        if QueueUrl.endswith(".fifo"):
            # The one to send, and to receive and delete each message.
            self.meter.count("SQS requests (FIFO queues)", 1 + 2 * len(Entries))
            self.actions += [each["MessageBody"] for each in Entries]
        else:
            self.meter.count("SQS requests (standard queues)")
            self.own += [each["MessageBody"] for each in Entries]
        return {}

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> dict[str, Any]:  # noqa: N803
        self.meter.call("SendMessage")
        self.meter.count("SQS requests (standard queues)")
        assert QueueUrl == NOTIFICATIONS  # nothing is dead-lettered
        self.wakes.append((self.now + timedelta(seconds=DelaySeconds), MessageBody))
        return {}

    def publish(self, **_: Any) -> dict[str, Any]:
        self.meter.call("Publish")
        self.meter.count("SNS requests")
        return {}

    def create_schedule(self, **schedule: Any) -> None:
        self.meter.call("CreateSchedule")
        moment = datetime.fromisoformat(schedule["ScheduleExpression"][3:-1]).replace(tzinfo=UTC)
        self.timers[schedule["Name"]] = moment, schedule["Target"]["Input"]

    # What happens

    def pause(self, seconds: float) -> None:
        """A function waits, and pays for it."""
        self.now += timedelta(seconds=seconds)
        self.meter.paused_seconds += seconds

    def advance(self, until: datetime) -> None:
        """Let time pass: what IVS does later, and timers, in their order."""
        while (at := self._next_due()) is not None and at <= until:
            self.now = max(self.now, at)
            self.world.tick()
            self._fire()
            self.handle()
        self.now = until
        self.world.tick()
        self.handle()

    def _next_due(self) -> datetime | None:
        moments = [at for at, _ in (*self.timers.values(), *self.wakes)]
        if self.world.next_due is not None:
            moments.append(self.world.next_due)
        return min(moments, default=None)

    def _fire(self) -> None:
        for name, (at, given) in sorted(self.timers.items()):
            if at <= self.now:
                del self.timers[name]
                self.meter.count("Scheduler invocations")
                self._observe(given)
        self._wake()

    def _wake(self) -> None:
        due = [each for each in self.wakes if each[0] <= self.now]
        self.wakes = [each for each in self.wakes if each not in due]
        for _, given in due:
            # The request that sent it is counted where it was sent.
            self.meter.count("SQS requests (standard queues)", 2)
            self._invoke("notify", given)

    def handle(self) -> None:
        """Deliver what IVS said, and what functions put into the inboxes and the action queue."""
        while self.events or self.own or self.actions:
            received, self.events[:] = list(self.events), []
            for event in received:
                self.meter.count("EventBridge events of AWS services")
                self._observe(json.dumps(event))
            while self.own:
                # The request that sent it is counted where it was sent.
                self._observe(self.own.popleft(), is_sent=True)
            while self.actions:
                self._invoke("enforce", self.actions.popleft())

    def _observe(self, body: str, *, is_sent: bool = False) -> None:
        self.inputs += 1
        name = _name_of(json.loads(body))
        self.kinds[name] = self.kinds.get(name, 0) + 1
        self.meter.count("SQS requests (standard queues)", 2 if is_sent else 3)
        self._invoke("observe", body)

    def _invoke(self, function: str, body: str) -> None:
        """A batch of one."""
        handler = import_module(f"functions.{function}.app").handler
        sent_at = str(int(self.now.timestamp() * 1000))
        record = {
            "messageId": str(uuid4()),
            "receiptHandle": "handle",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": sent_at},
        }
        output = StringIO()
        with redirect_stdout(output), _logging_to(output):
            began = process_time()
            answer = handler({"Records": [record]}, _context())
            used = process_time() - began
        if answer["batchItemFailures"]:
            raise AssertionError(f"{function} failed: {output.getvalue()}")
        self.meter.invocation(used, output.getvalue())

    def sweep(self) -> Meter:
        """What a sweep itself costs is the same for any number of inputs. It is counted apart."""
        handler = import_module("functions.sweep.app").handler
        kept, self.meter = self.meter, Meter()
        swept = self.table.meter = self.meter
        output = StringIO()
        with redirect_stdout(output), _logging_to(output):
            began = process_time()
            handler({}, _context(_SWEEP_SECONDS))
            used = process_time() - began
        swept.invocation(used, output.getvalue())
        # It has each destination looked at.
        self._wake()
        self.meter = self.table.meter = kept
        # At worst each input was sent by a request of its own.
        self.meter.count("SQS requests (standard queues)", len(self.own))
        self.handle()
        return swept


@contextmanager
def deployed(policy: Path) -> Iterator[Stack]:
    """A stack with this policy, from its first cold start on."""
    with TemporaryDirectory() as folder, ExitStack() as patches:
        compiled = Path(folder) / "policy.json"
        compiled.write_bytes(encode_policy(compile_policy_file(policy)))
        variables = {**_VARIABLES, "POLICY_PATH": str(compiled)}
        patches.enter_context(patch.dict(os.environ, variables))
        from streamwarden.bootstrap import enforcer, notifier, observer, runtime, sweeper

        stack = Stack(str(compiled))
        patches.enter_context(patch.object(runtime, "client", stack.client))
        # A sweep leaves calls to others by waiting. Nobody else calls here.
        patches.enter_context(patch.object(runtime, "rate_limited", lambda client, *_: client))
        patches.enter_context(patch.object(runtime, "now", lambda: stack.now))
        patches.enter_context(patch.object(runtime, "pause", stack.pause))
        for built in (
            enforcer.enforcer,
            notifier.notifier,
            observer.observer,
            sweeper.sweeper,
        ):
            built.cache_clear()
            # What is built here is of no use to others in the process.
            patches.callback(built.cache_clear)
        yield stack


@contextmanager
def _logging_to(output: StringIO) -> Iterator[None]:
    """Powertools keeps the stream that it found at import."""
    from streamwarden import observability

    handler: Any = observability.logger.registered_handler
    handler.setStream(output)
    try:
        yield
    finally:
        handler.setStream(sys.stdout)


def _context(seconds: int = _SECONDS) -> Any:
    return SimpleNamespace(
        function_name="streamwarden-StreamEventsFunction-Xb9TQ7pXkM3c",
        memory_limit_in_mb=512,
        invoked_function_arn=_FUNCTION_ARN,
        aws_request_id=str(uuid4()),
        get_remaining_time_in_millis=lambda: seconds * 1000,
    )


def _name_of(envelope: Mapping[str, Any]) -> str:
    detail = envelope["detail"]
    name = detail.get("event_name") or detail.get("recording_status") or detail.get("eventName")
    return f"{envelope['detail-type']}: {name}" if name else str(envelope["detail-type"])
