"""Events that people asked to be told of."""

from datetime import timedelta
from typing import Any

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.expressions.expressions import NotAnExpression
from streamwarden.domain.inputs import Input, Recheck, parse_input
from streamwarden.domain.rules.events.event_alert import EventAlert
from testbed.builders import (
    CHANNEL,
    COMPOSITION,
    STAGE,
    WHOLE_ACCOUNT,
    account_limit,
    api_call,
    at,
    publish_error,
    raw_event,
    recording_end_failure,
    session_ended,
    stream_event,
    stream_start,
    tag_change,
)
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

ERRORS = EventAlert(detail_type=("IVS Stage Update",), name=("*Error",))
FAILURES = EventAlert(detail_type=("IVS Composition *",), name=("Session Failure", "Dest*Failure"))
SHORT = EventAlert(detail_type=("IVS Stage Update",), within=timedelta(minutes=5))
NOT_ARRIVED = not_applicable("no such event has arrived")
OVER = compliant("no such event in the last 1h")
ONCE = "Participant Publish Error at 2026-03-14 12:00:00 UTC: BITRATE_EXCEEDED"


def alert(where: str, *detail_type: str) -> EventAlert:
    return EventAlert(detail_type=detail_type or ("IVS *",), where=where)


def of(detail_type: str, *names: str) -> EventAlert:
    return EventAlert(detail_type=(detail_type,), name=names)


def composition(name: str, hours: float = 0, event_id: str = "c-1") -> Input:
    detail = {"event_name": name, "stage_arn": STAGE}
    kind = "IVS Composition State Change"
    raw = raw_event(kind, at(hours), detail, resources=(COMPOSITION,), event_id=event_id)
    return parse_input(raw)


def of_unknown_kind(name: str = "Slate Shown") -> Input:
    """An event that this version has no model for."""
    return parse_input(raw_event("IVS Failover Slate Change", at(), {"event_name": name}))


@each(
    (
        Case(title="nothing is known", check=ERRORS, about=STAGE, now=at(), found=NOT_ARRIVED),
        Case(
            title="it came",
            check=ERRORS,
            about=STAGE,
            given=(publish_error(at()),),
            now=at(0, 1),
            found=breach(ONCE, at(), recheck_at=at(1)),
        ),
        Case(
            title="it came three times, twice at the same moment",
            check=ERRORS,
            about=STAGE,
            given=(
                publish_error(at(), "e-1"),
                publish_error(at(0, 10), "e-2"),
                publish_error(at(0, 10), "e-3", "RESOLUTION_EXCEEDED"),
            ),
            now=at(1),
            found=breach(
                "Participant Publish Error 3 times, last at 2026-03-14 12:10:00 UTC: "
                "RESOLUTION_EXCEEDED",
                at(),
                recheck_at=at(1, 10),
            ),
        ),
        Case(
            title="a moment before it is over",
            check=ERRORS,
            about=STAGE,
            given=(publish_error(at()),),
            now=at(0, 59, 59),
            found=breach(ONCE, at(), recheck_at=at(1)),
        ),
        Case(
            title="over",
            check=ERRORS,
            about=STAGE,
            given=(publish_error(at()),),
            now=at(1),
            found=OVER,
        ),
        Case(
            title="it came so late that it is over",
            check=ERRORS,
            about=STAGE,
            given=(publish_error(at()),),
            now=at(5),
            found=OVER,
        ),
        Case(
            title="after a pause it is news again",
            check=SHORT,
            about=STAGE,
            given=(publish_error(at(0, -5), "e-0"), publish_error(at(), "e-1")),
            now=at(0, 4),
            found=breach(ONCE, at(), recheck_at=at(0, 5)),
        ),
        Case(
            title="its clock is ahead",
            check=ERRORS,
            about=STAGE,
            given=(publish_error(at()),),
            now=at(-1),
            found=breach(ONCE, at(-1), recheck_at=at(1)),
        ),
        Case(
            title="several names",
            check=FAILURES,
            about=COMPOSITION,
            given=(
                composition("Destination Failure", 0, "c-1"),
                composition("Session Failure", 0.5, "c-2"),
                composition("Session End", 0.6, "c-3"),
            ),
            now=at(1),
            found=breach(
                "2 events (Destination Failure, Session Failure), last at 2026-03-14 12:30:00 UTC",
                at(),
                recheck_at=at(1.5),
            ),
        ),
        Case(
            title="another name",
            check=FAILURES,
            about=COMPOSITION,
            given=(composition("Session Start"),),
            now=at(),
            found=NOT_ARRIVED,
        ),
        Case(
            title="no event",
            check=alert("`true`"),
            given=(Recheck(resource_arn=CHANNEL, time=at()),),
            now=at(),
            found=NOT_ARRIVED,
        ),
    )
)
def test_event_alert_finds(case: Case) -> None:
    assert_found(case)


def test_many_are_counted_as_far_as_they_are_remembered() -> None:
    events = tuple(publish_error(at(0, 0, second), f"e-{second}") for second in range(60))
    reason = (
        "Participant Publish Error at least 6 times, last at 2026-03-14 12:00:59 UTC: "
        "BITRATE_EXCEEDED"
    )
    found = breach(reason, at(0, 0, 54), recheck_at=at(1, 0, 59))

    assert_found(
        Case(title="many", check=ERRORS, about=STAGE, given=events, now=at(0, 1), found=found)
    )


