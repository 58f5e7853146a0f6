"""What is decided reaches the topic once, whatever fails in between."""

import json
from datetime import timedelta
from typing import Any

import pytest

from streamwarden.adapters.dynamodb.ledger import DynamoLedger
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.domain.arn import account_arn
from streamwarden.domain.commands import (
    AcknowledgeIncident,
    AnyCommand,
    EndSilence,
    SilenceIncidents,
    envelope_of_command,
)
from streamwarden.domain.inputs import ResourceListed, envelope_of
from streamwarden.domain.ledger.entry import Noted, What
from streamwarden.domain.ledger.verification import faults_of, read_entry
from streamwarden.domain.state.controls import Sender
from tests.integration.driver import ACCOUNT, NOON, REGION, Killed, Stack, arn_of
from tests.integration.loopback import serving

KEY = "sk_eu-west-1_aBcDeFgHiJkL_mNoPqRsTuVwXyZ0123456789ab"
TLS = "version: 1\nrules:\n  - {id: tls, kind: insecure_ingest, mode: notify}\n"


@pytest.fixture
def listening(deploy: Any) -> Stack:
    """A stack with a rule about settings, whose topic a queue subscribes to."""
    stack: Stack = deploy(TLS)
    sqs, sns = stack.client("sqs"), stack.client("sns")
    stack.refs["operators"] = sqs.create_queue(QueueName="operators")["QueueUrl"]
    endpoint = "arn:aws:sqs:eu-west-1:123456789012:operators"
    sns.subscribe(TopicArn=stack.refs["AlertTopic"], Protocol="sqs", Endpoint=endpoint)
    return stack


def published(stack: Stack) -> list[Any]:
    return [each.body for each in stack.take("operators")]


def listed(stack: Stack, name: str, *, is_insecure: bool) -> dict[str, Any]:
    return envelope_of(
        ResourceListed(
            resource_arn=arn_of(name.encode().hex()[:12]),
            time=stack.now,
            settings={"name": name, "insecureIngest": is_insecure},
            tags={},
        )
    )


def list_all(stack: Stack, *names: str, is_insecure: bool) -> None:
    given = [listed(stack, name, is_insecure=is_insecure) for name in names]
    assert stack.deliver("StreamEvents", *given) == []


def breach(stack: Stack, *names: str) -> None:
    """Channels that were known to be in order no longer are."""
    for is_insecure in (False, True):
        list_all(stack, *names, is_insecure=is_insecure)


def test_the_topic_is_told_with_attributes_to_filter_by(listening: Stack) -> None:
    breach(listening, "Studio Zwölf")

    listening.notify()

    (message,) = published(listening)
    assert message["Subject"] == "[medium] Studio Zw?lf: tls breach"
    assert message["MessageAttributes"]["severity"]["Value"] == "medium"
    assert message["MessageAttributes"]["rule"]["Value"] == "tls"
    assert "channel: Studio Zwölf (arn:aws:ivs:" in message["Message"]
    assert "since: 2026-03-14 12:00:00 UTC" in message["Message"]


def test_many_incidents_of_a_rule_are_one_message(listening: Stack) -> None:
    breach(listening, "a", "b", "c")

    listening.notify()

    (message,) = published(listening)
    assert message["Subject"] == "[medium] tls: 3 opened"
    assert [line[:4] for line in message["Message"].splitlines() if line[0:1] == "-"] == [
        "- a:",
        "- b:",
        "- c:",
    ]


def test_a_new_policy_tells_of_how_many_channels_it_has_judged(listening: Stack) -> None:
    for name in ("a", "b", "c", "d"):
        listening.channel(name, is_known=False, insecureIngest=name != "d")
    listening.sweep()

    listening.notify()
    early = published(listening)
    listening.notify()

    (message,) = published(listening)
    assert early == []
    assert message["Subject"] == "[medium] tls: 3 of 4 channels in breach at the first look"


def test_what_is_decided_again_after_days_is_told_once(listening: Stack) -> None:
    breach(listening, "studio")
    listening.notify()
    listening.later(days=3)
    list_all(listening, "studio", is_insecure=True)

    listening.notify()

    assert len(published(listening)) == 1
    (mark,) = [each for each in listening.items() if each["pk"]["S"].startswith("delivered/")]
    kept_until = NOON + timedelta(minutes=1, days=14)
    assert int(mark["expires_at"]["N"]) == kept_until.timestamp()


