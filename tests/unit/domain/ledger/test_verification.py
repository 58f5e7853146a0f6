"""Whatever is done to a ledger behind its back is found; what has expired may be missing."""

from collections.abc import Callable, Sequence
from copy import replace
from datetime import timedelta
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.ledger.chain import StoredEntry, chained, hash_of
from streamwarden.domain.ledger.end import Link
from streamwarden.domain.ledger.entry import Entry, Grounds, Noted, What
from streamwarden.domain.ledger.verification import faults_of, read_entry
from testbed.builders import CHANNEL, OTHER_CHANNEL, at
from testbed.key_wrappings import KEY, holds_secret

type Ledger = list[StoredEntry]

KEPT: Final = timedelta(days=10)
LENGTH: Final = 6


def entry(day: int, reason: str = "on the air for 5h", arn: str = CHANNEL) -> Entry:
    noted = Noted(what=What.OPENED, reason=f"{reason} on day {day}", rule_id="no-marathons")
    return Entry(
        resource_arn=arn,
        at=at(24 * day),
        decided_under="enforce:abc",
        causes=(),
        inputs=1,
        noted=(noted,),
    )


def ledger(reason: str = "on the air for 5h", arn: str = CHANNEL) -> Ledger:
    """An entry a day, the first one of day 1."""
    return chained([entry(1 + day, reason, arn) for day in range(LENGTH)], None, KEPT)


WHOLE: Final = ledger()
END: Final = WHOLE[-1].link


def faulty(stored: Sequence[StoredEntry], end: Link | None = END, day: int = LENGTH) -> list[int]:
    """The numbers of the entries at which something is wrong."""
    return [each.sequence for each in faults_of(CHANNEL, stored, end, at(24 * day))]


def with_third(third: StoredEntry) -> Ledger:
    return [*WHOLE[:2], third, *WHOLE[3:]]


def rewritten(text: str) -> StoredEntry:
    """The third entry with another text, and the hash that fits it."""
    return replace(WHOLE[2], text=text, hash=hash_of(text))


def with_rewritten_end(first: int) -> Ledger:
    """A chain that was computed again from an entry on."""
    kept = WHOLE[: first - 1]
    return kept + chained(
        [entry(1 + day, "nothing") for day in range(first - 1, LENGTH)], kept[-1].link, KEPT
    )


def test_a_ledger_that_nobody_touched_is_whole() -> None:
    assert faulty(WHOLE) == []
    assert faulty([], None) == []


def test_the_grounds_are_under_the_hash() -> None:
    grounds = Grounds(facts={"viewers": 12})
    noted = replace(entry(1).noted[0], grounds=grounds)
    (stored,) = chained([replace(entry(1), noted=(noted,))], None, KEPT)
    altered = replace(stored, text=stored.text.replace('"viewers":12', '"viewers":13'))

    assert faulty([stored], stored.link) == []
    assert faulty([altered], stored.link) == [1]


def test_an_entry_from_before_grounds_were_written_is_whole_and_read() -> None:
    """As it stands in tables: its text has no such member, and its hash is of that text."""
    assert "grounds" not in WHOLE[0].text
    old = read_entry(WHOLE[0])
    assert old is not None
    assert old.noted[0].grounds is None


def test_each_entry_names_the_one_before_it() -> None:
    assert [each.sequence for each in WHOLE] == [1, 2, 3, 4, 5, 6]
    assert all(before.hash in each.text for before, each in pairwise(WHOLE))


