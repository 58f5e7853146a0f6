"""The stack on moto and the IVS simulator, with a clock of its own and the real handlers.

It reads like the story of a test: a policy, a channel; at a moment a function runs; then this is
in that queue.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import batched
from pathlib import Path
from traceback import format_exc
from types import ModuleType, SimpleNamespace
from typing import Any, Final
from unittest.mock import patch
from uuid import uuid4

from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.session import Session, get_session

from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.dispatch.in_process import attach
from ivs_simulator.events.cloudtrail import Caller
from ivs_simulator.runtime.call_log import RecordedCall
from ivs_simulator.world import World
from streamwarden import observability
from streamwarden.adapters.dynamodb.controls import DynamoControls, controls_item
from streamwarden.adapters.service_models import ServiceModels
from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.policy_outline import deployment_at
from streamwarden.domain.arn import Place
from streamwarden.domain.policy import encode_policy
from streamwarden.domain.state.merge import Stamped
from streamwarden_cli.policy.compilation import compile_policy
from testbed import template
from testbed.cold_start import BUILDERS, start_cold
from tests.integration.messages import Sent, record_of, sent
from tests.integration.permissions import asked_for, granted

ACCOUNT: Final = "123456789012"  # moto's own
REGION: Final = "eu-west-1"
NOON: Final = datetime(2026, 3, 14, 12, tzinfo=UTC)
# How often a message was received that failed for long, or that others failed before.
MANY: Final = 900
_NONE: Final = timedelta(0)
# Reading botocore's models again for every cold start would be most of what the tests do.
_MODELS: Final = Loader(file_loader=ServiceModels())
_FUNCTION_ARN: Final = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"


class Killed(BaseException):
    """The function's process ended here: no `except Exception` sees it."""


def arn_of(name: str) -> str:
    return f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/{name}"