def test_an_incident_that_is_over_leaves_nothing_behind(listening: Stack) -> None:
    breach(listening, "studio")
    listening.notify()
    resolved = listed(listening, "studio", is_insecure=False)
    listening.deliver("StreamEvents", resolved)
    listening.notify()

    assert [each["Subject"] for each in published(listening)] == [
        "[medium] studio: tls breach",
        "[medium] studio: tls resolved",
    ]
    left = {each["sk"]["S"] for each in listening.items() if "destination/" in each["pk"]["S"]}
    assert left == {"state"}


@pytest.mark.parametrize("number", range(12))
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_function_that_dies_between_two_calls_loses_nothing(
    listening: Stack, number: int, moment: str
) -> None:
    list_all(listening, "studio", is_insecure=False)
    calls = iter(range(1_000))

    def die(operation: str, at: str) -> None:
        if at == moment and next(calls) == number:
            raise Killed

    listening.on_call = die
    try:
        list_all(listening, "studio", is_insecure=True)
        listening.notify()
    except Killed:
        listening.start_cold()
    listening.on_call = lambda operation, at: None
    listening.later(minutes=3)
    list_all(listening, "studio", is_insecure=True)
    listening.notify()
    listening.notify()

    subjects = [each["Subject"] for each in published(listening)]
    assert set(subjects) == {"[medium] studio: tls breach"}
    # Once more where it died between the topic's answer and its note of it.
    assert len(subjects) <= 2


def test_a_wake_that_is_lost_is_made_good_by_the_next_sweep(listening: Stack) -> None:
    breach(listening, "studio")
    listening.take("NotificationQueue")
    listening.later(minutes=5)

    listening.run("Sweep", {})
    assert listening.pump("Notify") == []

    assert [each["Subject"] for each in published(listening)] == ["[medium] studio: tls breach"]


def test_what_ends_while_a_policy_leaves_its_destination_out_is_told_once_it_is_back(
    listening: Stack,
) -> None:
    mail = f"{TLS}destinations:\n  mail: {{kind: sns}}\n"
    listening.deploy_policy(mail)
    breach(listening, "studio")
    listening.notify("mail")
    listening.deploy_policy(f"{TLS}destinations:\n  other: {{kind: sns}}\n")
    listening.deliver("StreamEvents", listed(listening, "studio", is_insecure=False))
    listening.notify("mail")
    listening.run("Sweep", {})
    woken = [each.body["destination"] for each in listening.take("NotificationQueue")]

    listening.deploy_policy(mail)
    listening.later(minutes=5)
    listening.run("Sweep", {})
    assert listening.pump("Notify") == []

    assert woken == ["other", "mail"]
    assert [each["Subject"] for each in published(listening)] == [
        "[medium] studio: tls breach",
        "[medium] studio: tls resolved",
    ]
    assert listening.take("NotificationQueueDeadLetters") == []


def test_what_the_topic_was_told_without_destinations_is_ended_there_by_a_policy_that_has_some(
    listening: Stack,
) -> None:
    """The address of the topic is known, whatever the policy says."""
    breach(listening, "studio")
    listening.notify()
    listening.deploy_policy(f"{TLS}destinations:\n  chat: {{kind: sns}}\n")
    listening.deliver("StreamEvents", listed(listening, "studio", is_insecure=False))
    listening.notify()

    assert [each["Subject"] for each in published(listening)] == [
        "[medium] studio: tls breach",
        "[medium] studio: tls resolved",
    ]
    assert listening.take("NotificationQueueDeadLetters") == []


def test_what_is_not_a_wake_is_dead_lettered_at_once(listening: Stack) -> None:
    assert listening.deliver("Notify", {"title": 4}) == []

    (dead,) = listening.take("NotificationQueueDeadLetters")
    assert dead.attributes["reason"].startswith("Unprocessable: ")


def publish_to(stack: Stack, topic_arn: str) -> None:
    stack.refs["AlertTopic"] = topic_arn
    stack.start_cold()


def test_a_topic_that_refuses_leaves_dead_letters_with_their_reason(listening: Stack) -> None:
    breach(listening, "studio")
    publish_to(listening, "arn:aws:sns:eu-west-1:123456789012:gone")

    listening.notify()

    (dead,) = listening.take("NotificationQueueDeadLetters")
    assert dead.attributes["reason"].startswith("sns:Publish: NotFound")
    assert dead.attributes["destination"] == "topic"
    assert dead.body["notification"]["rule_id"] == "tls"