def test_many_names_are_cut_short() -> None:
    anything = EventAlert(detail_type=("*",))
    names = ("Stream Start", "Stream Takeover", "Session Created", "Stream End")
    events = tuple(stream_event(name, at(0, minute)) for minute, name in enumerate(names))
    reason = (
        "4 events (Stream Start, Stream Takeover, Session Created and others), "
        "last at 2026-03-14 12:03:00 UTC"
    )
    found = breach(reason, at(), recheck_at=at(1, 3))

    assert_found(Case(title="names", check=anything, given=events, now=at(0, 3), found=found))


@pytest.mark.parametrize(
    ("check", "event"),
    [
        (of("IVS Stream State Change"), stream_start(at())),
        (of("IVS*", "Stream Start"), stream_start(at())),
        (of("*", "Concurrent *"), account_limit(at())),
        (of("*", "Recording * Failure"), recording_end_failure(at())),
        (of("AWS API *", "UpdateC*"), api_call("UpdateChannel", at(), {})),
        (of("AWS API *", "PutMetadata"), api_call("PutMetadata", at(), {})),
        (of("Tag *", "Tag Change*"), tag_change(at(), {})),
        (of("IVS Failover*"), of_unknown_kind()),
        (of("*", "Slate *"), of_unknown_kind()),
        (of("*", "Paused"), stream_event("Paused", at())),
        (alert("detail.error_code == 'BITRATE_EXCEEDED'"), publish_error(at())),
        (alert("account == '210987654321' && region == 'eu-west-1'"), publish_error(at())),
        (alert("\"detail-type\" == 'IVS Stage Update'"), publish_error(at())),
        (alert("ends_with(resources[0], 'AtUlF8oNuvW2')"), publish_error(at())),
        (alert("detail.event_name == 'Slate Shown'"), of_unknown_kind()),
        (alert("hour('UTC') == `12`"), publish_error(at())),
    ],
)
def test_it_hears(check: EventAlert, event: Any) -> None:
    assert check.event_matcher().matches(event)


@pytest.mark.parametrize(
    ("check", "event"),
    [
        (of("IVS Stream State"), stream_start(at())),
        (of("*", "Stream *"), session_ended(at())),
        (of("IVS Stage*", "Stream Start"), stream_start(at())),
        (of("*", "IVS *"), of_unknown_kind()),
        (alert("detail.error_code == 'BITRATE_EXCEEDED'"), stream_start(at())),
        (alert("detail.error_code == 'BITRATE_EXCEEDED'", "Tag *"), publish_error(at())),
        (alert("starts_with(detail.nothing, 'x')"), publish_error(at())),
        (alert("hour('UTC') == `12`"), publish_error(at(1))),
    ],
)
def test_it_does_not_hear(check: EventAlert, event: Any) -> None:
    assert not check.event_matcher().matches(event)


def test_what_is_remembered_outlives_a_change_of_the_rule() -> None:
    before = EventAlert(detail_type=("a", "b"), name=("c", "d"), where="detail")
    after = EventAlert(
        detail_type=("b", "a"),
        name=("d", "c"),
        where="detail",
        on=(ResourceType.STAGE,),
        within=timedelta(minutes=1),
    )

    assert after.event_matcher().key == before.event_matcher().key


@pytest.mark.parametrize(
    "other",
    [
        EventAlert(detail_type=("a",)),
        EventAlert(detail_type=("a", "b")),
        EventAlert(detail_type=("a",), name=("b",)),
        EventAlert(detail_type=("a",), where="b"),
    ],
)
def test_what_is_listened_for_tells_rules_apart(other: EventAlert) -> None:
    assert (
        other.event_matcher().key != EventAlert(detail_type=("a",), name=("c",)).event_matcher().key
    )


def test_it_is_about_everything_but_keys_unless_it_says_what_it_is_on() -> None:
    on = (ResourceType.STAGE, ResourceType.ACCOUNT)

    assert EventAlert(detail_type=("*",), on=on).judges == set(on)
    assert EventAlert(detail_type=("*",)).judges == set(ResourceType) - {ResourceType.STREAM_KEY}


@pytest.mark.parametrize("about", [STAGE, COMPOSITION, WHOLE_ACCOUNT, CHANNEL])
def test_it_needs_nothing_from_sweeps(about: str) -> None:
    assert EventAlert(detail_type=("*",)).needs.resources == frozenset()


def test_a_rule_about_no_event_is_refused() -> None:
    with pytest.raises(ValueError, match="`detail_type`: name at least one"):
        EventAlert(detail_type=())


def test_a_rule_on_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="`on`: events about a stream_key belong to its channel"):
        EventAlert(detail_type=("*",), on=(ResourceType.STREAM_KEY,))


def test_a_condition_that_is_no_jmespath_is_refused() -> None:
    with pytest.raises(NotAnExpression, match="not a JMESPath expression"):
        alert("detail.").event_matcher()
