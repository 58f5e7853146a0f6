"""The last permitted value of a tag is known however often others change it, and takes little."""

from copy import replace
from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.rules.tags.protected_tags import ProtectedTags
from streamwarden.domain.state.resource import Author, TagValue
from streamwarden.domain.state.retention import Interests, retained
from streamwarden.domain.state.tag_history import changed_value, condensed, last_permitted
from testbed.builders import at, channel_listed, state_from, tags_set

ANN, BOB = (Author(f"arn:aws:iam::210987654321:user/{name}") for name in ("ann", "bob"))


def may_change(author: Author) -> bool:
    return author == ANN


def values() -> st.SearchStrategy[TagValue]:
    moments = st.integers(0, 40).map(lambda tenths: at() + timedelta(seconds=tenths / 10))
    texts = st.sampled_from(["a", "b", "c"])
    listed = st.builds(TagValue, moments, st.just(False), st.just(True), texts)
    changed = st.builds(
        lambda when, value, author: changed_value(value, author, when.replace(microsecond=0)),
        moments,
        st.none() | texts,
        st.sampled_from([ANN, BOB]),
    )
    return listed | changed


def value_of(found: TagValue | None) -> tuple[bool, str] | None:
    return (found.is_set, found.value) if found else None


@given(st.frozensets(values(), max_size=12))
def test_condensing_loses_nothing_that_is_asked(history: frozenset[TagValue]) -> None:
    kept = condensed(history, may_change)

    assert kept <= history
    assert len(kept) <= 5
    assert value_of(last_permitted(kept, may_change)) == value_of(
        last_permitted(history, may_change)
    )
    assert condensed(kept, may_change) == kept


def test_a_hundred_changes_by_others_leave_the_permitted_value() -> None:
    history = frozenset({changed_value("pro", ANN, at())})
    for minute in range(1, 100):
        change = changed_value(str(minute), BOB, at(minutes=minute))
        history = condensed(history | {change}, may_change)

    found = last_permitted(history, may_change)
    assert found is not None
    assert found.value == "pro"


def test_a_record_keeps_the_values_that_a_rule_asks_about() -> None:
    check = ProtectedTags(tags=("tier",), by=("*:user/ann",))
    state = state_from(
        channel_listed(at(-1), tags={"tier": "pro", "team": "news"}),
        tags_set(at(), {"tier": "x"}, by=BOB.arn),
    )

    kept = retained(state, state, frozenset(), check.interests, at(1))
    others = retained(state, state, frozenset(), Interests(), at(1))

    assert kept.tag_history.keys() == {"tier"}
    assert len(kept.tag_history["tier"]) == 2
    assert others.tag_history == {}


def test_many_long_tags_take_no_more_than_their_room() -> None:
    tags = {f"tier-{number:03}": "x" * 256 for number in range(50)}
    check = ProtectedTags(tags=("tier-*",), by=("*:user/ann",))
    state = state_from(channel_listed(at(), tags=tags), tags_set(at(1), {"tier-049": "y"}))

    kept = retained(state, state, frozenset(), check.interests, at(2)).tag_history

    assert "tier-049" in kept, "what somebody changed comes first"
    assert len(msgspec.json.encode(kept)) <= 6_000
    assert (
        retained(
            replace(state, tag_history=kept), state, frozenset(), check.interests, at(2)
        ).tag_history
        == kept
    )
