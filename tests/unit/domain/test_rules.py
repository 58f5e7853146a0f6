"""What each rule kind says, at and around its boundaries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from streamwarden.domain.inputs import Input
from streamwarden.domain.rules.channel_settings.insecure_ingest import InsecureIngest
from streamwarden.domain.rules.check import Check
from streamwarden.domain.rules.keys.stream_key_age import StreamKeyAge
from streamwarden.domain.rules.live_sessions.max_duration import MaxDuration
from streamwarden.domain.rules.live_sessions.starvation import Starvation
from streamwarden.domain.rules.recordings.recording_failed import RecordingFailed
from streamwarden.domain.rules.tags.required_tags import RequiredTags, TagRequirement
from streamwarden.domain.verdicts import Finding, Status, Subject
from tests.unit.domain.builders import (
    NEXT_RECORDING,
    NEXT_STREAM,
    RECORDING,
    STREAM,
    at,
    channel_created,
    channel_listed,
    channel_updated,
    facts_from,
    key_created,
    key_deleted,
    recording_end_failure,
    recording_start,
    recording_start_failure,
    session_created,
    starvation_end,
    starvation_start,
    stream_end,
    stream_listed,
    stream_start,
    tags_set,
)
from tests.unit.domain.rules.cases import subject_of

MAX_4H = MaxDuration(limit=timedelta(hours=4))
STARVES_10M = Starvation(limit=timedelta(minutes=10))
KEY_30D = StreamKeyAge(limit=timedelta(days=30))
OWNED = RequiredTags(
    tags={
        "owner": TagRequirement(pattern="team-[a-z]+"),
        "env": TagRequirement(values=("prod", "test")),
        "cost": TagRequirement(),
    }
)
OF_THE_STREAM = Subject(RECORDING, (STREAM,))
IN_ORDER = {"owner": "team-a", "env": "prod", "cost": ""}


@dataclass(frozen=True, kw_only=True)
class Case:
    """Given these inputs, at `now` the check finds this."""

    title: str
    check: Check
    given: tuple[Input, ...]
    now: datetime
    found: Finding


def compliant(reason: str, subject: str | Subject = "") -> Finding:
    return Finding(status=Status.COMPLIANT, reason=reason, subject=subject_of(subject))


def not_applicable(reason: str) -> Finding:
    return Finding(status=Status.NOT_APPLICABLE, reason=reason)


def pending(reason: str, subject: str, recheck_at: datetime) -> Finding:
    return Finding(
        status=Status.PENDING, reason=reason, subject=subject_of(subject), recheck_at=recheck_at
    )


def breach(
    reason: str,
    since: datetime,
    subject: str | Subject = "",
    *,
    recheck_at: datetime | None = None,
    settled: tuple[str, ...] = (),
) -> Finding:
    return Finding(
        status=Status.BREACH,
        reason=reason,
        subject=subject_of(subject),
        since=since,
        recheck_at=recheck_at,
        settled_tags=frozenset(settled),
    )


OFF_AIR = not_applicable("the channel is not on the air")

CASES = (
    Case(
        title="max duration: an idle channel",
        check=MAX_4H,
        given=(),
        now=at(),
        found=OFF_AIR,
    ),
    Case(
        title="max duration: a session that is not on the air yet",
        check=MAX_4H,
        given=(session_created(at()),),
        now=at(5),
        found=OFF_AIR,
    ),
    Case(
        title="max duration: an ended stream",
        check=MAX_4H,
        given=(stream_start(at()), stream_end(at(1))),
        now=at(5),
        found=OFF_AIR,
    ),
    Case(
        title="max duration: at its start",
        check=MAX_4H,
        given=(stream_start(at()),),
        now=at(),
        found=pending("on the air for 0s of 4h allowed", STREAM, at(4)),
    ),
    Case(
        title="max duration: a second before the limit",
        check=MAX_4H,
        given=(stream_start(at()),),
        now=at(4, seconds=-1),
        found=pending("on the air for 3h 59m of 4h allowed", STREAM, at(4)),
    ),
    Case(
        title="max duration: exactly at the limit",
        check=MAX_4H,
        given=(stream_start(at()),),
        now=at(4),
        found=breach("on the air for 4h; 4h is allowed", at(4), STREAM),
    ),
    Case(
        title="max duration: beyond the limit",
        check=MAX_4H,
        given=(stream_start(at()),),
        now=at(5, minutes=30),
        found=breach("on the air for 5h 30m; 4h is allowed", at(4), STREAM),
    ),
    Case(
        title="max duration: a start in the future of a slow clock",
        check=MAX_4H,
        given=(stream_start(at(seconds=2)),),
        now=at(),
        found=pending("on the air for 0s of 4h allowed", STREAM, at(4, seconds=2)),
    ),
    Case(
        title="max duration: counts anew for a new stream",
        check=MAX_4H,
        given=(stream_start(at()), stream_start(at(3), NEXT_STREAM)),
        now=at(5),
        found=pending("on the air for 2h of 4h allowed", NEXT_STREAM, at(7)),
    ),
    Case(
        title="starvation: an idle channel",
        check=STARVES_10M,
        given=(),
        now=at(),
        found=OFF_AIR,
    ),
    Case(
        title="starvation: a stream that delivers",
        check=STARVES_10M,
        given=(stream_start(at()),),
        now=at(1),
        found=compliant("the ingest delivers", STREAM),
    ),
    Case(
        title="starvation: a second before the limit",
        check=STARVES_10M,
        given=(stream_start(at()), starvation_start(at(1))),
        now=at(1, minutes=10, seconds=-1),
        found=pending(
            "the ingest has stalled for 9m 59s of 10m allowed", STREAM, at(1, minutes=10)
        ),
    ),
    Case(
        title="starvation: exactly at the limit",
        check=STARVES_10M,
        given=(stream_start(at()), starvation_start(at(1))),
        now=at(1, minutes=10),
        found=breach("the ingest has stalled for 10m; 10m is allowed", at(1, minutes=10), STREAM),
    ),
    Case(
        title="starvation: delivers again",
        check=STARVES_10M,
        given=(stream_start(at()), starvation_start(at(1)), starvation_end(at(1, minutes=9))),
        now=at(2),
        found=compliant("the ingest delivers", STREAM),
    ),
    Case(
        title="starvation: only a listing saw it",
        check=STARVES_10M,
        given=(stream_listed(at(1), health="STARVING", start_time=at()),),
        now=at(1, minutes=11),
        found=breach("the ingest has stalled for 11m; 10m is allowed", at(1, minutes=10), STREAM),
    ),
    Case(
        title="insecure ingest: the setting is not known",
        check=InsecureIngest(),
        given=(channel_listed(at(), name="studio"),),
        now=at(1),
        found=not_applicable("whether insecure ingest is allowed is not known yet"),
    ),
    Case(
        title="insecure ingest: off",
        check=InsecureIngest(),
        given=(channel_listed(at(), insecureIngest=False),),
        now=at(1),
        found=compliant("insecure ingest is off"),
    ),
    Case(
        title="insecure ingest: on",
        check=InsecureIngest(),
        given=(channel_listed(at(), insecureIngest=True),),
        now=at(1),
        found=breach("the channel allows insecure ingest (RTMP without TLS)", at()),
    ),
    Case(
        title="insecure ingest: switched off since",
        check=InsecureIngest(),
        given=(
            channel_updated(at(1), insecureIngest=False),
            channel_created(at(), insecureIngest=True),
        ),
        now=at(2),
        found=compliant("insecure ingest is off"),
    ),
    Case(
        title="required tags: all in order, an empty value is a value",
        check=OWNED,
        given=(channel_listed(at(), tags=IN_ORDER),),
        now=at(1),
        found=compliant("all required tags are in order"),
    ),
    Case(
        title="required tags: one missing",
        check=OWNED,
        given=(channel_listed(at(), tags={"owner": "team-a", "env": "prod"}),),
        now=at(1),
        found=breach("tag 'cost' is missing", at(), settled=("owner", "env")),
    ),
    Case(
        title="required tags: the pattern is for the whole value",
        check=OWNED,
        given=(channel_listed(at(), tags={**IN_ORDER, "owner": "team-a!"}),),
        now=at(1),
        found=breach(
            "tag 'owner' is 'team-a!', which does not match 'team-[a-z]+'",
            at(),
            settled=("env", "cost"),
        ),
    ),
    Case(
        title="required tags: a value not of the list, told with every other fault",
        check=OWNED,
        given=(channel_listed(at(), tags={"owner": "team-a", "env": "Prod"}),),
        now=at(1),
        found=breach(
            "tag 'env' is 'Prod', not one of prod, test; tag 'cost' is missing",
            at(),
            settled=("owner",),
        ),
    ),
    Case(
        title="required tags: keys differ by case",
        check=RequiredTags(tags={"owner": TagRequirement()}),
        given=(channel_listed(at(), tags={"Owner": "team-a"}),),
        now=at(1),
        found=breach("tag 'Owner' is there, 'owner' is required", at()),
    ),
    Case(
        title="required tags: put in order since it was listed",
        check=OWNED,
        given=(channel_listed(at(), tags={}), tags_set(at(1), IN_ORDER)),
        now=at(2),
        found=compliant("all required tags are in order"),
    ),
    Case(
        title="recording failed: never recorded",
        check=RecordingFailed(),
        given=(),
        now=at(),
        found=not_applicable("no recording of the channel is known"),
    ),
    Case(
        title="recording failed: the newest is fine",
        check=RecordingFailed(),
        given=(recording_start(at()),),
        now=at(1),
        found=compliant("no recording failed"),
    ),
    Case(
        title="recording failed: could not start",
        check=RecordingFailed(),
        given=(recording_start_failure(at()),),
        now=at(1),
        found=breach(
            "Recording Start Failure (ValidationException, bucket demo-vod)",
            at(),
            OF_THE_STREAM,
            recheck_at=at(24),
        ),
    ),
    Case(
        title="recording failed: failed at its end",
        check=RecordingFailed(),
        given=(recording_start(at()), recording_end_failure(at(1))),
        now=at(2),
        found=breach(
            "Recording End Failure (InternalServerException, bucket demo-vod)",
            at(1),
            OF_THE_STREAM,
            recheck_at=at(25),
        ),
    ),
    Case(
        title="recording failed: a second before it closes by itself",
        check=RecordingFailed(),
        given=(recording_start_failure(at()),),
        now=at(24, seconds=-1),
        found=breach(
            "Recording Start Failure (ValidationException, bucket demo-vod)",
            at(),
            OF_THE_STREAM,
            recheck_at=at(24),
        ),
    ),
    Case(
        title="recording failed: closes by itself after exactly a day",
        check=RecordingFailed(),
        given=(recording_start_failure(at()),),
        now=at(24),
        found=not_applicable("the last recording failure is more than 24h old"),
    ),
    Case(
        title="recording failed: the next recording started",
        check=RecordingFailed(),
        given=(recording_start_failure(at()), recording_start(at(1), NEXT_RECORDING)),
        now=at(2),
        found=compliant("a recording has started since the last failure"),
    ),
    Case(
        title="key age: nothing is known",
        check=KEY_30D,
        given=(),
        now=at(),
        found=not_applicable("nothing is known of the channel's stream key"),
    ),
    Case(
        title="key age: the channel has no key",
        check=KEY_30D,
        given=(key_created(at()), key_deleted(at(1))),
        now=at(2),
        found=not_applicable("the channel has no stream key"),
    ),
    Case(
        title="key age: a second before the limit",
        check=KEY_30D,
        given=(key_created(at()),),
        now=at(30 * 24, seconds=-1),
        found=pending("the stream key is 29d 23h old; 30d is allowed", "", at(30 * 24)),
    ),
    Case(
        title="key age: exactly at the limit",
        check=KEY_30D,
        given=(key_created(at()),),
        now=at(30 * 24),
        found=breach("the stream key is 30d old; 30d is allowed", at(30 * 24)),
    ),
    Case(
        title="key age: unknown counts from first seen",
        check=KEY_30D,
        given=(channel_listed(at()),),
        now=at(30 * 24),
        found=breach("the stream key is 30d old; 30d is allowed", at(30 * 24)),
    ),
    Case(
        title="key age: a key in use is replaced later",
        check=KEY_30D,
        given=(key_created(at()), stream_start(at(30 * 24))),
        now=at(31 * 24),
        found=breach(
            "the stream key is 31d old; 30d is allowed; it is replaced when the stream has ended",
            at(30 * 24),
        ),
    ),
)


@pytest.mark.parametrize("case", [pytest.param(each, id=each.title) for each in CASES])
def test_rule_kind_finds(case: Case) -> None:
    assert case.check.prepare()(facts_from(*case.given), case.now) == case.found


@pytest.mark.parametrize("case", [pytest.param(each, id=each.title) for each in CASES])
def test_recheck_at_is_never_in_the_past(case: Case) -> None:
    found = case.check.prepare()(facts_from(*case.given), case.now)

    assert found.recheck_at is None or found.recheck_at > case.now


def test_an_end_failure_is_found_even_when_the_next_recording_had_already_started() -> None:
    # Recordings end late, by up to the reconnect window; the lost one must not go unnoticed.
    facts = facts_from(
        recording_start(at()),
        recording_start(at(1), NEXT_RECORDING),
        recording_end_failure(at(1, minutes=5)),
    )

    finding = RecordingFailed().prepare()(facts, at(2))

    assert (finding.status, finding.subject.id) == (Status.BREACH, RECORDING)


class TestParameters:
    def test_a_tag_requirement_has_a_pattern_or_values(self) -> None:
        with pytest.raises(ValueError, match="either `pattern` or `values`, not both"):
            TagRequirement(pattern="a", values=("a",))

    def test_a_pattern_must_be_a_regular_expression(self) -> None:
        with pytest.raises(ValueError, match="`pattern` is not a regular expression"):
            TagRequirement(pattern="team-[")

    def test_required_tags_names_at_least_one(self) -> None:
        with pytest.raises(ValueError, match="name at least one tag"):
            RequiredTags(tags={})
