"""What is wrong with the parameters of a kind is said, and where."""

import pytest

from tests.unit.cli.policy.documents import RULE, errors_of


@pytest.mark.parametrize(
    ("tags", "place", "message"),
    [
        ("{}", "5:13: rules[0].params", "name at least one tag"),
        (
            "{team: a}",
            "5:27: rules[0].params.tags.team",
            "expected a mapping, found 'a'; write {values: [a]}",
        ),
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
            '{team: {values: [a, " "]}}',
            "5:36: rules[0].params.tags.team.values",
            "a blank value counts as none; name only others",
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
            "{limit: 1h, warnings: [80%]}",
            "5:36: rules[0].params.warnings[0]",
            "expected a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H, found '80%'",
        ),
        (
            "viewer_ceiling",
            "{viewers: 100, warnings: [10m]}",
            "5:39: rules[0].params.warnings[0]",
            "expected a share of the limit such as 80%, from 1% to 99%, found '10m'",
        ),
        (
            "viewer_ceiling",
            "{viewers: 100, warnings: [0.8]}",
            "5:39: rules[0].params.warnings[0]",
            "expected a share of the limit such as 80%, from 1% to 99%, found 0.8; write 80%",
        ),
        (
            "viewer_ceiling",
            "{viewers: 100, warnings: [80]}",
            "5:39: rules[0].params.warnings[0]",
            "expected a share of the limit such as 80%, from 1% to 99%, found 80; write 80%",
        ),
        (
            "viewer_ceiling",
            "{viewers: 100, warnings: 80%}",
            "5:38: rules[0].params.warnings",
            "expected a list, found '80%'; write [80%]",
        ),
        (
            "viewer_ceiling",
            "{viewers: 1, warnings: [80%]}",
            "5:36: rules[0].params.warnings",
            "`viewers` of 1 has no room for a warning before it",
        ),
        (
            "ingest_ceiling",
            "{short_edge: 720, warnings: [80%]}",
            "5:41: rules[0].params.warnings",
            "give `bitrate`, too; they are shares of it",
        ),
        (
            "never_live",
            "{warnings: [30s]}",
            "5:24: rules[0].params.warnings",
            "never_live cannot warn before: its limit is about a minute, in which nobody could "
            "react, and every encoder that connects would be warned of",
        ),
        (
            "takeover",
            "{warnings: [80%]}",
            "5:24: rules[0].params.warnings",
            "takeover cannot warn before: it has no limit that something comes near",
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
            'expected a time of day in quotes such as "09:00", found 17:30; put it in quotes\n'
            'x.yaml:5:33: rules[0].params.end: expected a time of day in quotes such as "09:00", '
            "found '9am'; write \"09:00\"",
        ),
        (
            "allowed_hours",
            "{start: 9:00, end: 24:00}",
            "5:21: rules[0].params.start",
            'expected a time of day in quotes such as "09:00", found 9:00; write "09:00"\n'
            'x.yaml:5:32: rules[0].params.end: expected a time of day in quotes such as "09:00", '
            'found 24:00; write "00:00"',
        ),
        (
            "viewer_ceiling",
            "{viewers: 018}",
            "5:23: rules[0].params.viewers",
            "expected a whole number, found '018'; write 18",
        ),
        (
            "recording_integrity",
            "{at_least: 95%}",
            "5:24: rules[0].params.at_least",
            "expected a number, found '95%'; write 0.95",
        ),
        (
            "viewer_ceiling",
            "{viewers: 95%}",
            "5:23: rules[0].params.viewers",
            "expected a whole number, found '95%'",
        ),
        (
            "required_tags",
            "{tags: [{team: {}}]}",
            "5:20: rules[0].params.tags",
            "expected a mapping, found a list; write one mapping, without dashes or brackets "
            "around its entries",
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
            "expected mon, tue, wed, thu, fri, sat or sun, found 'tues'; write tue",
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
            "{tags: {a: {}}, on: [participant]}",
            "5:34: rules[0].params.on[0]",
            "expected channel, stream_key, playback_key_pair, recording_configuration, "
            "playback_restriction_policy, ad_configuration, failover_slate_configuration, stage, "
            "composition, encoder_configuration, ingest_configuration, public_key or "
            "storage_configuration, found 'participant'",
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
            "playback_restriction",
            "{countries: [DE, UK]}",
            "5:30: rules[0].params.countries[1]",
            "no country has the code 'UK'; did you mean 'GB'? (expected one of ISO 3166-1 alpha-2)",
        ),
        (
            "playback_restriction",
            "{countries: EU}",
            "5:25: rules[0].params.countries",
            "no country has the code 'EU' (expected one of ISO 3166-1 alpha-2)",
        ),
        (
            "required_tags",
            "{tags: {a: {case: upper, pattern: '[a-z]+-[0-9]+'}}}",
            "5:47: rules[0].params.tags.a.pattern",
            "no value that `case` allows matches '[a-z]+-[0-9]+'; change one of them",
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

    output = message.replace("{texts}", "text or a list of texts")
    assert errors_of(text) == f"x.yaml:{place}: {output}".splitlines()


@pytest.mark.parametrize(
    ("kind", "params", "place"),
    [
        ("required_tags", "{tags: {'a|b': {}}}", "tags"),
        ("required_tags", "{tags: {a: {values: ['!paid']}}}", "tags.a.values"),
        ("inherited_tags", "{tags: ['a,b', team]}", "tags"),
        ("protected_tags", "{tags: '^a', by: 'arn:aws:iam::*'}", "tags"),
        ("owner_from_creator", "{tag: 'owner!'}", "tag"),
        ("unmanaged_channel", "{tag: a, values: ['x|y']}", "values"),
        ("unmanaged_channel", "{tag: 'a*b'}", "tag"),
        ("concurrent_streams", "{tag: 'a;b', limit: 1}", "tag"),
        ("broadcast_budget", "{tag: 'a;b', limit: 1h, period: day}", "tag"),
    ],
)
def test_what_no_tag_can_be_is_refused_in_every_kind(kind: str, params: str, place: str) -> None:
    text = f"version: 1\nrules:\n  - {{id: a, kind: {kind}, params: {params}}}\n"

    (error,) = errors_of(text)

    assert f"rules[0].params.{place}: no tag has a " in error