@dataclass
class Stack:
    """Everything a deployment has. `now` is the time for functions and for IVS alike."""

    parameters: dict[str, str]
    now: datetime = NOON
    calls: list[RecordedCall] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    output: StringIO = field(default_factory=StringIO)
    answers: list[str] = field(default_factory=list)
    invocations: list[dict[str, Any]] = field(default_factory=list)
    refs: dict[str, str] = field(default_factory=dict)
    arns: dict[str, str] = field(default_factory=dict)
    on_call: Callable[[str, str], None] = lambda operation, moment: None
    seconds_left: Callable[[], float] = lambda: 300
    running: str = ""
    is_deployment_known: bool = False
    warm: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world = World(lambda: self.now, self.events.append, recorder=self.calls.append)
        self.refs.update(template.parameters(self.parameters))
        self.refs["AWS::StackName"] = template.STACK
        self._session, self._clients = get_session(), dict[str, Any]()
        self._connect(self._session)
        self.start_cold()
        self._create_resources()

    # The account

    def start_cold(self) -> None:
        """New Lambda environments: nothing is kept from the invocations before."""
        self.warm.clear()
        start_cold()
        emitter = self._connect(runtime.session())
        emitter.register("provide-client-params", self._note_request)
        emitter.register("before-call", lambda model, **_: self.on_call(model.name, "before"))
        emitter.register("after-call", lambda model, **_: self.on_call(model.name, "after"))
        emitter.register("before-call.lambda.Invoke", self._invoke)

    def _connect(self, session: Session) -> Any:
        """Have a session's `ivs` clients answered by the simulator; its event hooks."""
        session.register_component("data_loader", _MODELS)
        emitter = session.get_component("event_emitter")
        client = SimpleNamespace(meta=SimpleNamespace(events=emitter, region_name=REGION))
        attach(client, self.world, account=ACCOUNT, caller=Caller.role(ACCOUNT, "streamwarden"))
        emitter.register("provide-client-params.dynamodb.BatchWriteItem", _refuse_duplicates)
        return emitter

    def _invoke(self, params: Mapping[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        """Takes an invocation down in place of AWS Lambda; `run` makes it."""
        self.invocations.append(json.loads(params["body"]))
        return SimpleNamespace(status_code=202, headers={}), {"StatusCode": 202}

    def _note_request(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        self.requests.append((service, model.name, str(params)))
        wanted = {*asked_for(service, model.name, params)}
        self.refused |= {f"{self.running}: {each}" for each in wanted - granted(self.running)}

    def client(self, service: str) -> Any:
        """A client of the test's own; what it does is not a function's doing."""
        if service not in self._clients:
            self._clients[service] = self._session.create_client(service)
        return self._clients[service]

    def _create_resources(self) -> None:
        for name in template.of_type("AWS::SQS::Queue"):
            self._create_queue(name)
        self._create_table("Table")
        topic_arn = self.client("sns").create_topic(Name="alerts")["TopicArn"]
        self.refs["AlertTopic"] = topic_arn
        self.refs["TimerGroup"] = "timers"
        self.client("scheduler").create_schedule_group(Name=self.refs["TimerGroup"])
        self.arns["TimerRole"] = f"arn:aws:iam::{ACCOUNT}:role/timers"
        self.arns["RotateKeysFunction"] = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:rotate"

    def _create_queue(self, name: str) -> None:
        is_fifo = template.properties(name).get("FifoQueue", False)
        attributes = {"FifoQueue": "true"} if is_fifo else {}
        queue_name = f"{name}.fifo" if is_fifo else name
        answer = self.client("sqs").create_queue(QueueName=queue_name, Attributes=attributes)
        self.refs[name] = answer["QueueUrl"]
        self.arns[name] = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue_name}"

    def _create_table(self, name: str) -> None:
        wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        shape = {key: template.properties(name)[key] for key in wanted}
        self.client("dynamodb").create_table(TableName=name, **shape)
        self.refs[name] = name

    # What happens

    def channel(self, name: str, *, is_known: bool = True, **fields: Any) -> str:
        """Put a channel into the account; a known one is one that a sweep has found."""
        self.world.add_channel(arn=arn_of(name), name=name, created_at=self.now, **fields)
        if is_known:
            self.sweep()
        return arn_of(name)

    def go_live(self, channel_arn: str, **options: Any) -> Broadcast:
        key = self.world.key_value(channel_arn)
        assert key is not None
        return self.world.go_live(key, **options)

    def deploy_policy(self, policy: str) -> None:
        """Another policy (YAML), which functions load from their next cold start on."""
        compiled = encode_policy(compile_policy(policy, "policy.yaml"))
        Path(self.refs["PolicyPath"]).write_bytes(compiled)
        self.start_cold()

    def _know_deployment(self) -> None:
        """Sweeps take what is deployed for known. The account has no record: tests count these."""
        self.is_deployment_known = False
        variables = template.environment("Sweep", self.refs, self.arns)
        deployment = deployment_at(
            variables["POLICY_PATH"], stack=variables["STACK_NAME"], mode=variables["MODE"]
        )
        dynamodb, table, place = self.client("dynamodb"), self.refs["Table"], Place(ACCOUNT, REGION)
        stamped = Stamped(deployment.without_rules, self.now)
        known = replace(DynamoControls(dynamodb, table).of(place), deployment=stamped)
        dynamodb.put_item(TableName=table, Item=controls_item(place, known))

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def run(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Invoke a function as Lambda does, with its variables from the template."""
        if function == "Sweep" and self.is_deployment_known:
            self._know_deployment()
        app = importlib.import_module(template.module_of(function))
        variables = template.environment(function, self.refs, self.arns)
        clock = patch.object(runtime, "now", lambda: self.now)
        waiting = patch.object(runtime, "pause", lambda seconds: self.later(seconds=seconds))
        self.running = function
        with (
            patch.dict(os.environ, variables),
            clock,
            waiting,
            redirect_stdout(self.output),
            self._own_environment(app, function),
        ):
            return self._noted(app.handler, dict(event), _context(function, self.seconds_left))

    @contextmanager
    def _own_environment(self, app: ModuleType, function: str) -> Iterator[None]:
        """Each function stays warm by itself, as in Lambda, though all share one process."""
        (name,) = BUILDERS.keys() & vars(app).keys()
        build = BUILDERS[name].__wrapped__
        with patch.object(app, name, lambda *place: self._built(function, build, *place)):
            yield

    def _built(self, function: str, build: Callable[..., Any], *place: Any) -> Any:
        if function not in self.warm:
            self.warm[function] = build(*place)
        return self.warm[function]

    def _noted(self, handler: Callable[..., dict[str, Any]], *given: Any) -> dict[str, Any]:
        """What Lambda keeps of an invocation: its answer, or the error with all that led to it."""
        try:
            answer = handler(*given)
        except Exception:
            self.answers.append(format_exc())
            raise
        self.answers.append(str(answer))
        return answer

    def sweep(self) -> dict[str, Any]:
        """Run the sweep, and the observers on what it found."""
        report = self.run("Sweep", {})
        assert self.pump("StreamEvents") == self.pump("ResourceChanges") == []
        return report

    def observe_events(self) -> list[str]:
        """Deliver what IVS said since the last time, by the rules of the template."""
        observed, self.events[:] = list(self.events), []
        return [
            body
            for event in observed
            for function in template.listeners(event["detail-type"])
            for body in self.deliver(function, event)
        ]

    def deliver(
        self,
        function: str,
        *messages: Any,
        age: timedelta = _NONE,
        receives: int = MANY,
        group: str | None = None,
    ) -> list[str]:
        """Invoke a function with a batch of messages; the bodies of those it wants again.

        They were sent `age` ago, and received so often.
        """
        grouped = [(each, group) for each in messages]
        return self.deliver_grouped(function, grouped, age, receives)

    def deliver_grouped(
        self,
        function: str,
        messages: Sequence[tuple[Any, str | None]],
        age: timedelta = _NONE,
        receives: int = MANY,
    ) -> list[str]:
        """The same, each message with the FIFO group it is in."""
        sent_at = self.now - age
        records = [record_of(each, sent_at, receives, group) for each, group in messages]
        answer = self.run(function, {"Records": records})
        again = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        return [each["body"] for each in records if each["messageId"] in again]

    def pump(self, function: str, age: timedelta = _NONE) -> list[str]:
        """Empty the function's queue into the function, ten at a time; what it wants again."""
        messages = self.take(template.queue_of(function))
        return [
            body
            for batch in batched(messages, 10, strict=False)
            for body in self.deliver_grouped(
                function, [(each.text, each.group) for each in batch], age
            )
        ]

    # What is there

    def take(self, queue: str) -> list[Sent]:
        """All messages of a queue, which is empty afterwards."""
        sqs, url, taken = self.client("sqs"), self.refs[queue], []
        while answer := self._receive(sqs, url):
            for message in answer:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                taken.append(sent(message))
        return taken

    def take_notifications(self) -> list[Sent]:
        """All notifications that wait for the topic, in their order; none waits afterwards."""
        table = self.client("dynamodb")
        waiting = [each for each in self.items() if each["sk"]["S"].startswith("pending/")]
        for item in waiting:
            table.delete_item(TableName="Table", Key={"pk": item["pk"], "sk": item["sk"]})
        found = [json.loads(each["document"]["S"])["notification"] for each in waiting]
        found.sort(key=lambda each: (each["at"], each["status"] == "resolved"))
        return [Sent(each, json.dumps(each), None, None, {}) for each in found]

    def notify(self, destination: str = "topic") -> None:
        """Have what waits for a destination sent, once its groups are complete."""
        self.later(minutes=1)
        assert self.deliver("Notify", {"destination": destination}) == []

    def _receive(self, sqs: Any, url: str) -> list[Any]:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[Any] = answer.get("Messages", [])
        return messages

    def items(self) -> list[dict[str, Any]]:
        """Every item of the table."""
        found: list[dict[str, Any]] = self.client("dynamodb").scan(TableName="Table")["Items"]
        return found

    def schedules(self) -> dict[str, Any]:
        """The timers that are set, by name."""
        scheduler, group = self.client("scheduler"), self.refs["TimerGroup"]
        names = [each["Name"] for each in scheduler.list_schedules(GroupName=group)["Schedules"]]
        return {name: scheduler.get_schedule(Name=name, GroupName=group) for name in names}

    def logs(self) -> list[dict[str, Any]]:
        """Every line that the functions wrote."""
        return [json.loads(line) for line in self.output.getvalue().splitlines() if line]

    def asked(self, operation: str | None = None) -> list[RecordedCall]:
        """The calls that IVS got, of one operation or of any."""
        return [each for each in self.calls if operation in (None, each.operation)]


@contextmanager
def captured_logs(stream: StringIO) -> Iterator[None]:
    """Powertools keeps the stream it found at import; here it writes to ours."""
    handler = observability.logger.registered_handler
    assert hasattr(handler, "setStream")
    handler.setStream(stream)
    try:
        yield
    finally:
        handler.setStream(sys.stdout)


def _context(function: str, seconds_left: Callable[[], float]) -> Any:
    return SimpleNamespace(
        function_name=function,
        memory_limit_in_mb=512,
        invoked_function_arn=f"{_FUNCTION_ARN}:{function}",
        aws_request_id=str(uuid4()),
        get_remaining_time_in_millis=lambda: int(seconds_left() * 1000),
    )


def _refuse_duplicates(params: Mapping[str, Any], **_: Any) -> None:
    """DynamoDB does, and moto does not."""
    for writes in params["RequestItems"].values():
        items = (
            each.get("PutRequest", {}).get("Item") or each["DeleteRequest"]["Key"]
            for each in writes
        )
        keys = [(item["pk"]["S"], item["sk"]["S"]) for item in items]
        if len(set(keys)) < len(keys):
            words = "Provided list of item keys contains duplicates"
            error: Any = {"Error": {"Code": "ValidationException", "Message": words}}
            raise ClientError(error, "BatchWriteItem")
