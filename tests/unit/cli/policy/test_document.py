"""A policy says everything that is wrong with it, and where; a right one survives compilation."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.arn import ResourceType
from streamwarden.domain.calendar import Weekday
from streamwarden.domain.filters import Match
from streamwarden.domain.ivs import AccountQuota, IngestLimit
from streamwarden.domain.policy import Policy, Step, encode_policy, load_policy
from streamwarden.domain.rules import RULE_KINDS, Check
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
from streamwarden.domain.rules.tags.required_tags import RequiredTags, Tagged, TagRequirement
from streamwarden.domain.rules.tags.requirement import ValueCase
from streamwarden.domain.rules.tags.tag_limit import TagLimit
from streamwarden.domain.state.airtime import Period
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Mode, PlannedAction, Severity
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.actions import allowed_actions
from streamwarden_cli.policy.compilation import compile_policy, load_policy_file

POLICIES = Path(__file__).parents[4] / "policies"

RULE = """\
version: 1
rules:
  - id: a
    kind: max_duration
    params: {limit: 4h}
"""


def errors_of(text: str) -> list[str]:
    with pytest.raises(DocumentErrors) as raised:
        compile_policy(text, "x.yaml")
    return str(raised.value).splitlines()


def load(text: str) -> Policy:
    return load_policy(encode_policy(compile_policy(text, "x.yaml")))


@pytest.mark.parametrize(
    ("text", "place", "parts"),
    [
        ("", "1:1: ", ["the file is empty", "version and rules"]),
        ("- a\n", "1:1: ", ["expected a mapping with version and rules, found a list"]),
        ("version: 1\nrules: [", "2:9: ", ["not YAML", "close each { and ["]),
        ("version: 1\nrules:\n\t- id: a\n", "3:1: ", ["not YAML", "indent with spaces"]),
        ("a: 1\n---\nb: 2\n", "2:1: ", ["not YAML", "remove the line ---"]),
        ("a: *b\n", "1:4: ", ["not YAML", "undefined alias 'b'", "in quotes"]),
        ("a: !(b)\n", "1:4: ", ["not YAML", "text that begins with ! stands in quotes"]),
        ("a: `b`\n", "1:4: ", ["not YAML", "text that begins with it stands in quotes"]),
        ("a: b: c\n", "1:5: ", ["not YAML", "text that contains a colon in quotes"]),
        ('a: "b" c\n', "1:8: ", ["not YAML", "quotes of the other kind"]),
        ('a: "b\n', "2:1: ", ["not YAML", "close the quotes"]),
        ("a: !!python/name:os.system ''\n", "1:4: ", ["not YAML", "constructor"]),
        ("a: !!int four\n", "1:1: ", ["not YAML", "'four'"]),
        ("a: !!bool four\n", "1:1: ", ["not YAML", "four"]),
        ('a: "\x01"\n', "1:1: ", ["not YAML", "special characters"]),
        ("[" * 5000, "1:1: ", ["not YAML"]),
    ],
)
def test_what_is_no_policy_at_all(text: str, place: str, parts: list[str]) -> None:
    [error] = errors_of(text)

    assert error.startswith(f"x.yaml:{place}")
    assert all(part in error for part in parts), error


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (
            "rules: []\nversion: 1\n",
            "1:8: rules",
            "expected at least one rule, found an empty list",
        ),
        (
            "version: 1\nrules: {}\n",
            "2:8: rules",
            "expected a list, found a mapping; begin each entry with a dash",
        ),
        ("version: 1\n", "1:1: rules", "missing (expected a list)"),
        (RULE.replace("1", "2"), "1:10: version", "expected 1, found 2"),
        (
            RULE.replace("1", "'1'"),
            "1:10: version",
            "expected 1, found '1'; write it without quotes",
        ),
        (RULE.replace("1", "yes"), "1:10: version", "expected 1, found yes"),
        (RULE.replace("version: 1\n", ""), "1:1: version", "missing (expected 1)"),
        (
            RULE + "rulez: 1\n",
            "6:1: rulez",
            "unknown key 'rulez'; did you mean 'rules'? (expected version, defaults or rules)",
        ),
        (
            RULE + "defaults: {mode: watch}\n",
            "6:18: defaults.mode",
            "expected observe, notify or enforce, found 'watch'",
        ),
        (
            RULE + "defaults:\n  colour: red\n",
            "7:3: defaults.colour",
            "unknown key 'colour' (expected mode or severity)",
        ),
        (RULE + "version: 1\n", "6:1: version", "the key is given twice, first on line 1"),
        (
            RULE + "defaults: {mode: enforce}\n",
            "3:5: rules[0].mode",
            "mode enforce needs at least one of the actions stop, tag or warn; "
            "use notify to only tell",
        ),
        (
            RULE + "  - id: a\n    kind: recording_failed\n",
            "6:9: rules[1].id",
            "the id 'a' is taken by rules[0]",
        ),
        (RULE + "  - a\n", "6:5: rules[1]", "expected a mapping, found 'a'"),
        (
            RULE + "  - {kind: recording_failed}\n",
            "6:5: rules[1].id",
            "missing (expected a name in kebab-case such as no-marathons)",
        ),
        (
            RULE.replace("id: a", "id: No_Marathons"),
            "3:9: rules[0].id",
            "expected a name in kebab-case such as no-marathons, found 'No_Marathons'",
        ),
        (
            RULE.replace("max_duration", "max_durations"),
            "4:11: rules[0].kind",
            "unknown kind 'max_durations'; did you mean 'max_duration'?",
        ),
        (
            RULE.replace("max_duration", "x"),
            "4:11: rules[0].kind",
            f"unknown kind 'x' (expected {format_list(RULE_KINDS)})",
        ),
        (
            RULE.replace("4h", "four hours"),
            "5:21: rules[0].params.limit",
            "expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H, "
            "found 'four hours'",
        ),
        (
            RULE.replace("4h", "0s"),
            "5:21: rules[0].params.limit",
            "expected a duration longer than zero, found '0s'",
        ),
        (
            RULE.replace("4h", "99999999999d"),
            "5:21: rules[0].params.limit",
            "expected a duration of at most 36500d, found '99999999999d'",
        ),
        (
            RULE.replace("{limit: 4h}", "{}"),
            "5:13: rules[0].params.limit",
            "missing (expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H)",
        ),
        (
            RULE.replace("    params: {limit: 4h}\n", ""),
            "3:5: rules[0].params.limit",
            "missing (expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H)",
        ),
        (
            RULE.replace("4h", "4h, limits: 5h"),
            "5:25: rules[0].params.limits",
            "unknown key 'limits'; did you mean 'limit'? (expected limit or warnings)",
        ),
        (
            RULE.replace("{limit: 4h}", ""),
            "5:12: rules[0].params",
            "expected a mapping, found nothing",
        ),
    ],
)
def test_each_error_says_where_and_what(text: str, place: str, message: str) -> None:
    assert errors_of(text) == [f"x.yaml:{place}: {message}"]


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        (
            "sevrity: high",
            "6:5: rules[0].sevrity",
            "unknown key 'sevrity'; did you mean 'severity'? (expected id, kind, actions, steps, "
            "mode, severity, for, keep, match, when, unless or params)",
        ),
        (
            "severity: severe",
            "6:15: rules[0].severity",
            "expected low, medium, high or critical, found 'severe'",
        ),
        (
            "match: {tag: {tier: free}}",
            "6:13: rules[0].match.tag",
            "unknown key 'tag'; did you mean 'tags'? "
            "(expected tags, name, type, arn, region or account)",
        ),
        (
            "match: {tags: {vip: yes}}",
            "6:25: rules[0].match.tags.vip",
            "expected text or a list of texts, found yes; put it in quotes",
        ),
        (
            "match: {tags: {vip: [a, 0x1]}}",
            "6:29: rules[0].match.tags.vip[1]",
            "expected text, found 0x1; put it in quotes",
        ),
        (
            "match: {name: []}",
            "6:19: rules[0].match.name",
            "expected text or a list of texts, found an empty list",
        ),
        ("when: true", "6:11: rules[0].when", "expected text, found true; put it in quotes"),
        (
            "when: channel.tags.a ==",
            "6:11: rules[0].when",
            "not a JMESPath expression: it ends too early",
        ),
        (
            'unless: "a b"',
            "6:13: rules[0].unless",
            "not a JMESPath expression: Unexpected token: b, at character 3 of the expression",
        ),
        (
            'when: "channel.name == \'a"',
            "6:11: rules[0].when",
            "not a JMESPath expression: Unclosed ' delimiter, at character 17 of the expression",
        ),
        (
            'when: ""',
            "6:11: rules[0].when",
            "not a JMESPath expression: it is empty; leave the key out",
        ),
        (
            "when: \"contains(chanel.tags.a, 'x')\"",
            "6:11: rules[0].when",
            "nothing is called 'chanel'; did you mean 'channel'? "
            "(expected channel, session, resource or account)",
        ),
        (
            "when: contains(channel.name)",
            "6:11: rules[0].when",
            "the function 'contains' takes 2 arguments, found 1",
        ),
        (
            "unless: session.takeover",
            "6:13: rules[0].unless",
            "session has no member 'takeover'; did you mean 'takeovers'? (expected stream_id, "
            "created_at, on_air, on_air_at, stalled, viewers, takeovers or limit_hits)",
        ),
        (
            "match: {type: STANDRAD}",
            "6:19: rules[0].match.type",
            "no channel has the type 'STANDRAD'; did you mean 'STANDARD'? "
            "(expected BASIC, STANDARD, ADVANCED_SD or ADVANCED_HD)",
        ),
        (
            "match: {region: [eu-west-1, EU-west-1]}",
            "6:33: rules[0].match.region[1]",
            "no region is like 'EU-west-1'; did you mean 'eu-west-1'? (expected such as eu-west-1)",
        ),
        (
            "mode: enforce",
            "6:11: rules[0].mode",
            "mode enforce needs at least one of the actions stop, tag or warn; "
            "use notify to only tell",
        ),
        (
            "actions: [rotate_key]",
            "6:15: rules[0].actions[0]",
            "max_duration cannot rotate_key: a new stream key would not end its breaches "
            "(expected stop, tag, warn or notify)",
        ),
        ("actions: stop", "6:14: rules[0].actions", "expected a list, found 'stop'; write [stop]"),
        (
            "actions: [stopp]",
            "6:15: rules[0].actions[0]",
            "unknown action 'stopp'; did you mean 'stop'? "
            "(expected inherit_tags, rotate_key, stop, warn, notify, "
            "{tag: {set: {key: value}}} or {warn: {text: …}})",
        ),
        (
            "actions: [tag]",
            "6:15: rules[0].actions[0]",
            "tag needs more than its word (expected {tag: {set: {key: value}}})",
        ),
        (
            "actions: [5]",
            "6:15: rules[0].actions[0]",
            "expected inherit_tags, rotate_key, stop, warn, notify, "
            "{tag: {set: {key: value}}} or {warn: {text: …}}",
        ),
        ("actions: [stop, stop]", "6:21: rules[0].actions[1]", "the action is given twice"),
        (
            "actions: [warn, warn: {text: a}]",
            "6:21: rules[0].actions[1]",
            "the action is given twice",
        ),
        (
            "actions: [warn: {}]",
            "6:21: rules[0].actions[0].warn.text",
            "missing (expected text)",
        ),
        (
            "actions: [warn: {txt: a, text: b}]",
            "6:22: rules[0].actions[0].warn.txt",
            "unknown key 'txt'; did you mean 'text'? (expected text)",
        ),
        (
            "actions: [warn: {text: ''}]",
            "6:28: rules[0].actions[0].warn.text",
            "expected 1 to 200 characters, found 0",
        ),
        (
            f"actions: [warn: {{text: {'b' * 201}}}]",
            "6:28: rules[0].actions[0].warn.text",
            "expected 1 to 200 characters, found 201",
        ),
        (
            "actions: [tag: {}]",
            "6:20: rules[0].actions[0].tag.set",
            "missing (expected a mapping)",
        ),
        (
            "actions: [tag: {set: {}}]",
            "6:26: rules[0].actions[0].tag.set",
            "expected at least 1 entry, found 0",
        ),
        (
            "actions: [tag: {set: {code: 0000}}]",
            "6:33: rules[0].actions[0].tag.set.code",
            "expected text, found 0000; put it in quotes",
        ),
        (
            'actions: [tag: {set: {"AWS:x": a}}]',
            "6:27: rules[0].actions[0].tag.set['AWS:x']",
            "the prefix 'aws:' is reserved for AWS, found 'AWS:x'",
        ),
        (
            'actions: [tag: {set: {"": a}}]',
            "6:27: rules[0].actions[0].tag.set['']",
            "expected a tag key of 1 to 128 characters, found 0",
        ),
        (
            "actions: [tag: {set: {a: b!}}]",
            "6:30: rules[0].actions[0].tag.set.a",
            "expected only letters, digits, spaces and _ . : / = + - @, found 'b!'",
        ),
        (
            f"actions: [tag: {{set: {{a: {'b' * 257}}}}}]",
            "6:30: rules[0].actions[0].tag.set.a",
            "expected a tag value of at most 256 characters, found 257",
        ),
        (
            f"actions: [tag: {{set: {{{', '.join(f'k{n}: v' for n in range(51))}}}}}]",
            "6:26: rules[0].actions[0].tag.set",
            "expected at most 50 entries, found 51",
        ),
    ],
)
def test_each_error_within_a_rule(line: str, place: str, message: str) -> None:
    assert errors_of(f"{RULE}    {line}\n") == [f"x.yaml:{place}: {message}"]


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("steps: []", "6:12: rules[0].steps", "expected at least one entry, found an empty list"),
        ("steps: stop", "6:12: rules[0].steps", "expected a list, found 'stop'; write [stop]"),
        ("steps: [stop]", "6:13: rules[0].steps[0]", "expected a mapping, found 'stop'"),
        (
            "steps: [{after: 0s}]",
            "6:13: rules[0].steps[0].do",
            "missing (expected a list)",
        ),
        (
            "steps: [{do: [stop]}]",
            "6:13: rules[0].steps[0].after",
            "missing (expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H)",
        ),
        (
            "steps: [{after: 0, do: [stop]}]",
            "6:21: rules[0].steps[0].after",
            "expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H, found 0",
        ),
        (
            "steps: [{after: soon, do: [stop]}]",
            "6:21: rules[0].steps[0].after",
            "expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H, found 'soon'",
        ),
        (
            "steps: [{afer: 0s, after: 0s, do: [stop]}]",
            "6:14: rules[0].steps[0].afer",
            "unknown key 'afer'; did you mean 'after'? (expected after or do)",
        ),
        (
            "steps: [{after: 0s, do: []}]",
            "6:29: rules[0].steps[0].do",
            "expected at least one entry, found an empty list",
        ),
        (
            "steps: [{after: 0s, do: stop}]",
            "6:29: rules[0].steps[0].do",
            "expected a list, found 'stop'; write [stop]",
        ),
        (
            "steps: [{after: 0s, do: [rotate_key]}]",
            "6:30: rules[0].steps[0].do[0]",
            "max_duration cannot rotate_key: a new stream key would not end its breaches "
            "(expected stop, tag, warn or notify)",
        ),
        (
            "steps: [{after: 0s, do: [tag: {sett: {a: b}}]}]",
            "6:35: rules[0].steps[0].do[0].tag.set",
            "missing (expected a mapping)\n"
            "x.yaml:6:36: rules[0].steps[0].do[0].tag.sett: "
            "unknown key 'sett'; did you mean 'set'? (expected set)",
        ),
        (
            "steps: [{after: 0s, do: [warn: {text: 1}]}]",
            "6:43: rules[0].steps[0].do[0].warn.text",
            "expected text, found 1; put it in quotes",
        ),
        (
            "steps: [{after: 10m, do: [warn]}, {after: 5m, do: [stop]}]",
            "6:47: rules[0].steps[1].after",
            "expected longer than 10m, which the step before it has; found 5m",
        ),
        (
            "steps: [{after: 5m, do: [warn]}, {after: PT5M, do: [stop]}]",
            "6:46: rules[0].steps[1].after",
            "expected longer than 5m, which the step before it has; found 5m",
        ),
        (
            "steps: [{after: 0s, do: [stop]}, {after: 5m, do: [notify, stop]}]",
            "6:63: rules[0].steps[1].do[1]",
            "the action is given twice",
        ),
        (
            "steps: [{after: 0s, do: [warn, warn]}]",
            "6:36: rules[0].steps[0].do[1]",
            "the action is given twice",
        ),
        (
            "actions: [tag: {set: {a: b}}]\n    steps: [{after: 0s, do: [warn]}]",
            "7:12: rules[0].steps",
            "give either `actions` or `steps`, not both",
        ),
        (
            "steps: [{after: 0s, do: [notify]}]\n    mode: enforce",
            "7:11: rules[0].mode",
            "mode enforce needs at least one of the actions stop, tag or warn; "
            "use notify to only tell",
        ),
    ],
)
def test_each_error_within_steps(line: str, place: str, message: str) -> None:
    assert "\n".join(errors_of(f"{RULE}    {line}\n")) == f"x.yaml:{place}: {message}"


@pytest.mark.parametrize(
    ("kind", "params", "action", "message"),
    [
        (
            "never_live",
            "{}",
            "stop",
            "never_live cannot stop: its stream is not on the air yet (expected tag or notify)",
        ),
        (
            "never_live",
            "{}",
            "warn",
            "never_live cannot warn: its stream is not on the air yet (expected tag or notify)",
        ),
        (
            "stream_failure",
            "{}",
            "stop",
            "stream_failure cannot stop: IVS has ended the stream already (expected tag or notify)",
        ),
        (
            "key_missing",
            "{}",
            "stop",
            "key_missing cannot stop: it is not about a stream that is on the air "
            "(expected tag or notify)",
        ),
        (
            "protected_tags",
            "{tags: a, by: b}",
            "warn",
            "protected_tags cannot warn: its reasons name who made a call, and every viewer's "
            "player would get them (expected {warn: {text: …}})",
        ),
    ],
)
def test_what_a_kind_cannot_do_is_refused_with_the_reason(
    kind: str, params: str, action: str, message: str
) -> None:
    text = RULE.replace("max_duration", kind).replace("{limit: 4h}", params)

    assert errors_of(f"{text}    actions: [{action}]\n") == [
        f"x.yaml:6:15: rules[0].actions[0]: {message}"
    ]


@pytest.mark.parametrize("kind", RULE_KINDS)
@pytest.mark.parametrize("action", ACTION_KINDS)
def test_every_refusal_has_a_reason(kind: str, action: str) -> None:
    check, allowed = RULE_KINDS[kind], set(allowed_actions(kind))

    assert bool(ACTION_KINDS[action].why_refused(check.traits, check.lacks)) == (
        action not in allowed
    )


@pytest.mark.parametrize(
    ("tags", "place", "message"),
    [
        ("{}", "5:13: rules[0].params", "name at least one tag"),
        ("{team: a}", "5:27: rules[0].params.tags.team", "expected a mapping, found 'a'"),
        (
            "{team: {patern: a}}",
            "5:28: rules[0].params.tags.team.patern",
            "unknown key 'patern'; did you mean 'pattern'? (expected pattern, values or case)",
        ),
        (
            '{team: {pattern: "["}}',
            "5:27: rules[0].params.tags.team",
            "`pattern` is not a regular expression: unterminated character set at position 0",
        ),
        (
            "{team: {pattern: a, values: b}}",
            "5:27: rules[0].params.tags.team",
            "give either `pattern` or `values`, not both",
        ),
    ],
)
def test_each_error_within_nested_parameters(tags: str, place: str, message: str) -> None:
    text = RULE.replace("max_duration", "required_tags").replace("limit: 4h", f"tags: {tags}")

    assert errors_of(text) == [f"x.yaml:{place}: {message}"]


@pytest.mark.parametrize(
    ("kind", "params", "place", "message"),
    [
        (
            "max_duration",
            "{limit: 1h, warnings: [30m, 60m]}",
            "5:35: rules[0].params.warnings",
            "expected durations shorter than the limit of 1h, found 1h",
        ),
        (
            "max_duration",
            "{limit: 1h, warnings: [0s]}",
            "5:36: rules[0].params.warnings[0]",
            "expected a duration longer than zero, found '0s'",
        ),
        (
            "channel_type",
            "{types: [HUGE]}",
            "5:21: rules[0].params.types",
            "expected BASIC or STANDARD or ADVANCED_SD or ADVANCED_HD, found 'HUGE'",
        ),
        (
            "channel_type",
            "{multitrack: maybe}",
            "5:26: rules[0].params.multitrack",
            "expected allowed, forbidden or required, found 'maybe'",
        ),
        (
            "allowed_hours",
            "{start: 17:30, end: 9am}",
            "5:21: rules[0].params.start",
            'expected a time of day in quotes such as "09:00", found 1050\n'
            'x.yaml:5:33: rules[0].params.end: expected a time of day in quotes such as "09:00", '
            "found '9am'",
        ),
        (
            "allowed_hours",
            "{zone: Berlin}",
            "5:20: rules[0].params.zone",
            "expected the IANA name of a time zone such as Europe/Berlin, found 'Berlin'; "
            "did you mean 'Europe/Berlin'?",
        ),
        (
            "allowed_hours",
            "{days: [mon, tues]}",
            "5:26: rules[0].params.days[1]",
            "expected mon, tue, wed, thu, fri, sat or sun, found 'tues'",
        ),
        (
            "allowed_hours",
            "{closed: [2026-02-30]}",
            "5:23: rules[0].params.closed[0]",
            "expected a date such as 2026-12-25, found '2026-02-30'",
        ),
        (
            "limit_breach",
            "{limits: [Bitrate]}",
            "5:23: rules[0].params.limits[0]",
            "expected Ingest Bitrate or Ingest Resolution, found 'Bitrate'",
        ),
        (
            "viewer_ceiling",
            "{viewers: many}",
            "5:23: rules[0].params.viewers",
            "expected a whole number, found 'many'",
        ),
        (
            "takeover",
            "{attempts: sometimes}",
            "5:24: rules[0].params.attempts",
            "expected true or false, found 'sometimes'",
        ),
        ("protected_tags", "{tags: a}", "5:13: rules[0].params.by", "missing (expected {texts})"),
        (
            "required_tags",
            "{tags: {a: {}}, on: [stage]}",
            "5:34: rules[0].params.on[0]",
            "expected channel, stream_key, playback_key_pair, recording_configuration or "
            "playback_restriction_policy, found 'stage'",
        ),
        (
            "required_tags",
            "{tags: {a: {case: Lower}}}",
            "5:31: rules[0].params.tags.a.case",
            "expected upper or lower, found 'Lower'",
        ),
        (
            "playback_restriction",
            "{countries: [NO]}",
            "5:26: rules[0].params.countries[0]",
            "expected text, found NO; put it in quotes",
        ),
        (
            "orphans",
            "{on: []}",
            "5:18: rules[0].params.on",
            "name at least one of channel, playback_key_pair, recording_configuration, "
            "playback_restriction_policy",
        ),
        (
            "key_drift",
            "{by: []}",
            "5:18: rules[0].params.by",
            "expected {texts}, found an empty list",
        ),
    ],
)
def test_errors_within_the_parameters_of_a_kind(
    kind: str, params: str, place: str, message: str
) -> None:
    text = RULE.replace("max_duration", kind).replace("{limit: 4h}", params)

    said = message.replace("{texts}", "text or a list of texts")
    assert errors_of(text) == f"x.yaml:{place}: {said}".splitlines()


def test_all_errors_come_at_once_in_the_order_of_the_file() -> None:
    text = """\
