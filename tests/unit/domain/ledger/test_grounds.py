"""On what grounds something was decided: the facts that a rule compared, within a bound."""

from collections.abc import Mapping
from copy import replace
from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.filters import Match
from streamwarden.domain.inputs import Input
from streamwarden.domain.ledger.entry import Grounds
from streamwarden.domain.ledger.grounds import MOST_GROUNDS_BYTES, grounds_of_decision
from streamwarden.domain.policy import CompiledRule
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.orders import Orders, Quarantine
from streamwarden.domain.verdicts import Status
from testbed import builders as build
from testbed.builders import at, state_from
from tests.unit.domain.rules.cases import Case, found
from tests.unit.domain.rules.every_case import every_case

LONG: Final = timedelta(days=999)
MANY_TAGS: Final = build.policy_of(
    build.compiled_rule(
        "required_tags", {"tags": {f"{'k' * 100}{number}": {} for number in range(50)}}
    )
)
UNTAGGED: Final = build.decide_on(MANY_TAGS, at(1), build.channel_listed(at()))
BREACHES: Final = [
    pytest.param(each, id=each.title) for each in every_case() if each.found.status is Status.BREACH
]
KEY: Final = "sk_eu-west-1_AbCd1234EfGh_5678ijklMNOPqrstUVWX"


def grounds(rule: CompiledRule, hours: float, *given_: Input) -> Grounds:
    """Of the one breach, or the one action, of the rule."""
    policy = build.policy_of(rule)
    decision = build.decide_on(policy, at(hours), *given_)
    (rule_set,) = policy.rule_sets.values()
    (of_rule,) = grounds_of_decision(decision, rule_set.rules, Facts(state_from(*given_))).values()
    return of_rule


def test_a_stop_for_its_duration_rests_on_the_age_of_the_stream_and_the_limit() -> None:
    assert grounds(build.max_duration(), 5, build.stream_start(at())) == Grounds(
        facts={"on_air_at": "2026-03-14T12:00:00Z", "lasted": "PT18000S"},
        parameters={"limit": "PT14400S"},
    )


def test_a_warning_into_a_stream_near_its_limit_has_its_grounds() -> None:
    params = {"viewers": 100, "warnings": ["80%"]}
    rule = build.compiled_rule("viewer_ceiling", params, build.WARN)

    found_ = grounds(rule, 1, build.stream_listed(at(1), start_time=at(), viewers=85))

    assert found_.parameters == params


def test_what_conditions_read_is_part_of_the_grounds() -> None:
    rule = build.compiled_rule(
        "max_duration",
        {"limit": "PT4H"},
        match=Match(tags={"team": ("news",), "cost*": ("1*",)}, name=("studio*",)),
        when="channel.tags.env != 'prod' && length(keys(channel.tags)) > `1`",
        unless="session.viewers > `100` || contains(session.limit_hits[?@ == 'x'], 'y')",
    )
    tags = {"team": "news", "costCentre": "12", "env": "dev", "blank": ""}

    found_ = grounds(
        rule, 5, build.channel_listed(at(), name="studio 1", tags=tags), build.stream_start(at())
    )

    assert found_.conditions == {
        "resource.tags.team": "news",
        "resource.tags.costCentre": "12",
        "resource.name": "studio 1",
        "channel.tags.env": "dev",
        "channel.tags": {"costCentre": "12", "env": "dev", "team": "news"},
        "session.viewers": None,
        "session.limit_hits": [],
    }


def test_a_tag_that_is_not_there_is_said_to_be_missing() -> None:
    rule = build.compiled_rule("required_tags", {"tags": {"team": {"values": ["news"]}}})

    found_ = grounds(rule, 1, build.channel_listed(at(), tags={"owner": "ann"}))

    assert found_.facts == {"tags": {"team": None}, "tags_known_at": "2026-03-14T12:00:00Z"}
    assert found_.parameters == {"tags": {"team": {"values": ["news"]}}, "on": ["channel"]}


def test_a_long_value_is_cut_and_says_so() -> None:
    rule = build.compiled_rule("forbidden_tags", {"tags": ["note"]})

    found_ = grounds(rule, 1, build.channel_listed(at(), tags={"note": "x" * 256}))

    value = found_.facts["tags"]["note"]
    assert len(value) < 160
    assert value.endswith("x…")


def test_a_key_that_somebody_wrote_into_a_tag_is_no_part_of_them() -> None:
    """Also one that would be cut in the middle."""
    long = "x" * 110 + " " + KEY
    rule = build.compiled_rule("forbidden_tags", {"tags": ["*"]})

    found_ = grounds(rule, 1, build.channel_listed(at(), tags={"note": KEY, "more": long, KEY: ""}))

    assert "sk_eu" not in str(found_)


def test_what_upholds_a_quarantine_rests_on_the_order() -> None:
    """Whatever the rule finds by then that ordered it."""
    policy = build.policy_of(build.max_duration())
    quarantine = Quarantine(
        since=at(), reason="five times", author=Sender("AIDA:ann"), acted_at=at(), strike_count=2
    )
    given_ = build.stream_start(at(1))
    decision = build.decide_on(policy, at(1), given_)
    standing = replace(decision.standing, orders=Orders(quarantine=quarantine))
    stopped = build.decide_on(policy, at(5), given_)
    action = replace(stopped.actions[0], rule_id="quarantine", kind="quarantine")
    upheld = replace(decision, standing=standing, actions=(action,))

    (found_,) = grounds_of_decision(upheld, (), Facts(state_from(given_))).values()

    assert found_.facts == {
        "ordered_by": "AIDA:ann",
        "since": "2026-03-14T12:00:00Z",
        "strikes": 2,
    }


@pytest.mark.parametrize("case", BREACHES)
def test_the_grounds_of_every_kind_are_json_within_the_bound(case: Case) -> None:
    assert size(bounded(found(case).compared)) <= MOST_GROUNDS_BYTES


@given(
    st.dictionaries(
        st.text(max_size=128),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=500) | st.timedeltas(max_value=LONG),
            lambda each: st.lists(each, max_size=9) | st.dictionaries(st.text(max_size=50), each),
        ),
    )
)
def test_grounds_have_a_bound_whatever_a_rule_compared(compared: Mapping[str, Any]) -> None:
    assert size(bounded(compared)) <= MOST_GROUNDS_BYTES


def bounded(compared: Mapping[str, Any] | None) -> Grounds:
    """The grounds of a rule that compared this, with many parameters."""
    (verdict,) = UNTAGGED.verdicts
    verdict = replace(verdict, finding=replace(verdict.finding, compared=compared))
    decision = replace(UNTAGGED, verdicts=(verdict,))
    (rule_set,) = MANY_TAGS.rule_sets.values()
    (grounds_,) = grounds_of_decision(decision, rule_set.rules, Facts(state_from())).values()
    return grounds_


def size(found_: Grounds) -> int:
    return len(b',"grounds":' + msgspec.json.encode(found_))
