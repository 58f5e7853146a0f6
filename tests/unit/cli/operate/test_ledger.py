"""A ledger in words: what happened, why, because of what; and what is wrong with it."""

from collections.abc import Iterable, Iterator
from copy import replace
from datetime import timedelta
from typing import Final

import pytest

from streamwarden.domain.ledger.chain import StoredEntry, chained
from streamwarden.domain.ledger.entry import Cause, Delivery, Entry, Grounds, Noted, What
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.console import Cell
from streamwarden_cli.operate.ledger import (
    entries_as_json,
    entry_lines,
    read,
    verified,
    verified_as_json,
    verified_lines,
)
from testbed.builders import CHANNEL, STREAM, at

ANN: Final = "arn:aws:iam::210987654321:user/ann"
OPENED: Final = Noted(
    what=What.OPENED,
    reason="on the air for 5h; 4h is allowed",
    rule_id="no-marathons",
    mode=Mode.ENFORCE,
    subject=STREAM,
    stream_id=STREAM,
)
STOP: Final = replace(OPENED, what=What.REQUESTED, action="stop", attempt=1)
GROUNDS: Final = Grounds(
    facts={
        "on_air_at": "2026-03-14T12:00:00Z",
        "lasted": "PT5H",
        "viewers": {"value": 12},
        "codes": ["a"],
    },
    parameters={"limit": "PT14400S"},
    conditions={"channel.tags.env": None},
    left_out=2,
)
TAGGED: Final = Cause(name="TagResource", at=at(), id="e-1", author=ANN)


def chain(
    *noted: Noted, causes: tuple[Cause, ...] = (TAGGED,), inputs: int = 1
) -> list[StoredEntry]:
    """An entry an hour for each."""
    return chained(
        [
            Entry(
                resource_arn=CHANNEL,
                at=at(hours=hour),
                decided_under="enforce:0123456789abcdef",
                causes=causes,
                inputs=inputs,
                noted=(each,),
            )
            for hour, each in enumerate(noted)
        ],
        None,
        timedelta(days=400),
    )


def texts(lines: Iterable[Cell]) -> Iterator[str]:
    yield from (line if isinstance(line, str) else line[0] for line in lines)


def test_an_entry_says_what_was_decided_why_and_because_of_what() -> None:
    assert list(texts(entry_lines(read(chain(OPENED))))) == [
        "#1  2026-03-14 12:00:00  enforce, policy 0123456789ab",
        f"    breach of no-marathons (enforce) opened, stream {STREAM}",
        "        on the air for 5h; 4h is allowed",
        "    because of TagResource (e-1) at 2026-03-14 12:00:00",
        f"        by {ANN}",
    ]


def test_the_grounds_are_said_once_of_a_breach_and_its_action() -> None:
    (stored,) = chain(OPENED)
    (entry,) = (entry for _, entry in read([stored]) if entry)
    both = replace(
        entry,
        noted=(replace(OPENED, grounds=GROUNDS), replace(STOP, grounds=GROUNDS)),
    )

    assert list(texts(entry_lines([(stored, both)])))[1:-2] == [
        f"    breach of no-marathons (enforce) opened, stream {STREAM}",
        "        on the air for 5h; 4h is allowed",
        "        facts: on_air_at 2026-03-14 12:00:00, lasted 5h, viewers (value 12), codes ['a']",
        "        parameters: limit 4h",
        "        conditions read: channel.tags.env null",
        "        and 2 values more, which did not fit",
        f"    stop requested for no-marathons (enforce), stream {STREAM}",
        "        on the air for 5h; 4h is allowed",
    ]


def test_programs_read_the_grounds_as_they_are_stored() -> None:
    stored = chain(replace(OPENED, grounds=GROUNDS))

    (shown,) = entries_as_json(read(stored))

    assert shown["noted"][0]["grounds"] == {
        "facts": GROUNDS.facts,
        "parameters": GROUNDS.parameters,
        "conditions": GROUNDS.conditions,
        "left_out": 2,
    }