version: 3
defaults: {mode: enforce, severity: bad}
rules:
  - id: A
    kind: nonsense
    when: "foo("
  - id: b
    kind: starvation
    mode: enforce
    actions: [stop, rotate_key, stop]
    params: {limit: x}
    params: {limit: y, z: 1}
"""

    places = [error.split(": ")[0] + " " + error.split(": ")[1] for error in errors_of(text)]

    assert places == [
        "x.yaml:1:10 version",
        "x.yaml:2:37 defaults.severity",
        "x.yaml:4:9 rules[0].id",
        "x.yaml:5:11 rules[0].kind",
        "x.yaml:6:11 rules[0].when",
        "x.yaml:10:21 rules[1].actions[1]",
        "x.yaml:10:33 rules[1].actions[2]",
        "x.yaml:12:5 rules[1].params",
        "x.yaml:12:21 rules[1].params.limit",
        "x.yaml:12:24 rules[1].params.z",
    ]


@pytest.mark.parametrize(
    ("kind", "params", "check"),
    [
        ("max_duration", "{limit: 4h}", MaxDuration(timedelta(hours=4))),
        ("max_duration", "{limit: P1DT2H}", MaxDuration(timedelta(hours=26))),
        (
            "max_duration",
            "{limit: 4h, warnings: [5m, 30m]}",
            MaxDuration(timedelta(hours=4), (timedelta(minutes=5), timedelta(minutes=30))),
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
                {"team": TagRequirement(case=ValueCase.LOWER)},
                (Tagged.CHANNEL, Tagged.STREAM_KEY, Tagged.PLAYBACK_KEY_PAIR),
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
        accepts = requirement.prepare()
        assert accepts is None or accepts(rule.actions[0].tags[key])


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
        "sort_by(values(channel), &name)[0].name || channel.*.a || {a: account.id}",
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


def test_merged_keys_may_be_overridden() -> None:
    text = RULE.replace("{limit: 4h}", "&long {limit: 4h}") + (
        "  - {id: b, kind: max_duration, params: {<<: *long, limit: 1h}}\n"
    )

    checks = [rule.check for rule in load(text).rules]

    assert checks == [MaxDuration(timedelta(hours=4)), MaxDuration(timedelta(hours=1))]


def test_a_file_that_cannot_be_read_is_an_error_of_the_policy(tmp_path: Path) -> None:
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\xff")

    with pytest.raises(DocumentErrors, match=r"missing\.yaml:1:1: .*No such file"):
        load_policy_file(tmp_path / "missing.yaml")
    with pytest.raises(DocumentErrors, match=r"binary\.yaml:1:1: .*not UTF-8"):
        load_policy_file(binary)
