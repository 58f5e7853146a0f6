"""A right policy survives compilation: the functions load what was written."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.calendar import Weekday
from streamwarden.domain.filters import Match
from streamwarden.domain.ivs import AccountQuota, IngestLimit
from streamwarden.domain.policy import Step, encode_policy, load_policy
from streamwarden.domain.rules import Check
from streamwarden.domain.rules.account.account_limit import AccountLimit
from streamwarden.domain.rules.account.quota_headroom import Quota, QuotaHeadroom
from streamwarden.domain.rules.channel_settings.channel_type import ChannelType, Multitrack
from streamwarden.domain.rules.channel_settings.insecure_ingest import InsecureIngest
from streamwarden.domain.rules.channel_settings.orphans import Orphans, Usable
from streamwarden.domain.rules.channel_settings.playback_restriction import PlaybackRestriction
from streamwarden.domain.rules.channel_settings.private_required import PrivateRequired
from streamwarden.domain.rules.channel_settings.recording_forbidden import RecordingForbidden
from streamwarden.domain.rules.channel_settings.recording_required import RecordingRequired
from streamwarden.domain.rules.channel_settings.unmanaged_channel import UnmanagedChannel
from streamwarden.domain.rules.events.event_alert import EventAlert
from streamwarden.domain.rules.keys.key_drift import KeyDrift
from streamwarden.domain.rules.keys.key_missing import KeyMissing
from streamwarden.domain.rules.keys.playback_key_age import PlaybackKeyAge
from streamwarden.domain.rules.keys.playback_key_allowlist import PlaybackKeyAllowlist
from streamwarden.domain.rules.keys.stream_key_age import StreamKeyAge
from streamwarden.domain.rules.live_sessions.allowed_hours import AllowedHours
from streamwarden.domain.rules.live_sessions.broadcast_budget import BroadcastBudget
from streamwarden.domain.rules.live_sessions.concurrent_streams import ConcurrentStreams
from streamwarden.domain.rules.live_sessions.flapping import Flapping
from streamwarden.domain.rules.live_sessions.ingest_ceiling import IngestCeiling
from streamwarden.domain.rules.live_sessions.limit_breach import LimitBreach
from streamwarden.domain.rules.live_sessions.max_duration import MaxDuration
from streamwarden.domain.rules.live_sessions.never_live import NeverLive
from streamwarden.domain.rules.live_sessions.no_viewers import NoViewers
from streamwarden.domain.rules.live_sessions.starvation import Starvation
from streamwarden.domain.rules.live_sessions.stream_failure import StreamFailure
from streamwarden.domain.rules.live_sessions.takeover import Takeover
from streamwarden.domain.rules.live_sessions.viewer_ceiling import ViewerCeiling
from streamwarden.domain.rules.live_sessions.zombie_session import ZombieSession
from streamwarden.domain.rules.recordings.not_recording import NotRecording
from streamwarden.domain.rules.recordings.recording_failed import RecordingFailed
from streamwarden.domain.rules.recordings.recording_integrity import RecordingIntegrity
from streamwarden.domain.rules.tags.inherited_tags import InheritedTags
from streamwarden.domain.rules.tags.owner_from_creator import OwnerFromCreator
from streamwarden.domain.rules.tags.protected_tags import ProtectedTags
from streamwarden.domain.rules.tags.required_tags import RequiredTags, TagRequirement
from streamwarden.domain.rules.tags.requirement import ValueCase
from streamwarden.domain.rules.tags.tag_limit import TagLimit
from streamwarden.domain.rules.tags.tagged import Tagged
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.periods import Period
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Mode, PlannedAction, Severity
from streamwarden_cli.policy.compilation import compile_policy, load_policy_file
from tests.unit.cli.policy.documents import RULE, load

POLICIES = Path(__file__).parents[4] / "policies"


@pytest.mark.parametrize(
    ("kind", "params", "check"),
    [
        ("max_duration", "{limit: 4h}", MaxDuration(timedelta(hours=4))),
        ("max_duration", "{limit: P1DT2H}", MaxDuration(timedelta(hours=26))),
        (
            "max_duration",
            "{limit: 4h, warnings: [5m, 30m]}",
            MaxDuration(timedelta(hours=4), warnings=(timedelta(minutes=5), timedelta(minutes=30))),
        ),
        ("starvation", "{limit: 90s}", Starvation(timedelta(seconds=90))),
        ("insecure_ingest", "{}", InsecureIngest()),
        (
            "required_tags",
            '{tags: {team: {pattern: "a+"}, env: {values: [x, y]}, tier: {values: z}, on: {}}}',
            RequiredTags(
                {
                    "team": TagRequirement(pattern="a+"),
                    "env": TagRequirement(values=("x", "y")),
                    "tier": TagRequirement(values=("z",)),
                    "on": TagRequirement(),
                }
            ),
        ),
        (
            "required_tags",
            "{tags: {team: {case: lower}}, on: [channel, stream_key, playback_key_pair]}",
            RequiredTags(
                tags={"team": TagRequirement(case=ValueCase.LOWER)},
                on=(Tagged.CHANNEL, Tagged.STREAM_KEY, Tagged.PLAYBACK_KEY_PAIR),
            ),
        ),
        ("inherited_tags", "{tags: team}", InheritedTags(("team",))),
        ("inherited_tags", "{tags: [team, cost-*]}", InheritedTags(("team", "cost-*"))),
        ("orphans", "{}", Orphans(tuple(Usable), timedelta(days=90))),
        (
            "orphans",
            "{on: [recording_configuration], unused: 7d}",
            Orphans((Usable.RECORDING_CONFIGURATION,), timedelta(days=7)),
        ),
        ("playback_key_age", "{limit: 365d}", PlaybackKeyAge(timedelta(days=365))),
        (
            "playback_key_allowlist",
            "{fingerprints: 98:0d:1a, names: [tokens-*]}",
            PlaybackKeyAllowlist(("98:0d:1a",), ("tokens-*",)),
        ),
        ("recording_failed", "{}", RecordingFailed()),
        ("stream_key_age", "{limit: 30d}", StreamKeyAge(timedelta(days=30))),
        (
            "allowed_hours",
            '{zone: Europe/Berlin, days: [fri, sat], start: "22:00", end: "02:30", '
            "closed: [2026-12-25], open: [2026-12-31]}",
            AllowedHours(
                zone="Europe/Berlin",
                days=(Weekday.FRI, Weekday.SAT),
                start=time(22),
                end=time(2, 30),
                closed=(date(2026, 12, 25),),
                open=(date(2026, 12, 31),),
            ),
        ),
        ("allowed_hours", "{start: 09:00, end: 08:00}", AllowedHours(start=time(9), end=time(8))),
        ("never_live", "{}", NeverLive(timedelta(seconds=60))),
        ("never_live", "{limit: 2m}", NeverLive(timedelta(minutes=2))),
        ("limit_breach", "{}", LimitBreach(tuple(IngestLimit))),
        (
            "limit_breach",
            "{limits: [Ingest Bitrate]}",
            LimitBreach((IngestLimit.INGEST_BITRATE,)),
        ),
        ("takeover", "{}", Takeover(attempts=True)),
        ("takeover", "{attempts: no}", Takeover(attempts=False)),
        ("flapping", "{sessions: 5, window: 10m}", Flapping(5, timedelta(minutes=10))),
        ("stream_failure", "{}", StreamFailure()),
        ("viewer_ceiling", "{viewers: 1000}", ViewerCeiling(1000)),
        ("no_viewers", "{limit: 30m}", NoViewers(timedelta(minutes=30))),
        ("concurrent_streams", "{limit: 5, tag: team}", ConcurrentStreams(5, "team")),
        ("concurrent_streams", "{limit: 5}", ConcurrentStreams(5)),
        (
            "broadcast_budget",
            "{limit: 40h, period: month, tag: team}",
            BroadcastBudget(timedelta(hours=40), Period.MONTH, tag="team"),
        ),
        (
            "broadcast_budget",
            "{limit: 8h, period: day}",
            BroadcastBudget(timedelta(hours=8), Period.DAY),
        ),
        (
            "broadcast_budget",
            "{limit: 80d, period: month, account: true}",
            BroadcastBudget(timedelta(days=80), Period.MONTH, account=True),
        ),
        (
            "ingest_ceiling",
            "{short_edge: 720, bitrate: 5_000_000, video_codecs: avc1.*}",
            IngestCeiling(short_edge=720, bitrate=5_000_000, video_codecs=("avc1.*",)),
        ),
        ("zombie_session", "{}", ZombieSession(timedelta(minutes=10))),
        ("key_missing", "{}", KeyMissing(timedelta(minutes=10))),
        ("key_drift", "{by: '*:role/a'}", KeyDrift(("*:role/a",))),
        ("private_required", "{}", PrivateRequired()),
        ("playback_restriction", "{policies: [a*, b]}", PlaybackRestriction(("a*", "b"))),
        (
            "playback_restriction",
            "{countries: [DE, AT], origins: https://a.example, strict_origin: true}",
            PlaybackRestriction(
                countries=("DE", "AT"), origins=("https://a.example",), strict_origin=True
            ),
        ),
        (
            "channel_type",
            "{types: BASIC, presets: [CONSTRAINED_BANDWIDTH_DELIVERY], latency_modes: LOW, "
            "containers: TS, multitrack: forbidden}",
            ChannelType(
                types=("BASIC",),
                presets=("CONSTRAINED_BANDWIDTH_DELIVERY",),
                latency_modes=("LOW",),
                containers=("TS",),
                multitrack=Multitrack.FORBIDDEN,
            ),
        ),
        ("recording_required", "{configurations: '*/vod'}", RecordingRequired(("*/vod",))),
        ("recording_forbidden", "{}", RecordingForbidden()),
        (
            "unmanaged_channel",
            "{tag: stack, values: [a], names: tf-*}",
            UnmanagedChannel("stack", ("a",), ("tf-*",)),
        ),
        ("tag_limit", "{tags: 40}", TagLimit(40)),
        ("tag_limit", "{}", TagLimit(45)),
        ("protected_tags", "{tags: cost, by: [a, b]}", ProtectedTags(("cost",), ("a", "b"))),
        ("owner_from_creator", "{tag: owner}", OwnerFromCreator("owner")),
        ("not_recording", "{}", NotRecording(timedelta(seconds=60))),
        ("recording_integrity", "{at_least: 0.5}", RecordingIntegrity(0.5)),
        ("recording_integrity", "{at_least: 1}", RecordingIntegrity(1.0)),
        ("account_limit", "{}", AccountLimit(tuple(AccountQuota))),
        (
            "account_limit",
            "{limits: [Concurrent Viewers]}",
            AccountLimit((AccountQuota.CONCURRENT_VIEWERS,)),
        ),
        ("quota_headroom", "{}", QuotaHeadroom(0.8, {}, tuple(Quota))),
        (
            "quota_headroom",
            "{at: 1, quotas: {channels: 20000}, only: [channels]}",
            QuotaHeadroom(1.0, {Quota.CHANNELS: 20_000}, (Quota.CHANNELS,)),
        ),
        ("event_alert", "{detail_type: IVS *}", EventAlert(("IVS *",))),
        (
            "event_alert",
            "{detail_type: [a, b], name: c, where: detail.d, on: [stage, account], within: 5m}",
            EventAlert(
                detail_type=("a", "b"),
                name=("c",),
                where="detail.d",
                on=(ResourceType.STAGE, ResourceType.ACCOUNT),
                within=timedelta(minutes=5),
            ),
        ),
    ],
)
def test_a_check_is_loaded_as_it_was_written(kind: str, params: str, check: Check) -> None:
    text = f"version: 1\nrules:\n  - {{id: a, kind: {kind}, params: {params}}}\n"

    [rule] = load(text).rules

    assert rule.kind == kind
    assert rule.check == check


def test_the_default_policy_stops_what_has_stalled_and_tags_stream_keys() -> None:
    rules = load_policy_file(POLICIES / "default.yaml").rules

    enforced = [rule for rule in rules if rule.mode is Mode.ENFORCE]
    assert {(rule.kind, action.kind) for rule in enforced for action in rule.actions} == {
        ("starvation", "stop"),
        ("inherited_tags", "inherit_tags"),
    }


def test_the_demo_repairs_tags_with_values_that_it_accepts() -> None:
    rules = {rule.id: rule for rule in load_policy_file(POLICIES / "demo.yaml").rules}
    rule = rules["owned-and-billed"]

    assert isinstance(rule.check, RequiredTags)
    for key, requirement in rule.check.tags.items():
        assert requirement.prepare()(rule.actions[0].tags[key])


def test_durations_are_compiled_to_iso_8601() -> None:
    [rule] = compile_policy(RULE, "x.yaml").rules

    assert rule.params == {"limit": "PT14400S", "warnings": ()}


def test_a_rule_takes_what_it_does_not_say_from_the_defaults() -> None:
    text = RULE + "    severity: low\ndefaults: {mode: notify, severity: critical}\n"

    [rule] = load(text).rules

    assert (rule.mode, rule.severity) == (Mode.NOTIFY, Severity.LOW)


def test_without_defaults_a_rule_observes() -> None:
    [rule] = load(RULE).rules

    assert (rule.mode, rule.severity) == (Mode.OBSERVE, Severity.MEDIUM)


def test_one_text_may_stand_where_several_may() -> None:
    line = '    match: {tags: {tier: [free, trial], 1: 2026-01-01}, name: "arena-*"}\n'

    [rule] = load(RULE + line).rules

    tags = {"tier": ("free", "trial"), "1": ("2026-01-01",)}
    assert rule.rule_filter.match == Match(tags=tags, name=("arena-*",))


def test_notify_among_the_actions_compiles_to_nothing() -> None:
    text = RULE + "    mode: enforce\n    actions: [notify, stop, tag: {set: {seen: Größe 1}}]\n"

    [rule] = load(text).rules

    assert [action.kind for action in rule.actions] == ["stop", "tag"]
    assert rule.actions[1].tags == {"seen": "Größe 1"}


def test_actions_are_one_step_at_once() -> None:
    [rule] = load(f"{RULE}    actions: [warn, stop]\n").rules

    warn, stop = PlannedAction(kind="warn"), PlannedAction(kind="stop")
    assert rule.steps == (Step(after=timedelta(0), do=(warn, stop)),)


def test_steps_keep_their_moments_also_those_that_only_tell() -> None:
    text = (
        f"{RULE}    mode: enforce\n"
        "    steps:\n"
        "      - {after: 0s, do: [{warn: {text: Bitte enden}}, tag: {set: {late: a}}]}\n"
        "      - {after: PT90S, do: [notify]}\n"
        "      - {after: 10m, do: [warn, stop, tag: {set: {late: b}}]}\n"
    )

    [rule] = load(text).rules

    assert [step.after for step in rule.steps] == [
        timedelta(0),
        timedelta(seconds=90),
        timedelta(minutes=10),
    ]
    assert [[each.kind for each in step.do] for step in rule.steps] == [
        ["warn", "tag"],
        [],
        ["warn", "stop", "tag"],
    ]
    assert rule.actions[0].text == "Bitte enden"


@pytest.mark.parametrize(
    "expression",
    [
        "channel.tags.region == 'eu' && !(session.on_air)",
        "session.limit_hits[?contains(@, 'rate')] | [0]",
        "sort_by(values(channel), &name)[0].name || channel.*.a || {a: account.id}.a",
        "hour('Europe/Berlin') >= `9` && age(session.on_air_at) > `60`",
    ],
)
def test_expressions_that_are_right(expression: str) -> None:
    [rule] = load(f'{RULE}    when: "{expression}"\n').rules

    assert rule.rule_filter.when == expression


def test_an_expression_that_does_not_fit_a_channel_does_not_hold() -> None:
    expression = "contains(channel.tags.flags, 'vip')"
    text = f'{RULE}    when: "{expression}"\n'
    facts = Facts(Resource(arn="arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh"))

    [rule] = load(text).rules

    found = rule.rule_filter.prepare()(facts, datetime(2026, 3, 14, tzinfo=UTC))

    assert found is not None
    assert found.reason == f"`when: {expression}` does not hold"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{id: a, kind: viewer_ceiling, params: {viewers: 9}}", True),
        ("{id: a, kind: no_viewers, params: {limit: 5m}}", True),
        ("{id: a, kind: max_duration, params: {limit: 5m}, unless: session.viewers}", True),
        ("{id: a, kind: max_duration, params: {limit: 5m}, unless: session.stalled}", False),
    ],
)
def test_sweeps_records_and_replays_know_whether_a_rule_reads_viewers(
    rule: str, *, expected: bool
) -> None:
    compiled = compile_policy(f"version: 1\nrules: [{rule}]", "x.yaml")

    assert compiled.needs.viewers is expected
    policy = load_policy(encode_policy(compiled))
    assert policy.about(ResourceType.CHANNEL).interests.reads_viewers is expected
    assert [rule.needs.viewers for rule in policy.rules] == [expected]


def test_sweeps_and_records_know_until_when_an_exemption_reads_viewers() -> None:
    unless = "{condition: session.viewers, until: 2026-03-14}"
    rule = f"{{id: ID, kind: max_duration, params: {{limit: 5m}}, unless: {unless}}}"
    rules = [rule.replace("ID", "a"), rule.replace("ID", "b").replace("14", "13")]

    compiled = compile_policy(f"version: 1\nrules: [{', '.join(rules)}]", "x.yaml")

    interests = load_policy(encode_policy(compiled)).about(ResourceType.CHANNEL).interests
    end = datetime(2026, 3, 15, tzinfo=UTC)
    for reads in (compiled.needs.reads_viewers_at, interests.reads_viewers_at):
        assert (reads(end - timedelta(seconds=1)), reads(end)) == (True, False)


@pytest.mark.parametrize(
    ("share", "limit"), [("0.8", 80), ("0.55", 55), ("0.999", 100), ("1", 100)]
)
def test_a_sweep_knows_the_smallest_count_that_breaches_a_quota(share: str, limit: int) -> None:
    only = "only: [concurrent_streams]"
    rule = f"{{id: a, kind: quota_headroom, params: {{at: {share}, {only}}}}}"

    compiled = compile_policy(f"version: 1\nrules: [{rule}]", "x.yaml")

    assert compiled.needs.counts == {("concurrentStreams", limit)}
