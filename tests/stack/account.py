"""The account of a deployed stack, as its tests see it: broadcasters, operators and onlookers.

Nothing here knows how the stack works inside. It looks where an operator would look: at IVS, the
table, the queues, the logs and the alert topic.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from ivs_simulator.control.client import Control, ControlRefused
from streamwarden.domain.arn import account_arn
from streamwarden.domain.commands import ReleaseBreaker, envelope_of_command
from streamwarden.domain.state.controls import Sender
from streamwarden_cli.local.access import ACCOUNT_ID, REGION, session
from streamwarden_cli.local.deliver import Delivery, deliver, routes
from streamwarden_cli.local.deployment import STACK_NAME, StackOutputs
from streamwarden_cli.local.server import LocalAws

IN_ORDER: Final = {"team": "tests"}
PATIENCE_SECONDS: Final = 180.0  # where all is well it is never needed, however busy the cores
# A message that could not be handled is seen again after its queue's visibility timeout.
_ONE_RETRY_SECONDS: Final = 240.0
_LOOK_EVERY_SECONDS: Final = 0.2
# The user who may send to the queues, as the administrator may.
SENDER: Final = "dora"
_RELEASED_AGAIN_AFTER: Final = timedelta(minutes=5)

type Item = dict[str, Any]
type Call = dict[str, Any]


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the deployed stack lives in real time


def eventually[T](look: Callable[[], T | None], within: float = PATIENCE_SECONDS) -> T:
    """What `look` finds, as soon as it finds something; fails after a deadline."""
    deadline = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {within:.0f} s; last seen: {found!r}"
        time.sleep(_LOOK_EVERY_SECONDS)
    return found


@dataclass(frozen=True)
class Notification:
    """One notification as it reached a subscriber of the alert topic."""

    subject: str
    text: str

    def __getitem__(self, label: str) -> str:
        """The value of one of the labelled lines below the text: status, rule, channel…"""
        found = re.search(rf"^{label}: (.*)$", self.text, re.MULTILINE)
        return found[1] if found else ""


@dataclass
class Account:
    """One local AWS with the stack on it. Remembers the key values it saw, to hunt for them."""

    state_dir: Path
    local: LocalAws
    outputs: StackOutputs
    control: Control
    key_values: set[str] = field(default_factory=set)
    _clients: dict[str, Any] = field(default_factory=dict)
    _notifications: list[Notification] = field(default_factory=list)
    _dead_lettered: list[Item] = field(default_factory=list)
    _released_at: datetime | None = None

    @cached_property
    def session(self) -> Any:
        """One for all clients: each session reads the models of the services again."""
        return session()

    def client(self, service: str) -> Any:
        """A client of the administrator."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service, endpoint_url=self.local.endpoint)
        return self._clients[service]

    # Broadcasters

    def channel(self, name: str, *, age: timedelta = timedelta(hours=6), **settings: Any) -> str:
        """A channel that keeps to the policy unless `settings` say otherwise; its ARN."""
        settings = {"tags": IN_ORDER, **settings}
        arn = self.control.create_channel_at(now() - age, name=name, **settings)
        self.key_value(arn)
        return arn

    def key_value(self, channel_arn: str) -> str:
        """The value of the channel's one stream key, as its broadcaster has it."""
        ivs = self.client("ivs")
        (key,) = ivs.list_stream_keys(channelArn=channel_arn)["streamKeys"]
        value = str(ivs.get_stream_key(arn=key["arn"])["streamKey"]["value"])
        self.key_values.add(value)
        return value

    def live_stream(self, channel_arn: str) -> str | None:
        ivs = self.client("ivs")
        try:
            return str(ivs.get_stream(channelArn=channel_arn)["stream"]["streamId"])
        except ivs.exceptions.ChannelNotBroadcasting:
            return None

    def is_refused(self, key_value: str) -> bool:
        """Whether an encoder with this key is turned away."""
        try:
            self.control.go_live(key_value=key_value)
        except ControlRefused as refusal:
            return refusal.code == "StreamKeyRefused"
        return False

    # Functions and what they did

    def invoke(self, function_name: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Run a function and wait for its answer."""
        answer = self.client("lambda").invoke(
            FunctionName=function_name, Payload=json.dumps(payload)
        )
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, result
        return result

    def release_breakers(self, *, always: bool = False) -> None:
        """Let every rule stop whatever it wants for ten minutes: tests share one account, and what
        they stop together would trip a breaker."""
        last = self._released_at
        if not always and last is not None and now() - last < _RELEASED_AGAIN_AFTER:
            return
        released = ReleaseBreaker(
            resource_arn=account_arn(ACCOUNT_ID, REGION),
            time=now(),
            author=Sender(id=""),  # SQS says who sent a command
            reason="a test",
            number=1_000,  # they are counted, as in production
        )
        self.client("sqs").send_message(
            QueueUrl=self.outputs.administrator_inbox_url,
            MessageBody=json.dumps(envelope_of_command(released)),
        )
        self._released_at = now()

    def update_stack(self, **parameters: str) -> None:
        """Deploy the stack again with other values of these parameters, and the same template.

        Nothing is under way then, so that all that follows is decided under these.
        """
        self.settle()
        with self.event_sources_off():
            self._update_stack(parameters)

    @contextmanager
    def event_sources_off(self) -> Iterator[None]:
        """No message is taken meanwhile: the local AWS may not answer while it deploys, and what
        a function then fails to do comes again after minutes."""
        functions = self.client("lambda")
        sources = functions.list_event_source_mappings()["EventSourceMappings"]
        ids = [each["UUID"] for each in sources]
        for each in ids:
            functions.update_event_source_mapping(UUID=each, Enabled=False)
        eventually(lambda: not any(map(self._taken, self.working_queue_urls)))
        try:
            yield
        finally:
            for each in ids:
                functions.update_event_source_mapping(UUID=each, Enabled=True)

    def _update_stack(self, parameters: Mapping[str, str]) -> None:
        cloudformation = self.client("cloudformation")
        (stack,) = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"]
        names = {each["ParameterKey"] for each in stack["Parameters"]} - set(parameters)
        kept = [{"ParameterKey": name, "UsePreviousValue": True} for name in names]
        given = [
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ]
        cloudformation.update_stack(
            StackName=STACK_NAME,
            UsePreviousTemplate=True,
            Parameters=kept + given,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        waiter = cloudformation.get_waiter("stack_update_complete")
        waiter.wait(StackName=STACK_NAME, WaiterConfig={"Delay": 1})

    def sweep(self) -> dict[str, Any]:
        return self.invoke(self.outputs.sweep_function_name, {})

    def calls(self, since: int = 0) -> list[Call]:
        """What the stack's functions asked of IVS."""
        calls, _ = self.control.calls(since)
        return [call for call in calls if ":assumed-role/" in call["caller_arn"]]

    def calls_on(self, channel_arn: str) -> list[str]:
        """The operations the stack's functions asked for that name this channel."""
        return [call["operation"] for call in self.calls() if channel_arn in str(call["params"])]

    def items(self, channel_arn: str) -> list[Item]:
        """Everything the table holds of a channel."""
        answer = self.client("dynamodb").query(
            TableName=self.outputs.table_name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": channel_arn}},
            ConsistentRead=True,
        )
        found: list[Item] = answer["Items"]
        return found

    def record(self, channel_arn: str) -> Item:
        """The table's item about the channel itself; empty while there is none."""
        return next((each for each in self.items(channel_arn) if each["sk"]["S"] == "record"), {})

    def breaches(self, channel_arn: str) -> dict[str, Any]:
        """The open breaches by their rule."""
        record = self.record(channel_arn)
        found = json.loads(record["breaches"]["S"]) if "breaches" in record else []
        return {breach["rule_id"]: breach for breach in found}

    def is_recorded(self, channel_arn: str) -> bool:
        return bool(self._entry(channel_arn).get("digest"))

    def is_recorded_live(self, channel_arn: str) -> bool:
        return self._entry(channel_arn).get("live_stream_id") is not None

    def _entry(self, channel_arn: str) -> dict[str, Any]:
        entry: dict[str, Any] = json.loads(self.record(channel_arn).get("entry", {}).get("S", "{}"))
        return entry

    def timer(self, channel_arn: str) -> str | None:
        """The expression of the channel's timer in EventBridge Scheduler; None if none is set."""
        scheduler = self.client("scheduler")
        (found,) = scheduler.list_schedule_groups(NamePrefix="streamwarden-")["ScheduleGroups"]
        group = found["Name"]
        channel_id = channel_arn.rpartition("/")[2]
        for each in scheduler.list_schedules(GroupName=group)["Schedules"]:
            if each["Name"].endswith(channel_id):
                with suppress(scheduler.exceptions.ResourceNotFoundException):  # it has fired
                    timer = scheduler.get_schedule(GroupName=group, Name=each["Name"])
                    return str(timer["ScheduleExpression"])
        return None

    def logged(self, function: str, text: str) -> list[dict[str, Any]]:
        """The lines of a function's log that hold a text."""
        answer = self.client("logs").filter_log_events(
            logGroupName=f"/aws/lambda/streamwarden/{function}", filterPattern=f'"{text}"'
        )
        lines = (event["message"] for event in answer["events"])
        return [json.loads(line[line.index("{") :]) for line in lines if text in line]

    # Queues

    def deliver(self, event: dict[str, Any]) -> tuple[Delivery, ...]:
        """Bring an event to the stack along the rules it matches."""
        events, sqs = self.client("events"), self.client("sqs")
        return deliver(event, self._routes, events=events, sqs=sqs)

    @cached_property
    def _routes(self) -> Any:
        events, sqs = self.client("events"), self.client("sqs")
        return routes(self.outputs.inbox_urls, self.outputs.buses, events=events, sqs=sqs)

    def settle(self) -> None:
        """Wait until nothing is under way: no message in or out of sight, looked at twice."""
        urls = self.working_queue_urls
        depths = (*urls, *reversed(urls))
        eventually(lambda: not any(map(self._depth, depths)), within=_ONE_RETRY_SECONDS)

    @property
    def working_queue_urls(self) -> list[str]:
        """All queues but the dead letters and the ones that tests listen to."""
        urls: list[str] = self.client("sqs").list_queues(QueueNamePrefix="streamwarden-")[
            "QueueUrls"
        ]
        return [url for url in urls if "DeadLetters" not in url]

    def _taken(self, url: str) -> int:
        """How many messages of a queue a function has and works on."""
        name = "ApproximateNumberOfMessagesNotVisible"
        answer = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def _depth(self, url: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def dead_lettered(self) -> list[Item]:
        """Every message that ever reached a dead-letter queue, with its attributes."""
        urls = self.client("sqs").list_queues(QueueNamePrefix="streamwarden-")["QueueUrls"]
        for url in urls:
            if "DeadLetters" in url:
                self._dead_lettered.extend(self._drain(url))
        return self._dead_lettered

    def _drain(self, url: str) -> Iterator[Item]:
        sqs = self.client("sqs")
        while messages := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages", []):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                yield message

    # People

    def listen(self) -> None:
        """Subscribe a queue to the alert topic, as an operator's inbox would be."""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName="operators")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = attributes["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": self.outputs.topic_arn}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        self.client("sns").subscribe(TopicArn=self.outputs.topic_arn, Protocol="sqs", Endpoint=arn)

    def notifications(self, channel_arn: str, rule: str) -> list[Notification]:
        """What people were told of a rule and a channel, in order."""
        return [
            each
            for each in self.all_notifications()
            if each["rule"] == rule and channel_arn in each["channel"]
        ]

    def all_notifications(self) -> list[Notification]:
        sqs = self.client("sqs")
        for message in self._drain(sqs.get_queue_url(QueueName="operators")["QueueUrl"]):
            body = json.loads(message["Body"])
            self._notifications.append(Notification(body["Subject"], body["Message"]))
        return self._notifications

    def statuses(self, channel_arn: str, rule: str) -> list[str]:
        """The statuses people were told: opened, escalated, resolved."""
        return [each["status"] for each in self.notifications(channel_arn, rule)]