def test_a_secret_that_is_made_later_is_used_and_nothing_is_lost_meanwhile(deploy: Any) -> None:
    stack: Stack = deploy(f"{TLS}destinations:\n  chat: {{kind: slack, secret: chat}}\n")
    breach(stack, "studio")

    stack.notify("chat")
    (failed,) = [each for each in stack.logs() if each.get("message") == "destination fails"]
    with serving() as chat:
        stack.client("secretsmanager").create_secret(
            Name="streamwarden/destinations/chat", SecretString=f"{chat.address}/hook"
        )
        stack.notify("chat")

    assert failed["reason"] == (
        "there is no secret streamwarden/destinations/chat: aws secretsmanager create-secret "
        "--name streamwarden/destinations/chat --secret-string file://FILE"
    )
    assert len(chat.received) == 1
    assert stack.take("NotificationQueueDeadLetters") == []


def given_up(stack: Stack) -> dict[str, Any]:
    """A dead letter: the topic has refused its notification, and would take it now."""
    breach(stack, "studio")
    topic = stack.refs["AlertTopic"]
    publish_to(stack, "arn:aws:sns:eu-west-1:1:gone")
    stack.notify()
    publish_to(stack, topic)
    (dead,) = stack.take("NotificationQueueDeadLetters")
    return dict(dead.body)


def test_a_dead_letter_that_comes_back_is_sent_as_it_was_decided(listening: Stack) -> None:
    letter = given_up(listening)
    made_up = {"title": "open the gates", "text": "at once", "severity": "critical"}

    for _ in range(2):
        listening.deliver(
            "Notify", {**letter, "notification": {**letter["notification"], **made_up}}
        )
        listening.notify()

    assert [each["Subject"] for each in published(listening)] == ["[medium] studio: tls breach"]


def test_a_message_that_somebody_has_made_up_says_nothing_to_anybody(listening: Stack) -> None:
    """Who may try destinations may give the function any event that looks like one of its queue."""
    breach(listening, "told")
    listening.notify()
    (reported,) = published(listening)
    known = given_up(listening)
    left = listening.items()
    another = {**known["notification"], "id": "another", "incident": "another"}

    for destination, notification in (
        ("topic", another),
        ("gone", another),
        ("gone", known["notification"]),
        ("delivered/topic", known["notification"]),
    ):
        event = {"destination": destination, "notification": notification}
        assert listening.deliver("Notify", event) == []

    assert reported["Subject"] == "[medium] told: tls breach"
    assert published(listening) == []
    assert listening.take("NotificationQueueDeadLetters") == []
    assert [each for each in listening.items() if each["sk"]["S"] != "state"] == [
        each for each in left if each["sk"]["S"] != "state"
    ]
    lines = [each for each in listening.logs() if each.get("message") == "notification not revived"]
    assert len(lines) == 4


def test_no_destination_hears_a_stream_key(listening: Stack) -> None:
    breach(listening, f"{KEY} leaked")

    listening.notify()

    (message,) = published(listening)
    assert "aBcDeFgHiJkL" not in f"{json.dumps(message)} {listening.output.getvalue()}"


def test_incidents_that_follow_each_other_within_a_second_are_all_told(listening: Stack) -> None:
    for is_insecure in (True, False, True, False):
        listening.later(milliseconds=100)
        given = listed(listening, "studio", is_insecure=is_insecure)
        assert listening.deliver("StreamEvents", given) == []

    notified = [each.body["status"] for each in listening.take_notifications()]
    assert notified == ["opened", "resolved", "opened", "resolved"]


def test_a_destination_that_is_tried_gets_samples_and_nothing_is_written_down(
    listening: Stack,
) -> None:
    before = listening.items()

    answer = listening.run("Notify", {"test": "topic"})

    subjects = [each["Subject"] for each in published(listening)]
    assert {each["answer"] for each in answer["tried"]} == {"taken"}
    assert len(subjects) == len(answer["tried"])
    assert subjects[0] == "[low] Test of Streamwarden: opened"
    assert listening.items() == before


def test_a_destination_that_the_policy_does_not_name_is_not_tried(listening: Stack) -> None:
    answer = listening.run("Notify", {"test": "chat"})

    assert not answer["tried"]
    assert answer["reason"] == "the deployed policy has no destination 'chat'; it has: topic"


def order(stack: Stack, kind: type[AnyCommand], **more: Any) -> None:
    said = {"resource_arn": account_arn(ACCOUNT, REGION), "time": stack.now, "reason": "a test"}
    command = kind(**{**said, "author": Sender(id=""), **more})
    assert stack.deliver("OperatorCommands", envelope_of_command(command)) == []


def subjects(stack: Stack) -> list[str]:
    stack.notify()
    return [each["Subject"] for each in published(stack)]


