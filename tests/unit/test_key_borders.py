"""Every border by itself takes the value of a stream key out (docs/architecture.md lists them).

Each border is given the key directly, so that no other one can have taken it out before.
"""

import ast
import io
import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import yaml
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from streamwarden import observability
from streamwarden.adapters.destinations.pagerduty import PagerDutyDestination
from streamwarden.adapters.destinations.slack import SlackDestination
from streamwarden.adapters.destinations.sns import TopicDestination
from streamwarden.adapters.destinations.teams import TeamsDestination
from streamwarden.adapters.destinations.webhook import (
    Endpoint,
    Options,
    Request,
    WebhookDestination,
)
from streamwarden.adapters.dynamodb import items
from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveries
from streamwarden.adapters.http_posts import HttpService
from streamwarden.adapters.ivs import IvsClients, IvsKeyControl, IvsOperations
from streamwarden.adapters.scheduler import SchedulerTimers
from streamwarden.adapters.sqs import (
    DeadLetters,
    Message,
    SqsActions,
    SqsInbox,
    SqsUndelivered,
)
from streamwarden.adapters.webhook_templates import PLACEHOLDERS
from streamwarden.bootstrap import runtime
from streamwarden.domain.actions.base.calls import set_tags
from streamwarden.domain.actions.warn import warning_payload
from streamwarden.domain.arn import ResourceType
from streamwarden.domain.commands import ProtectChannel
from streamwarden.domain.events import parse_event
from streamwarden.domain.inputs import ResourceListed, envelope_of, parse_input
from streamwarden.domain.ledger.chain import chained
from streamwarden.domain.ledger.entry import Cause, Entry, Noted, What
from streamwarden.domain.ledger.verification import faults_of
from streamwarden.domain.notifications.delivery import OpenIncident, Unreadable
from streamwarden.domain.notifications.message import Message as DeliveredMessage
from streamwarden.domain.redaction import REDACTED
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.verdicts import (
    Action,
    Notification,
    NotificationStatus,
    Severity,
)
from streamwarden.services.fleet import digest
from streamwarden.services.ports import Destination
from streamwarden_cli.console import aligned
from streamwarden_cli.documents.parsing import read_source
from streamwarden_cli.fleet.export import rendered
from streamwarden_cli.operate.dead_letters.letter import letter_of
from streamwarden_cli.operate.steering.sending import body_of
from streamwarden_cli.output import WithoutKeys
from streamwarden_cli.report.table import Column, Note, Part, Step, Table, TimeLine
from streamwarden_cli.scenario.raw_events import read_events
from streamwarden_cli.scenario.reading import read_fleet
from streamwarden_cli.verdicts.event import Statement
from streamwarden_cli.verdicts.event import envelope_of as envelope_of_verdict
from streamwarden_cli.verdicts.sending import entry_of
from testbed.key_wrappings import FEW_WRAPPINGS, KEY, Wrapping, holds_secret
from tests.unit.adapters.notified import Client, destination_on
from tests.unit.adapters.posting import Pool
from tests.unit.adapters.posting import service as posting_service

type Border = Callable[[str], str]
type FileBorder = Callable[[str, Path], str]

NOON: Final = datetime(2026, 3, 14, 12, tzinfo=UTC)
CHANNEL: Final = "arn:aws:ivs:eu-west-1:123456789012:channel/studio"
FUNCTIONS: Final = sorted((Path(__file__).parents[2] / "functions").glob("*/app.py"))


class NotingClient:
    """A client of any service; notes what it is asked to send."""

    def __init__(self) -> None:
        self.sent = ""

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        def send(*given: object, **named: object) -> dict[str, Any]:
            self.sent += f"{operation} {given} {named}"
            return {"streamKey": {"arn": "arn:of-a-key"}}

        return send


def sent_by(use: Callable[[Any], object]) -> str:
    """What a client is asked to send."""
    client = NotingClient()
    use(client)
    return client.sent


def action(key: str) -> Action:
    return Action(
        id="a-1",
        attempt=1,
        kind="stop",
        rule_id="no-marathons",
        resource_arn=f"{CHANNEL}/{key}",
        stream_id=key,
        reason=key,
        decided_at=NOON,
    )