@pytest.mark.parametrize(
    ("noted", "headline"),
    [
        (replace(OPENED, what=What.RESOLVED), "breach of no-marathons (enforce) resolved"),
        (replace(OPENED, what=What.MODE_CHANGED), "mode of no-marathons is now enforce"),
        (replace(OPENED, what=What.HELD), "actions of no-marathons (enforce) held"),
        (replace(OPENED, what=What.RELEASED), "actions of no-marathons (enforce) released"),
        (Noted(what=What.HELD, reason="", action="stop"), "stop held"),
        (Noted(what=What.COMMANDED, reason="", action="pause"), "command pause"),
        (Noted(what=What.TRIPPED, reason="", rule_id="r"), "breaker of r tripped"),
        (STOP, "stop requested for no-marathons (enforce)"),
        (replace(STOP, attempt=2), "stop requested, attempt 2 for no-marathons (enforce)"),
        (
            replace(STOP, what=What.FINISHED, answer=OutcomeStatus.FAILED),
            "stop failed for no-marathons (enforce)",
        ),
        (
            Noted(what=What.FINISHED, reason="", action="tag", answer=OutcomeStatus.DONE),
            "tag done",
        ),
    ],
)
def test_each_thing_that_happens_has_its_words(noted: Noted, headline: str) -> None:
    _, line, *_ = texts(entry_lines(read(chain(noted))))

    stream = f", stream {STREAM}" if noted.stream_id else ""
    assert line == f"    {headline}{stream}"


def test_a_notification_is_named_with_its_message_and_its_incident() -> None:
    delivery = Delivery(
        incident=f"{CHANNEL}/no-marathons",
        status="opened",
        notification="0123456789abcdef",
        at=at(0.5),
        destination="chat",
        message_id="4f2a",
    )
    sent = Noted(
        what=What.SENT,
        reason="in a digest of 722 notifications",
        rule_id="no-marathons",
        delivery=delivery,
    )

    assert list(texts(entry_lines(read(chain(sent)))))[1:4] == [
        "    notification of no-marathons (opened) to chat: sent",
        "        in a digest of 722 notifications",
        f"        at 2026-03-14 12:30:00, message 4f2a, incident {CHANNEL}/no-marathons",
    ]


@pytest.mark.parametrize("what", What)
def test_whatever_is_noted_has_a_headline(what: What) -> None:
    _, headline, *_ = texts(entry_lines(read(chain(Noted(what=what, reason="", rule_id="r")))))

    assert headline.strip()


def test_who_sent_a_command_is_not_who_it_claims_to_be() -> None:
    cause = Cause(name="Stop", at=at(), author="AIDA:x", claimed_arn=ANN)

    *_, sender, claim, more = texts(entry_lines(read(chain(OPENED, causes=(cause,), inputs=3))))

    assert (sender.strip(), claim.strip()) == ("by AIDA:x", f"who claims to be {ANN}")
    assert more == "    and of 2 inputs before"


def test_entries_of_a_time_are_shown_and_what_is_no_entry_always() -> None:
    stored = chain(OPENED, STOP, OPENED)
    stored[1] = replace(stored[1], text="{")

    shown = read(stored, since=at(1.5), until=at(3))

    assert [each.sequence for each, _ in shown] == [2, 3]
    assert "    cannot be read: see `streamwarden ledger verify`" in texts(entry_lines(shown))
    assert entries_as_json(shown)[0] == {"sequence": 2, "hash": stored[1].hash}


def test_a_program_gets_an_entry_as_it_is_stored() -> None:
    stored = chain(OPENED)

    (entry,) = entries_as_json(read(stored))

    assert entry["hash"] == stored[0].hash
    assert entry["noted"][0]["reason"] == OPENED.reason
    assert entry["causes"][0]["author"] == ANN


def test_a_ledger_is_whole_or_it_is_said_what_is_wrong() -> None:
    stored = chain(OPENED, STOP, OPENED)
    end = stored[-1].link

    whole = verified(CHANNEL, stored, end, at(4))
    assert list(texts(verified_lines(whole))) == [f"{CHANNEL}: whole, entries 1 to 3"]
    assert verified_as_json(whole) == {
        "resource_arn": CHANNEL,
        "ok": True,
        "entries": 3,
        "last": 3,
        "hash": end.hash,
        "is_end_known": True,
        "faults": [],
    }
    faulty = verified(CHANNEL, [stored[0], stored[2]], end, at(4))
    assert list(texts(verified_lines(faulty))) == [
        f"{CHANNEL}: not whole",
        "    entry 2: entry 2 is missing, and must be there",
    ]


@pytest.mark.parametrize(
    ("number", "is_known", "text"),
    [
        (0, False, "there is no entry"),
        (0, True, "all entries have expired"),
        (2, False, "whole, entries 1 to 2; no record says whether more followed"),
    ],
)
def test_what_cannot_be_verified_is_said(number: int, is_known: bool, text: str) -> None:
    stored = chain(OPENED, STOP)
    end = stored[-1].link if is_known else None
    later = at(24 * 500) if is_known else at(3)

    found = verified(CHANNEL, stored[:number], end, later)

    assert list(texts(verified_lines(found))) == [f"{CHANNEL}: {text}"]
    assert found.is_empty is (number == 0 and not is_known)
