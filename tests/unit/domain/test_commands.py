"""Orders of operators: who gave them and when, the queue says; what may not be, is refused."""

import json
from datetime import timedelta
from typing import Any

import pytest

from streamwarden.domain.arn import Place
from streamwarden.domain.commands import (
    AcknowledgeIncident,
    AnyCommand,
    CommandInbox,
    EndExemption,
    EndSilence,
    ExemptChannel,
    LimitMode,
    PauseActions,
    ProtectChannel,
    Receipt,
    ReleaseBreaker,
    ResumeActions,
    SetMode,
    SilenceIncidents,
    UnprotectChannel,
    envelope_of_command,
    parse_command,
)
from streamwarden.domain.events import MalformedEvent
from streamwarden.domain.levels import Mode
from streamwarden.domain.state.controls import Sender
from testbed.builders import ACCOUNT, CHANNEL, REGION, WHOLE_ACCOUNT, at
from testbed.key_wrappings import KEY

AUTHOR = Sender(id="AROAEXAMPLE:alice", claimed_arn="arn:aws:iam::210987654321:user/alice")
SAID: dict[str, Any] = {"time": at(), "author": AUTHOR, "reason": "a test"}
OF_CHANNEL = {"resource_arn": CHANNEL, **SAID}
OF_ACCOUNT = {"resource_arn": WHOLE_ACCOUNT, **SAID}
RECEIPT = Receipt(AUTHOR.id, at())

COMMANDS: list[AnyCommand] = [
    ExemptChannel(rule_id="limit", until=at(4), **OF_CHANNEL),
    EndExemption(rule_id="limit", **OF_CHANNEL),
    ProtectChannel(**OF_CHANNEL),
    ProtectChannel(until=at(2), **OF_CHANNEL),
    UnprotectChannel(**OF_CHANNEL),
    PauseActions(until=at(1), **OF_ACCOUNT),
    ResumeActions(**OF_ACCOUNT),
    LimitMode(rule_id="limit", mode=Mode.OBSERVE, **OF_ACCOUNT),
    SetMode(rule_id="limit", mode=Mode.ENFORCE, **OF_ACCOUNT),
    SetMode(rule_id="limit", **OF_ACCOUNT),
    ReleaseBreaker(rule_id="limit", number=7, **OF_ACCOUNT),
    ReleaseBreaker(**OF_ACCOUNT),
    SilenceIncidents(rule="limit*", owner="sports", until=at(4), **OF_ACCOUNT),
    EndSilence(silence_id="0123abcd", **OF_ACCOUNT),
    AcknowledgeIncident(rule_id="limit", **OF_CHANNEL),
]


def envelope(of: AnyCommand, /, **changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(envelope_of_command(of)))
    made["detail"].update(changed)
    return made


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: type(each).__name__)
def test_every_command_travels(command: AnyCommand) -> None:
    assert parse_command(envelope(command), command.inbox, RECEIPT) == command


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: type(each).__name__)
def test_no_inbox_takes_the_commands_of_the_other(command: AnyCommand) -> None:
    (other,) = set(CommandInbox) - {command.inbox}

    with pytest.raises(MalformedEvent, match=f"{command.inbox} inbox only"):
        parse_command(envelope(command), other, RECEIPT)


def test_what_loosens_a_brake_is_for_administrators() -> None:
    loosening = {type(each) for each in COMMANDS if each.inbox is CommandInbox.ADMINISTRATOR}

    assert loosening == {UnprotectChannel, ResumeActions, SetMode, ReleaseBreaker}


def test_a_message_cannot_say_who_sent_it_or_when() -> None:
    forged = envelope(
        COMMANDS[0], author={"id": "AIDAROOT"}, time="2020-01-01T00:00:00Z", claimed_arn="arn:root"
    )

    command = parse_command(forged, CommandInbox.OPERATOR, RECEIPT)

    assert (command.author, command.time) == (Sender(AUTHOR.id, "arn:root"), at())