def notification(key: str) -> Notification:
    return Notification(
        id="n-1",
        incident="n",
        rule_id=key,
        severity=Severity.HIGH,
        status=NotificationStatus.OPENED,
        resource_arn=CHANNEL,
        resource_name=key,
        stream_id=key,
        title=key,
        text=key,
        at=NOON,
    )


def listed(key: str) -> ResourceListed:
    return ResourceListed(
        resource_arn=CHANNEL, time=NOON, settings={"name": key}, tags={key: "a", "note": key}
    )


def of_an_event(key: str) -> str:
    raw = {
        "version": "0",
        "id": "id-1",
        "detail-type": "IVS Stream State Change",
        "source": "aws.ivs",
        "account": "123456789012",
        "region": "eu-west-1",
        "time": "2026-03-14T12:00:00Z",
        "resources": [CHANNEL],
        "detail": {
            "event_name": "Stream Start",
            "channel_name": key,
            "stream_id": "st-1",
            "code": key,
        },
    }
    return repr(parse_event(raw))


def of_an_own_input(key: str) -> str:
    return repr(parse_input(envelope_of(listed(key))))


def of_an_error_of_aws(key: str) -> str:
    client = runtime.client("ivs")
    with Stubber(client) as answers:
        answers.add_client_error("list_channels", "AccessDeniedException", f"key {key} is bad")
        with pytest.raises(ClientError) as caught:
            client.list_channels()
    return f"{caught.value} {caught.value.response}"


def of_the_inbox(key: str) -> str:
    return sent_by(lambda client: SqsInbox(client, "url").put([listed(key)]))


def of_the_outbox(key: str) -> str:
    return sent_by(lambda client: SqsActions(client, "actions").put([action(key)]))


def of_a_dead_letter(*, body: str = "{}", group: str = "group", reason: str = "reason") -> str:
    message = Message(id="m-1", body=body, receipt="r-1", sent_at=NOON, receives=1, group=group)
    return sent_by(lambda client: DeadLetters(client, "url").dead_letter(message, reason))


def of_an_order(key: str) -> str:
    author = Sender(id=key, claimed_arn=key)
    return body_of(ProtectChannel(resource_arn=CHANNEL, time=NOON, author=author, reason=key))


def of_a_letter_that_is_looked_at(key: str) -> str:
    sent = {
        "MessageId": "m-1",
        "ReceiptHandle": "handle",
        "Body": json.dumps({"detail": {key: key}}),
        "Attributes": {"SentTimestamp": "0", "MessageGroupId": key},
        "MessageAttributes": {"reason": {"StringValue": key}},
    }
    return repr(letter_of("StreamInboxDeadLetters", sent))


def of_the_topic(key: str) -> str:
    return sent_by(lambda client: TopicDestination(client, "arn").deliver(message_with(key)))


def of_the_bus(key: str) -> str:
    client = Client([{"Entries": [{}]}])
    message = DeliveredMessage(id="m-1", notifications=(notification(key),))
    destination_on(client, "eventbridge", "a-bus").deliver(message)
    return str(client.calls)


def of_security_hub(key: str) -> str:
    client = Client([{"FailedFindings": []}])
    message = DeliveredMessage(id="m-1", notifications=(notification(key),))
    destination_on(client, "security_hub").deliver(message)
    return str(client.calls)


def of_what_waits_for_a_destination(key: str) -> str:
    given = notification(key)
    return sent_by(
        lambda client: DynamoDeliveries(client, "table", lambda: NOON).add(
            "chat", given, OpenIncident(last=given)
        )
    )


def of_what_a_destination_did_not_take(key: str) -> str:
    return sent_by(lambda client: SqsUndelivered(client, "url").put("chat", notification(key), key))
    return sent_by(lambda client: TopicDestination(client, "arn").deliver(message_with(key)))


def message_with(key: str) -> DeliveredMessage:
    return DeliveredMessage(id="m-1", notifications=(notification(key),))


def of_slack(key: str) -> str:
    return posted_by(lambda slack: SlackDestination(lambda: "https://hook/", slack), key)


def of_teams(key: str) -> str:
    return posted_by(lambda teams: TeamsDestination(lambda: "https://hook/", teams), key)


def of_pagerduty(key: str) -> str:
    return posted_by(lambda pager: PagerDutyDestination(lambda: "k", pager, "https://hook"), key)


