"""Streams of which somebody outside says something bad."""

from datetime import timedelta

import pytest

from streamwarden.domain.events.viewers import MOST_VIEWERS, Viewer
from streamwarden.domain.rules.live_sessions.external_verdict import ExternalVerdict
from streamwarden.domain.verdicts import Status
from testbed.builders import (
    EVIDENCE,
    NEXT_STREAM,
    STREAM,
    at,
    external_verdict,
    facts_from,
    stream_end,
    stream_start,
)
from tests.unit.domain.rules.cases import (
    NO_SESSION,
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

ANY = ExternalVerdict(labels=("V*",), min_confidence=0.8)
TWICE = ExternalVerdict(labels=("V*",), min_confidence=0.8, count=2, within=timedelta(minutes=10))
LIVE = stream_start(at())
FOLLOWED = (LIVE, stream_end(at(1)), stream_start(at(1, 1), NEXT_STREAM))
SAID = external_verdict(at(1))
REASON = f"rekognition says 'Violence' with confidence 0.9: {EVIDENCE}"
TWO = f"rekognition says 'Violence' with confidence 0.9 (2 verdicts, this is the last): {EVIDENCE}"
NONE = compliant("no stream got such a verdict in the last 24h")


@each(
    (
        Case(title="an idle channel", check=ANY, now=at(), found=NO_SESSION),
        Case(title="a stream without a verdict", check=ANY, given=(LIVE,), now=at(1), found=NONE),
        Case(
            title="a verdict about the live stream",
            check=ANY,
            given=(LIVE, SAID),
            now=at(1),
            found=breach(REASON, at(1), STREAM, recheck_at=at(25)),
        ),
        Case(
            title="a label that no glob is about",
            check=ANY,
            given=(LIVE, external_verdict(at(1), label="Nudity")),
            now=at(1),
            found=NONE,
        ),
        Case(
            title="too little confidence",
            check=ANY,
            given=(LIVE, external_verdict(at(1), confidence=0.79)),
            now=at(1),
            found=NONE,
        ),
        Case(
            title="just enough confidence",
            check=ANY,
            given=(LIVE, external_verdict(at(1), confidence=0.8)),
            now=at(1),
            found=breach(REASON.replace("0.9", "0.8"), at(1), STREAM, recheck_at=at(25)),
        ),
        Case(
            title="a source that does not count",
            check=ExternalVerdict(labels=("*",), min_confidence=0, sources=("team-*",)),
            given=(LIVE, SAID),
            now=at(1),
            found=NONE,
        ),
        Case(
            title="one verdict where two are asked for",
            check=TWICE,
            given=(LIVE, SAID),
            now=at(1),
            found=NONE,
        ),
        Case(
            title="two verdicts too far apart",
            check=TWICE,
            given=(LIVE, SAID, external_verdict(at(1, 11))),
            now=at(2),
            found=NONE,
        ),
        Case(
            title="two verdicts within the time",
            check=TWICE,
            given=(LIVE, SAID, external_verdict(at(1, 10))),
            now=at(2),
            found=breach(TWO, at(1), STREAM, recheck_at=at(25, 10)),
        ),
        Case(
            title="a verdict without a stream id concerns the stream that was live then",
            check=ANY,
            given=(LIVE, external_verdict(at(1), None)),
            now=at(2),
            found=breach(REASON, at(1), STREAM, recheck_at=at(25)),
        ),
        Case(
            title="and not the one that has begun since",
            check=ANY,
            given=(*FOLLOWED, external_verdict(at(minutes=50), None)),
            now=at(2),
            found=breach(REASON, at(minutes=50), STREAM, recheck_at=at(24, 50)),
        ),
        Case(
            title="a verdict about an earlier stream is about that stream",
            check=ANY,
            given=(*FOLLOWED, external_verdict(at(1, 2), STREAM)),
            now=at(2),
            found=breach(REASON, at(1, 2), STREAM, recheck_at=at(25, 2)),
        ),
        Case(
            title="a verdict about the live stream comes first",
            check=ANY,
            given=(
                *FOLLOWED,
                external_verdict(at(1, 2), NEXT_STREAM),
                external_verdict(at(1, 3), STREAM),
            ),
            now=at(2),
            found=breach(REASON, at(1, 2), NEXT_STREAM, recheck_at=at(25, 2)),
        ),
        Case(
            title="a stream that is not known",
            check=ANY,
            given=(SAID,),
            now=at(1),
            found=breach(REASON, at(1), STREAM, recheck_at=at(25)),
        ),
        Case(
            title="a verdict without a stream id where no stream is known",
            check=ANY,
            given=(external_verdict(at(1), None),),
            now=at(1),
            found=not_applicable("a verdict is about a stream that is not known"),
        ),
        Case(title="after a day", check=ANY, given=(LIVE, SAID), now=at(25), found=NONE),
    )
)
def test_external_verdict_finds(case: Case) -> None:
    assert_found(case)


def test_its_breach_names_the_viewers_of_all_verdicts_and_no_more_than_ivs_takes() -> None:
    first = external_verdict(at(1), viewers=({"id": "ann", "version": 3}, {"id": "ben"}))
    many = [{"id": f"v{number:02}"} for number in range(MOST_VIEWERS - 1)]
    last = external_verdict(at(2), viewers=({"id": "ann", "version": 1}, *many))

    found = ANY.prepare()(facts_from(LIVE, first, last), at(3))

    assert found.status is Status.BREACH
    assert found.viewers[0] == Viewer("ann", 3)
    assert {viewer.id for viewer in found.viewers} == {"ann", *(each["id"] for each in many)}


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"labels": ()}, "`labels`: name at least one"),
        ({"min_confidence": 90}, "`min_confidence`: expected a number from 0 to 1, .* found 90"),
        ({"count": 7}, "`count`: expected a number from 1 to 6, found 7"),
        ({"within": timedelta(hours=1)}, "`within`: give a `count` of 2 or more"),
    ],
)
def test_what_cannot_be_meant_is_refused(parameters: dict[str, object], reason: str) -> None:
    given: dict[str, object] = {"labels": ("*",), "min_confidence": 0.5} | parameters
    with pytest.raises(ValueError, match=reason):
        ExternalVerdict(**given)  # type: ignore[arg-type]  # any parameter