EXEMPT = COMMANDS[0]
PROTECT = ProtectChannel(**OF_CHANNEL)
LIMIT = LimitMode(rule_id="limit", mode=Mode.NOTIFY, **OF_ACCOUNT)
SILENCE = SilenceIncidents(rule="limit", until=at(4), **OF_ACCOUNT)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"command": "explode"}, "detail.command: expected one of exempt"),
        ({"command": None}, "detail.command"),
        ({"resource_arn": WHOLE_ACCOUNT}, "exempt is about a channel"),
        ({"resource_arn": "studio"}, "exempt is about a channel"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 300}, "reason"),
        ({"rule_id": ""}, "rule_id"),
        ({"until": None}, "until"),
        ({"until": "tomorrow"}, "until"),
        ({"until": "2026-03-14T11:00:00Z"}, "detail.until: expected a moment after"),
        ({"until": (at() + timedelta(days=400)).isoformat()}, "within 366 days"),
    ],
)
def test_a_wrong_command_is_refused_by_name(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(MalformedEvent, match=named):
        parse_command(envelope(EXEMPT, **changed), CommandInbox.OPERATOR, RECEIPT)


def test_an_input_of_another_source_is_no_command() -> None:
    with pytest.raises(MalformedEvent, match="source"):
        parse_command({**envelope(EXEMPT), "source": "aws.ivs"}, CommandInbox.OPERATOR, RECEIPT)


def test_a_stream_key_in_a_reason_is_redacted() -> None:
    command = parse_command(envelope(EXEMPT, reason=f"key {KEY}"), CommandInbox.OPERATOR, RECEIPT)

    assert KEY not in command.reason


@pytest.mark.parametrize(
    ("command", "changed", "named"),
    [
        (PROTECT, {"until": "9999-12-31T23:59:59-23:59"}, "detail.until: expected a moment before"),
        (PROTECT, {"reason": " \n\x1b "}, "detail.reason: expected at least 1 characters, found 0"),
        (LIMIT, {"mode": "enforce"}, "detail.mode: expected observe or notify, which lower a mode"),
        (SILENCE, {"rule": ""}, "expected a rule, a channel or an owner"),
        (SILENCE, {"until": None}, "until"),
        (SILENCE, {"until": "2026-03-14T11:00:00Z"}, "detail.until: expected a moment after"),
        (SILENCE, {"until": (at() + timedelta(days=32)).isoformat()}, "within 31 days"),
        (EndSilence(silence_id="0123abcd", **OF_ACCOUNT), {"silence_id": "x"}, "silence_id"),
    ],
)
def test_what_would_fail_later_or_do_nothing_is_refused(
    command: AnyCommand, changed: dict[str, Any], named: str
) -> None:
    with pytest.raises(MalformedEvent, match=named):
        parse_command(envelope(command, **changed), command.inbox, RECEIPT)


def test_an_end_of_another_time_zone_is_one_of_utc() -> None:
    raw = envelope(PROTECT, until="2026-03-14T20:00:00+05:00")

    command = parse_command(raw, CommandInbox.OPERATOR, RECEIPT)

    assert isinstance(command, ProtectChannel)
    assert f"{command.until:%H:%M %Z}" == "15:00 UTC"


def test_what_people_read_of_a_command_is_one_line() -> None:
    """A line break would forge a line of a notification, and no slip may keep a pause away."""
    raw = envelope(PROTECT, reason="a final\r\n\u202e*resolved*", claimed_arn="arn:alice\n(root)")

    command = parse_command(raw, CommandInbox.OPERATOR, RECEIPT)

    assert command.reason == "a final *resolved*"
    assert command.author.claimed_arn == "arn:alice (root)"


HOME = Place(ACCOUNT, REGION)


@pytest.mark.parametrize("elsewhere", [f"us-east-1:{ACCOUNT}", f"{REGION}:111111111111"])
def test_a_command_about_another_account_or_region_is_refused(elsewhere: str) -> None:
    """It would be taken in, and pause nothing here."""
    pause = PauseActions(**OF_ACCOUNT)
    account = elsewhere.partition(":")[2]
    there = f"arn:aws:ivs:{elsewhere}:account/{account}"

    assert parse_command(envelope(pause), pause.inbox, RECEIPT, HOME) == pause
    with pytest.raises(MalformedEvent, match=f"expected one of account {ACCOUNT} in {REGION}"):
        parse_command(envelope(pause, resource_arn=there), pause.inbox, RECEIPT, HOME)
