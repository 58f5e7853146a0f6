"""`streamwarden open` says of each thing that is open what was done about it."""

from copy import replace
from datetime import timedelta

import pytest

from streamwarden.domain.inputs import Input
from streamwarden.domain.state.controls import PROTECTED_TAG
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Mode, PlannedAction
from streamwarden_cli.operate.incidents import Selection, incidents_section, open_section, opened_in
from streamwarden_cli.operate.notified import Notifications
from testbed import builders as build
from testbed.builders import STREAM, at
from tests.unit.cli.operate.records import recheck, record_after

NOTHING_KNOWN = Notifications((), at(9))
LISTED = build.channel_listed(at(), name="studio", tags={"team": "news"})
UNTAGGED = build.channel_listed(at(), name="studio", tags={})
LIVE = (LISTED, build.stream_start(at()), recheck(4))


def texts(*inputs: Input, max_mode: Mode = Mode.ENFORCE) -> dict[str, str]:
    """What is open, and what was done, by rule."""
    opened = opened_in([record_after(*inputs, max_mode=max_mode)], NOTHING_KNOWN, at(9))
    return {each.rule_id: each.text for each in opened}


def test_a_request_without_an_outcome_is_said() -> None:
    expected = "stop requested at 2026-03-14 16:00:00, no outcome yet"

    assert texts(*LIVE) == {"no-marathons": expected}


def test_an_outcome_is_said_in_the_words_of_who_carried_it_out() -> None:
    (asked,) = record_after(*LIVE).requested
    finished = build.action_finished(
        at(4, 1), asked, OutcomeStatus.FAILED, reason="IVS refused", decided_at=at(4)
    )

    assert texts(*LIVE, finished) == {
        "no-marathons": "stop failed at 2026-03-14 16:01:00: IVS refused"
    }


def test_what_holds_an_action_back_is_said() -> None:
    tags = {"team": "news", PROTECTED_TAG: "true"}
    protected = build.channel_listed(at(), name="studio", tags=tags)

    (text,) = texts(protected, *LIVE[1:]).values()

    assert text.startswith(f"held: the channel has the tag {PROTECTED_TAG}=true")


@pytest.mark.parametrize(
    ("inputs", "max_mode", "rule", "text"),
    [
        ((UNTAGGED,), Mode.ENFORCE, "owned", "recorded only"),
        (
            LIVE,
            Mode.NOTIFY,
            "no-marathons",
            "nobody is known to be notified; `streamwarden why` says what was not sent",
        ),
    ],
)
def test_where_nothing_may_be_done_the_mode_says_why(
    inputs: tuple[Input, ...], max_mode: Mode, rule: str, text: str
) -> None:
    assert texts(*inputs, max_mode=max_mode)[rule] == text


def test_what_a_repair_waits_for_is_said() -> None:
    planned = build.repair({"insecureIngest": False})
    rule = build.compiled_rule("insecure_ingest", {}, planned, id="tls-only")
    insecure = build.channel_listed(at(), name="studio", insecureIngest=True)

    (opened,) = opened_in(
        [record_after(insecure, build.stream_start(at()), recheck(1), rules=(rule,))],
        NOTHING_KNOWN,
        at(9),
    )

    expected = "waits for the end of the stream and then sets insecureIngest to false; decided"
    assert opened.text.startswith(expected)


def test_what_others_take_back_is_said_with_the_moment_of_the_next_attempt() -> None:
    rule = build.compiled_rule(
        "required_tags", {"tags": {"team": {}}}, build.set_tags(team="unassigned"), id="owned"
    )
    fought: list[Input] = [UNTAGGED]
    for hour in range(1, 4):
        fought += [
            build.tags_set(at(hour), {"team": "unassigned"}),
            build.tags_removed(at(hour, 30), "team"),
        ]

    (opened,) = opened_in([record_after(*fought, rules=(rule,))], NOTHING_KNOWN, at(4))

    expected = "sets team=unassigned, which was taken back 3 times; again at 2026-03-15 03:30 UTC"
    assert opened.text.startswith(expected)


def test_what_was_done_is_said_of_a_breach_that_outlasts_its_stream() -> None:
    """A verdict counts for a day. The stop is no more a request of the breach then."""
    judged = build.compiled_rule(
        "external_verdict", {"labels": ["Violence"], "min_confidence": 0.5}, build.STOP, id="judged"
    )
    live = (LISTED, build.stream_start(at()), build.external_verdict(at(1)))
    asked = record_after(*live, rules=(judged,)).requested
    (action,) = asked
    stopped = build.action_finished(
        at(2), action, OutcomeStatus.DONE, reason="stopped stream st-1", decided_at=at(1)
    )
    record = record_after(
        *live, stopped, build.stream_end(at(3)), build.session_ended(at(3)), rules=(judged,)
    )

    (opened,) = opened_in([record], NOTHING_KNOWN, at(9))

    assert opened.text.startswith("stopped stream st-1; ")


def test_a_quarantine_of_the_rule_is_said_while_it_lasts() -> None:
    """What came on before it was only stopped, which an encoder that returns undoes."""
    rule = build.compiled_rule(
        "max_duration", {"limit": "PT4H"}, PlannedAction(kind="quarantine"), id="no-marathons"
    )
    ended = (build.stream_end(at(5)), build.session_ended(at(5)))
    lasting = record_after(*LIVE, *ended, rules=(replace(rule, keep=timedelta(days=1)),))

    (opened,) = opened_in([lasting], NOTHING_KNOWN, at(9))

    assert opened.text.startswith("in quarantine until it is released; ")


def test_what_is_calm_says_since_when() -> None:
    ended = (build.stream_end(at(5)), build.session_ended(at(5)))

    (text,) = texts(*LIVE, *ended).values()

    assert text.startswith("calm since 2026-03-14 17:00:00")


def test_the_most_urgent_comes_first_and_names_its_channel_and_stream() -> None:
    record = record_after(UNTAGGED, *LIVE[1:])

    section = open_section(opened_in([record], NOTHING_KNOWN, at(5)), at(5))

    assert [each["rule"] for each in section.values] == ["no-marathons", "owned"]
    assert section.values[0]["stream_id"] == STREAM
    assert section.rows[0][:5] == ("studio", "no-marathons", ("high", "red"), "enforce", "1h ago")


def test_what_is_only_observed_and_other_rules_can_be_left_out() -> None:
    record = record_after(UNTAGGED, *LIVE[1:])

    notified = opened_in([record], NOTHING_KNOWN, at(5), Selection(has_observed=False))
    owned = opened_in([record], NOTHING_KNOWN, at(5), Selection(frozenset({"owned"})))

    assert [each.rule_id for each in notified] == ["no-marathons"]
    assert [each.rule_id for each in owned] == ["owned"]
    assert "beside 3 that are only observed" in open_section(notified, at(5), 3).title


def test_how_often_an_incident_repeated_is_said() -> None:
    tagged: tuple[dict[str, str], ...] = ({}, {"team": "news"}, {})
    listed = (
        build.channel_listed(at(minutes=minute), name="studio", tags=tags)
        for minute, tags in enumerate(tagged)
    )
    owned = build.compiled_rule(
        "required_tags", {"tags": {"team": {}}}, id="owned", keep=timedelta(minutes=10)
    )
    record = record_after(*listed, rules=(owned,))

    (row,) = open_section(opened_in([record], NOTHING_KNOWN, at(1)), at(1)).rows
    why = incidents_section(record.standing.incidents.values(), at(1))

    assert str(row[-1]).startswith("2 breaches so far; ")
    assert why.rows == [("owned", "1h ago", "2", "")]
    assert why.values[0]["times"] == 2