@pytest.mark.parametrize(
    ("tampered", "found_at"),
    [
        pytest.param(
            with_third(replace(WHOLE[2], text=WHOLE[2].text.replace("5h", "4h"))), [3], id="altered"
        ),
        pytest.param(
            with_third(rewritten(WHOLE[2].text.replace("5h", "4h"))), [4], id="altered, new hash"
        ),
        pytest.param(with_third(replace(WHOLE[2], hash="0" * 64)), [3, 4], id="another hash"),
        pytest.param(with_third(replace(WHOLE[2], text="{")), [3], id="no entry at all"),
        pytest.param(
            with_third(replace(WHOLE[2], expires_at=WHOLE[2].expires_at - 1)),
            [3, 4],
            id="made to expire early",
        ),
        pytest.param(
            with_third(ledger(arn=OTHER_CHANNEL)[2]), [3, 3, 4], id="taken from another ledger"
        ),
        pytest.param(
            [*WHOLE[:2], *(replace(WHOLE[5 - n], sequence=n + 1) for n in (2, 3)), *WHOLE[4:]],
            [3, 3, 4, 4, 5],
            id="reordered",
        ),
        pytest.param([*WHOLE[:2], *WHOLE[3:]], [3], id="one missing"),
        pytest.param([WHOLE[0], *WHOLE[4:]], [2], id="several missing"),
        pytest.param(WHOLE[2:], [1], id="the beginning missing"),
        pytest.param(WHOLE[:-1], [6], id="the last missing"),
        pytest.param(WHOLE[:-3], [4], id="the end missing"),
        pytest.param([], [1], id="all missing"),
        pytest.param(
            [*WHOLE, *chained([entry(LENGTH)], END, KEPT)], [7], id="one put in behind the end"
        ),
        pytest.param([replace(WHOLE[0], sequence=0), *WHOLE], [0, 0, 1], id="one put in before"),
        pytest.param(with_rewritten_end(6), [6], id="the last written again"),
        pytest.param(with_rewritten_end(3), [6], id="the end written again"),
    ],
)
def test_what_was_done_to_it_is_found(tampered: Ledger, found_at: list[int]) -> None:
    assert faulty(tampered) == found_at


ALTERATIONS: Final[dict[str, Callable[[StoredEntry], StoredEntry | None]]] = {
    "missing": lambda each: None,
    "text": lambda each: replace(each, text=f"{each.text} "),
    "text and hash": lambda each: replace(
        each, text=f"{each.text} ", hash=hash_of(f"{each.text} ")
    ),
    "hash": lambda each: replace(each, hash=hash_of(each.hash)),
    "expiry": lambda each: replace(each, expires_at=each.expires_at + 86_400),
}


@given(
    st.dictionaries(
        st.integers(1, LENGTH), st.sampled_from(sorted(ALTERATIONS)), min_size=1, max_size=LENGTH
    )
)
def test_alterations_hide_no_other_alteration(chosen: dict[int, str]) -> None:
    altered = [
        ALTERATIONS[chosen[each.sequence]](each) if each.sequence in chosen else each
        for each in WHOLE
    ]

    assert faulty([each for each in altered if each is not None])


def test_a_fault_is_told_in_words() -> None:
    (missing,) = faults_of(CHANNEL, [WHOLE[0], *WHOLE[4:]], END, at(24 * LENGTH))

    assert missing.reason == "entries 2 to 4 are missing, and must be there"


class TestRetention:
    """DynamoDB deletes what has expired within days, in no order."""

    def test_the_beginning_may_have_expired(self) -> None:
        assert faulty(WHOLE[2:], day=12) == []

    def test_what_has_not_expired_must_be_there(self) -> None:
        assert faulty(WHOLE[3:], day=12) == [1]

    def test_what_has_expired_goes_in_any_order(self) -> None:
        assert faulty([WHOLE[1], *WHOLE[3:]], day=13) == []

    def test_what_has_expired_may_still_be_there(self) -> None:
        assert faulty(WHOLE, day=12) == []

    def test_everything_may_have_expired(self) -> None:
        assert faulty([], day=16) == []
        assert faulty([], day=15) == [1]

    def test_a_shorter_retention_removes_nothing_before_what_is_older(self) -> None:
        later = chained([entry(7), entry(9)], END, timedelta(days=1))

        assert [each.expires_at for each in later] == [END.expires_at] * 2
        assert faulty([*WHOLE[3:], *later], later[-1].link, day=13) == []

    def test_a_new_ledger_begins_where_the_old_one_has_expired(self) -> None:
        assert faulty(chained([entry(400)], None, KEPT), day=400, end=None) == []


def test_a_ledger_without_a_record_is_verified_up_to_its_last_entry() -> None:
    assert faulty(WHOLE, None) == []
    assert faulty([*WHOLE[:2], *WHOLE[3:]], None) == [3]


def test_a_stream_key_is_taken_out_before_the_hash_is_made() -> None:
    stored = chained([entry(1, reason=f"tag note is {KEY}")], None, KEPT)

    assert not holds_secret(stored[0].text)
    assert faulty(stored, stored[0].link) == []