def test_what_is_silenced_is_told_once_the_silence_is_ended(listening: Stack) -> None:
    listening.deliver("StreamEvents", listed(listening, "studio", is_insecure=False))
    listening.later(minutes=1)
    order(listening, SilenceIncidents, rule="tls", until=NOON + timedelta(hours=9))
    breach(listening, "studio")
    (reported,) = subjects(listening)
    silence_id = reported.partition("silence ")[2].split()[0]

    order(listening, EndSilence, silence_id=silence_id)
    after = subjects(listening) + subjects(listening)

    assert reported.endswith(f"silence {silence_id} is set")
    assert sorted(each.partition(": ")[2] for each in after) == [
        f"silence {silence_id} has ended",
        "tls breach",
    ]


def test_an_acknowledgement_is_told_where_the_incident_was(listening: Stack) -> None:
    listening.deliver("StreamEvents", listed(listening, "studio", is_insecure=False))
    listening.later(minutes=1)
    breach(listening, "studio")
    subjects(listening)
    arn = arn_of(b"studio".hex()[:12])

    order(listening, AcknowledgeIncident, resource_arn=arn, rule_id="tls")

    assert subjects(listening) == ["[medium] studio: tls acknowledged"]


def ledger(stack: Stack, name: str) -> list[Noted]:
    """What became of the notifications of a channel, by a ledger that is whole."""
    client, arn = stack.client("dynamodb"), arn_of(name.encode().hex()[:12])
    stored = [*DynamoLedger(client, "Table").entries(arn)]
    end = DynamoRecordStore(client, "Table").load(arn).ledger.last
    assert faults_of(arn, stored, end, stack.now) == []
    entries = (entry for entry in map(read_entry, stored) if entry is not None)
    return [noted for entry in entries for noted in entry.noted if noted.delivery is not None]


def test_the_ledger_says_what_the_topic_was_told_and_why_it_was_not(listening: Stack) -> None:
    listening.deliver("StreamEvents", listed(listening, "studio", is_insecure=False))
    listening.later(minutes=1)
    breach(listening, "before")
    subjects(listening)
    order(listening, SilenceIncidents, rule="tls", until=NOON + timedelta(hours=9))
    breach(listening, "studio")
    subjects(listening)

    for _ in range(3):
        assert listening.pump("ResourceChanges") == []

    (sent,), (suppressed,) = ledger(listening, "before"), ledger(listening, "studio")
    assert (sent.what, sent.reason) == (What.SENT, "in a message of its own")
    assert sent.delivery is not None
    assert (sent.delivery.destination, sent.delivery.status) == ("topic", "opened")
    assert sent.delivery.message_id in listening.output.getvalue()
    assert suppressed.what is What.SUPPRESSED
    assert "a test" in suppressed.reason


def test_what_is_reported_of_a_message_comes_in_batches_and_is_noted_once(
    listening: Stack,
) -> None:
    names = [f"{number}. channel" for number in range(25)]
    breach(listening, *names)
    listening.pump("ResourceChanges")
    listening.requests.clear()

    listening.notify()
    puts = [call for service, call, _ in listening.requests if service == "sqs"]
    reports = [each.body for each in listening.take("ChangeInbox")]
    for _ in range(2):
        assert listening.deliver("ResourceChanges", *reports) == []

    assert puts.count("SendMessageBatch") == 3
    assert {len(ledger(listening, name)) for name in names} == {1}
    assert not listening.take("ActionQueue")
    assert not listening.take_notifications()


def test_pagerduty_sees_a_trigger_resolved_under_one_key_though_a_silence_came_between(
    deploy: Any,
) -> None:
    with serving() as pager:
        stack: Stack = deploy(
            f"{TLS}destinations:\n  pager: {{kind: pagerduty, secret: pager, "
            f"options: {{address: '{pager.address}'}}}}\n"
        )
        stack.client("secretsmanager").create_secret(
            Name="streamwarden/destinations/pager", SecretString="0123456789abcdef" * 2
        )
        breach(stack, "studio")
        stack.notify("pager")
        order(stack, SilenceIncidents, rule="tls", until=stack.now + timedelta(hours=9))
        stack.later(minutes=5)
        list_all(stack, "studio", is_insecure=False)
        stack.notify("pager")

    bodies = [body for _, body in pager.received]
    of_incident = [each for each in bodies if "tls" in each.get("dedup_key", "")]
    assert [each["event_action"] for each in of_incident] == ["trigger", "resolve"]
    assert len({each["dedup_key"] for each in of_incident}) == 1