def of_a_webhook(key: str) -> str:
    return posted_by(lambda service: webhook(service, Options()), key)


def of_a_template(key: str) -> str:
    body = {name: f"{{{name}}}" for name in PLACEHOLDERS}
    request = Request(template=body, path="/{title}/{resource_name}")
    opened = {NotificationStatus.OPENED: msgspec.to_builtins(request)}
    options = Options(template=body, by_status=opened)
    return posted_by(lambda service: webhook(service, options), key)


def webhook(service: HttpService, options: Options) -> Destination:
    return WebhookDestination(
        endpoint=lambda: Endpoint(address="https://hook"),
        service=service,
        options=options,
        clock=lambda: NOON,
    )


def posted_by(made: Callable[[HttpService], Destination], key: str) -> str:
    pool = Pool()
    made(posting_service(pool)).deliver(message_with(key))
    return str(pool.posts)


def of_the_ledger(key: str) -> str:
    cause = Cause(name=key, at=NOON, id=key, author=key, claimed_arn=key)
    noted = Noted(what=What.OPENED, reason=key, subject=key, action_id=key)
    entry = Entry(
        resource_arn=CHANNEL,
        at=NOON,
        decided_under="",
        causes=(cause,),
        inputs=1,
        noted=(noted,),
    )
    (stored,) = chained([entry], None, timedelta(days=400))
    assert faults_of(CHANNEL, [stored], stored.link, NOON) == [], "its hash is of what is stored"
    return str(items.encode(msgspec.Raw(stored.text.encode())))


def of_a_timer(key: str) -> str:
    return sent_by(
        lambda client: SchedulerTimers(client, "group", "inbox", "dead", "role", lambda: NOON).set(
            f"{CHANNEL}/{key}", NOON
        )
    )


def of_a_call(key: str) -> str:
    call = set_tags(CHANNEL, {key: "a", "note": key})
    return sent_by(lambda client: IvsOperations(IvsClients(client, lambda: client)).make(call))


def of_a_new_key(key: str) -> str:
    return sent_by(lambda client: IvsKeyControl(client).create(CHANNEL, {key: "a", "note": key}))


def of_the_log(key: str) -> str:
    handler = observability.logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    entry = io.StringIO()
    before = handler.setStream(entry)
    try:
        observability.logger.error(key, note={key: key})
    finally:
        handler.setStream(before)
    return entry.getvalue()


def of_an_answer(key: str) -> str:
    return str(runtime.without_keys_in_answers(lambda: {key: [key]})())


def of_an_error(key: str) -> str:
    @runtime.without_keys_in_answers
    def fail() -> None:
        raise ValueError(f"{key} is bad")

    with pytest.raises(ValueError, match="is bad") as caught:
        fail()
    return repr(caught.value)


def of_the_command(key: str) -> str:
    behind = io.StringIO()
    stream = WithoutKeys(behind)
    stream.write(key)
    stream.finish()
    return behind.getvalue()


def of_a_verdict(key: str) -> str:
    statement = Statement(label=key, confidence=1, evidence_url=key, source=key, stream_id=key)
    return repr(entry_of(envelope_of_verdict(statement, CHANNEL, NOON), "a-bus"))


def of_a_report(key: str) -> str:
    note = Note(key, below=key, url=f"https://{key}")
    table = Table("t", "", (Column("a"), Column("b")), [(key, note)], "")
    step = Step(NOON, key, key, key)
    return repr(Part("p", "", key, "", (table,), time_lines=(TimeLine(key, (step,)),)))


