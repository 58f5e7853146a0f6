"""Where a ledger has entries, they say what was decided; the record says what happened beside."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from streamwarden.domain.ledger.entry import Delivery, Grounds, What
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.operate.resource_history import history_of, source_of
from streamwarden_cli.operate.why import done_section, stands_at
from testbed import builders as build
from testbed.builders import at
from tests.unit.cli.operate.records import recheck, record_after


@dataclass(frozen=True)
class Cause:
    name: str = "Streamwarden Recheck"
    author: str = ""


@dataclass(frozen=True)
class Noted:
    what: str
    reason: str
    rule_id: str = "no-marathons"
    mode: Mode | None = Mode.ENFORCE
    stream_id: str = ""
    action: str = ""
    attempt: int = 0
    answer: OutcomeStatus | None = None
    delivery: Delivery | None = None
    grounds: Grounds | None = None


@dataclass(frozen=True)
class Entry:
    at: datetime
    noted: tuple[Noted, ...]
    causes: tuple[Cause, ...] = (Cause(),)
    decided_under: str = "enforce:4f"


RECORD = record_after(
    build.channel_listed(at(), name="studio", tags={"team": "news"}),
    build.stream_start(at()),
    recheck(4),
)
ENTRIES = [
    Entry(
        at(1),
        (
            Noted("opened", "on the air for 4h", grounds=Grounds(facts={"lasted": "PT4H"})),
            Noted("requested", "on the air for 4h", action="stop", attempt=2),
        ),
        (Cause(author="ann"), Cause(author="ann")),
    ),
    Entry(
        at(2),
        (
            Noted("finished", "stopped", action="stop", answer=OutcomeStatus.DONE),
            Noted("resolved", "the stream is over"),
        ),
    ),
]


def test_entries_take_the_place_of_what_the_record_knows_of_decisions() -> None:
    notified = [(each.at, each.author, each.text) for each in history_of(RECORD, ENTRIES)]

    assert notified == [
        (at(), "", "channel first seen"),
        (at(), "", "on the air"),
        (at(1), "ann", "on the air for 4h"),
        (at(1), "ann", "stop requested, attempt 2: on the air for 4h"),
        (at(2), "Streamwarden", "stop done: stopped"),
        (at(2), "", "the stream is over"),
    ]


def test_without_entries_the_record_says_what_it_still_knows() -> None:
    texts = [each.text for each in history_of(RECORD)]

    assert texts[-2:] == ["breach opened, high", "stop requested"]
    assert source_of(()) == "what the record still holds"
    assert source_of(ENTRIES) == "the ledger"


def test_entries_of_one_moment_keep_their_order() -> None:
    opened, ended = (Entry(at(1), each.noted) for each in ENTRIES)

    notified = history_of(RECORD, [opened, ended])

    assert [each.what for each in notified[2:]] == ["opened", "requested", "finished", "resolved"]
    assert not stands_at(notified, at(1))["no-marathons"].is_open


@pytest.mark.parametrize("what", What)
def test_everything_that_a_ledger_notes_has_its_place_in_the_story(what: What) -> None:
    entry = Entry(at(2), (Noted(what, "the breaker has tripped", action="stop"),))

    last = done_section(history_of(RECORD, [entry])).values[-1]

    assert (last["at"], last["what"]) == (at(2), what.value)
    assert last["text"].endswith("the breaker has tripped")


@pytest.mark.parametrize(
    ("what", "destination", "text"),
    [
        ("sent", "chat", "opened, to chat: in a digest of 722 notifications"),
        ("suppressed", "chat", "opened, to chat: it is within quiet hours"),
        ("not sent", "", "opened: no route of the policy leads it to a destination"),
    ],
)
def test_why_people_were_notified_or_not_is_told_when_it_happened(
    what: str, destination: str, text: str
) -> None:
    """And leaves how the rule stood to what was decided."""
    delivery = Delivery(
        incident="i", status="opened", notification="n", at=at(1.5), destination=destination
    )
    entry = Entry(at(3), (Noted(what, text.partition(": ")[2], delivery=delivery),))

    notified = history_of(RECORD, [ENTRIES[0], entry])

    assert (notified[-1].at, notified[-1].what, notified[-1].text) == (at(1.5), what, text)
    assert notified[-1].author == "Streamwarden"
    assert done_section(notified).values[-1]["what"] == what
    assert stands_at(notified, at(4))["no-marathons"].last.what == "requested"


def test_how_a_rule_stood_is_read_from_entries() -> None:
    stands = [stands_at(history_of(RECORD, ENTRIES), at(hours)) for hours in (1, 2)]

    assert [each["no-marathons"].is_open for each in stands] == [True, False]