BORDERS: Final[Mapping[str, Border]] = {
    "in: an event": of_an_event,
    "in: an own input": of_an_own_input,
    "in: an error of AWS": of_an_error_of_aws,
    "in: a policy": lambda key: repr(read_source(yaml.safe_dump({key: [key]}), "p.yaml").data),
    "the table: a text": lambda key: str(items.text(key)),
    "the table: a document": lambda key: str(items.encode({key: [key]})),
    "the table: what is packed": lambda key: repr(
        items.unpacked(items.packed({key: [key]})["B"], dict[str, Any])
    ),
    "the table: the ledger": of_the_ledger,
    "a queue: the inbox": of_the_inbox,
    "a queue: the outbox": of_the_outbox,
    "a queue: an order of an operator": of_an_order,
    "a dead letter that is looked at or redriven": of_a_letter_that_is_looked_at,
    "dead letters: the body": lambda key: of_a_dead_letter(body=json.dumps({"a": key})),
    "dead letters: what was not handed over": lambda key: sent_by(
        lambda client: DeadLetters(client, "url").put(json.dumps({"text": key}), key)
    ),
    "dead letters: what waits and cannot be read": lambda key: sent_by(
        lambda client: SqsUndelivered(client, "url").put(
            "chat", Unreadable(key, json.dumps({"notification": {"text": key}}), key), key
        )
    ),
    "dead letters: the group": lambda key: of_a_dead_letter(group=key),
    "dead letters: the reason": lambda key: of_a_dead_letter(reason=key),
    "the topic": of_the_topic,
    "the event bus": of_the_bus,
    "Security Hub": of_security_hub,
    "what waits for a destination": of_what_waits_for_a_destination,
    "what a destination did not take": of_what_a_destination_did_not_take,
    "Slack": of_slack,
    "Teams": of_teams,
    "PagerDuty": of_pagerduty,
    "a webhook": of_a_webhook,
    "a webhook with a template": of_a_template,
    "a timer": of_a_timer,
    "tags of a channel": of_a_call,
    "tags of a stream key": of_a_new_key,
    "timed metadata": lambda key: warning_payload("no-marathons", f"key {key}", NOON),
    "the log": of_the_log,
    "a function's answer": of_an_answer,
    "a function's error": of_an_error,
    "the command: its output": of_the_command,
    "the command: a verdict": of_a_verdict,
    "the command: a report": of_a_report,
    "the command: an export": lambda key: rendered({"record": {"reason": key}}),
    "the command: a column": lambda key: "".join(aligned([(key, key)])),
}


def of_an_events_file(key: str, folder: Path) -> str:
    (folder / "events.json").write_text(json.dumps([{key: key}]))
    return repr(list(read_events([folder / "events.json"])))


def of_a_fleet_in_json(key: str, folder: Path) -> str:
    channel = {"arn": CHANNEL, "name": key, "tags": {key: key}}
    (folder / "fleet.json").write_text(json.dumps({"channels": [channel]}))
    return repr(read_fleet(folder / "fleet.json"))


FILE_BORDERS: Final[Mapping[str, FileBorder]] = {
    "in: a file of events": of_an_events_file,
    "in: a fleet in JSON": of_a_fleet_in_json,
}


@pytest.fixture(params=FEW_WRAPPINGS.values(), ids=list(FEW_WRAPPINGS))
def key(request: pytest.FixtureRequest) -> str:
    """The value, in one of a few wrappings."""
    wrap: Wrapping = request.param
    return wrap(KEY)


@pytest.mark.parametrize("border", BORDERS.values(), ids=BORDERS)
def test_a_border_lets_no_key_pass(border: Border, key: str) -> None:
    printed = border(key)

    assert REDACTED in printed
    assert not holds_secret(printed)


@pytest.mark.parametrize("border", FILE_BORDERS.values(), ids=FILE_BORDERS)
def test_a_file_of_the_command_brings_no_key(border: FileBorder, key: str, tmp_path: Path) -> None:
    printed = border(key, tmp_path)

    assert REDACTED in printed
    assert not holds_secret(printed)


@pytest.mark.parametrize("app", FUNCTIONS, ids=lambda app: app.parent.name)
def test_every_function_answers_without_keys(app: Path) -> None:
    """As the innermost decorator, since the tracer logs errors."""
    (handler,) = (
        each
        for each in ast.parse(app.read_text()).body
        if isinstance(each, ast.FunctionDef) and each.name == "handler"
    )

    assert ast.unparse(handler.decorator_list[-1]) == "without_keys_in_answers"


def test_what_a_sweep_compares_has_no_key(key: str) -> None:
    seen, declared = ({"note": each} for each in (key, of_the_command(key)))

    assert digest(ResourceType.CHANNEL, {}, seen) == digest(ResourceType.CHANNEL, {}, declared)


def test_a_document_in_the_table_is_what_was_put_there(key: str) -> None:
    encoded = items.encode({"note": key, "count": 1})["S"]

    assert msgspec.json.decode(encoded) == {"note": of_the_command(key), "count": 1}
