"""Rules and routes as operators have them, any of which may stand in one policy together.

Each line of `RULES` is a rule, or rules that belong together, such as a limit and the budget that a
reconnecting encoder meets. They agree about tags: what one sets, no other refuses.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

EVENT: Final = "unless: \"channel.tags.event && channel.tags.event != 'false'\""
FREE: Final = "match: {tags: {tier: free}}"

RULES: Final[Sequence[Sequence[str]]] = [
    [
        f"{{id: no-marathons, kind: max_duration, mode: enforce, {FREE}, {EVENT}, "
        "params: {limit: 4h, warnings: [10m]}, "
        "steps: [{after: 0s, do: [warn]}, {after: 10m, do: [stop]}]}",
        f"{{id: no-endless-days, kind: broadcast_budget, mode: enforce, {FREE}, {EVENT}, "
        "params: {limit: 8h, period: day}, actions: [stop], "
        "on_repeat: {times: 3, within: 10m, do: [quarantine: {for: [1h, 1d]}]}}",
    ],
    [
        "{id: rehearsals-end, kind: max_duration, mode: enforce, match: {name: 'rehearsal-*'}, "
        "params: {limit: 6h}, actions: [stop]}",
        "{id: rehearsals-of-a-day, kind: broadcast_budget, mode: enforce, "
        "match: {name: ['rehearsal-*', 'test-*']}, params: {limit: 12h, period: day}, "
        "actions: [stop]}",
    ],
    [
        "{id: eu-halls-end, kind: max_duration, mode: enforce, severity: high, "
        "match: {name: 'hall-eu-*', region: eu-west-1}, params: {limit: 3h}, "
        "steps: [{after: 0s, do: [warn]}, {after: 5m, do: [warn, stop]}]}",
        "{id: halls-of-a-week, kind: broadcast_budget, mode: enforce, match: {name: 'hall-*'}, "
        "params: {limit: 30h, period: week, zone: Europe/Berlin}, actions: [quarantine]}",
    ],
    [
        "{id: studio-ends, kind: max_duration, mode: enforce, match: {tags: {team: 'studio-a*'}}, "
        "params: {limit: 5h}, actions: [stop]}",
        "{id: studio-early, kind: broadcast_budget, mode: notify, "
        "match: {tags: {team: 'studio-*'}}, params: {limit: 4h, period: day, warnings: [1h]}}",
        "{id: studio-budget, kind: broadcast_budget, mode: enforce, severity: high, "
        "match: {tags: {team: 'studio-*'}}, params: {limit: 10h, period: day}, actions: [stop]}",
    ],
    [
        "{id: long-stream, kind: max_duration, mode: notify, params: {limit: 12h}}",
        "{id: very-long-stream, kind: max_duration, mode: notify, severity: high, "
        "params: {limit: 20h}}",
    ],
    [
        "{id: stalled, kind: starvation, mode: notify, severity: low, params: {limit: 1m}}",
        "{id: stalled-for-long, kind: starvation, mode: enforce, severity: high, for: 5m, "
        "params: {limit: 1m}, actions: [stop]}",
    ],
    [
        "{id: many-viewers, kind: viewer_ceiling, mode: notify, params: {viewers: 5000}}",
        "{id: too-many-viewers, kind: viewer_ceiling, mode: enforce, severity: critical, "
        f"{FREE}, params: {{viewers: 20000}}, actions: [stop]}}",
    ],
    [
        "{id: client-hours, kind: broadcast_budget, mode: notify, "
        "params: {limit: 100h, period: month, tag: client, zone: Europe/Berlin, warnings: [5h]}}"
    ],
    [
        "{id: account-hours, kind: broadcast_budget, mode: notify, "
        "params: {limit: 5000h, period: month, account: true}}"
    ],
    [f"{{id: empty-rooms, kind: no_viewers, mode: enforce, {FREE}, {EVENT}, "
     "params: {limit: 1h}, actions: [stop], keep: 30m}"],
    [f"{{id: two-at-a-time, kind: concurrent_streams, mode: notify, {FREE}, "
     "params: {limit: 2, tag: streamer}, actions: [stop]}"],
    ["{id: eight-at-a-time, kind: concurrent_streams, mode: notify, severity: high, "
     "params: {limit: 8}}"],
    ["{id: staff-hours, kind: allowed_hours, mode: enforce, match: {tags: {tier: staff}}, "
     "params: {zone: Europe/Berlin, days: [mon, tue, wed, thu, fri], start: '07:00', "
     "end: '22:00', closed: [2026-12-25]}, actions: [stop]}"],
    ["{id: night-work, kind: allowed_hours, mode: notify, match: {tags: {tier: night}}, "
     "params: {zone: Europe/London, start: '22:00', end: '06:00'}}"],
    ["{id: never-live, kind: never_live, mode: enforce, params: {limit: 2m}, "
     "actions: [{tag: {set: {support: never-live}}}]}"],
    ["{id: over-the-limit, kind: limit_breach, mode: notify}"],
    ["{id: takeovers, kind: takeover, mode: enforce, severity: high, params: {attempts: false}, "
     "actions: [stop]}",
     "{id: takeover-attempts, kind: takeover, mode: observe}"],
    ["{id: flapping, kind: flapping, mode: enforce, params: {sessions: 20, window: 10m}, "
     "steps: [{after: 0s, do: [{tag: {set: {health: flapping}}}]}, {after: 1h, do: [stop]}]}"],
    ["{id: failed, kind: stream_failure, mode: notify, severity: critical}"],
    [f"{{id: small-pictures, kind: ingest_ceiling, mode: notify, {FREE}, "
     "params: {short_edge: 720, framerate: 60, bitrate: 5_000_000, video_codecs: 'avc1.*'}}"],
    ["{id: zombies, kind: zombie_session, mode: enforce, params: {limit: 15m}, actions: [stop]}"],
    ["{id: violence, kind: external_verdict, mode: enforce, severity: critical, "
     "params: {labels: ['*Violence*'], min_confidence: 0.9, count: 2, within: 1m}, "
     "actions: [stop], on_repeat: {times: 2, within: 1d, do: [quarantine]}}",
     "{id: doubtful, kind: external_verdict, mode: notify, "
     "params: {labels: ['*Violence*'], min_confidence: 0.6}}"],
    ["{id: tls-only, kind: insecure_ingest, mode: enforce, severity: high, "
     "actions: [{repair: {set: {insecureIngest: false}}}]}"],
    ["{id: paid-is-private, kind: private_required, mode: notify, severity: critical, "
     "match: {tags: {tier: [pro, premium]}}}"],
    ["{id: by-country, kind: playback_restriction, mode: notify, severity: critical, "
     f"{FREE}, params: {{countries: [DE, AT, CH], origins: 'https://*.example.com', "
     "strict_origin: true}}"],
    ["{id: quality, kind: channel_type, mode: notify, match: {tags: {tier: [pro, premium]}}, "
     "params: {types: [STANDARD, ADVANCED_HD], latency_modes: LOW}}"],
    ["{id: tests-are-cheap, kind: channel_type, mode: enforce, match: {name: 'test-*'}, "
     "params: {types: BASIC}, actions: [{repair: {set: {type: BASIC}}}]}"],
    ["{id: recorded, kind: recording_required, mode: notify, severity: high, "
     "match: {tags: {vod: 'yes'}}, "
     "unless: {condition: \"channel.tags.rehearsal == 'yes'\", until: 2027-12-31}}"],
    ["{id: not-recorded, kind: recording_forbidden, mode: enforce, severity: critical, "
     "match: {tags: {confidential: '*'}}, actions: [{tag: {set: {review: due}}}, "
     "{repair: {set: {recordingConfigurationArn: ''}, live: stop}}]}"],
    ["{id: of-a-project, kind: unmanaged_channel, mode: observe, severity: low, "
     "params: {tag: aws:cloudformation:stack-name, names: ['event-*']}}"],
    ["{id: out-of-use, kind: orphans, mode: enforce, severity: low, "
     "unless: \"resource.tags.keep && resource.tags.keep != 'false'\", params: {unused: 90d}, "
     "actions: [{tag: {set: {cleanup: due}}}]}"],
    ["{id: fresh-keys, kind: stream_key_age, mode: enforce, params: {limit: 90d, spread: 14d}, "
     "actions: [rotate_key]}",
     "{id: fresh-keys-for-tests, kind: stream_key_age, mode: enforce, match: {name: 'test-*'}, "
     "params: {limit: 7d}, actions: [rotate_key]}"],
    ["{id: has-a-key, kind: key_missing, mode: notify, severity: high, "
     "match: {tags: {booked: '*'}}, params: {limit: 10m}}"],
    ["{id: keys-by-pipeline, kind: key_drift, mode: notify, severity: high, "
     "params: {by: ['arn:aws:iam::*:role/deployer', 'arn:aws:sts::*:assumed-role/ops/*']}}"],
    ["{id: old-playback-keys, kind: playback_key_age, mode: notify, "
     "params: {limit: 300d, warnings: [30d]}}"],
    ["{id: known-playback-keys, kind: playback_key_allowlist, mode: notify, severity: critical, "
     "params: {fingerprints: ['98:0d:1a:a0:19:96:1e:ea:0a:0a:2c:9a:42:19:2b:e7'], "
     "names: 'tokens-*'}}"],
    ["{id: recordings-arrive, kind: recording_failed, mode: notify, severity: critical}"],
    ["{id: recording-runs, kind: not_recording, mode: notify, severity: critical, "
     "params: {limit: 60s}}"],
    ["{id: recording-whole, kind: recording_integrity, mode: notify, params: {at_least: 0.95}}"],
    ["{id: broadcasts, kind: account_limit, mode: notify, severity: critical, "
     "params: {limits: [Concurrent Broadcasts]}}",
     "{id: views, kind: account_limit, mode: notify, severity: critical, "
     "params: {limits: [Concurrent Viewers]}}"],
    ["{id: headroom, kind: quota_headroom, mode: notify, "
     "params: {at: 0.9, only: [channels], quotas: {channels: 20000}}}",
     "{id: headroom-at-night, kind: quota_headroom, mode: notify, severity: critical, "
     "params: {at: 0.98, only: [channels], quotas: {channels: 20000}}}"],
    ["{id: speakers, kind: event_alert, mode: notify, severity: high, "
     "params: {detail_type: IVS Stage Update, name: Participant Publish Error, "
     "where: detail.replica != `true`, within: 10m}}"],
    ["{id: deletions, kind: event_alert, mode: notify, severity: high, "
     "params: {detail_type: AWS API Call via CloudTrail, name: [DeleteChannel, DeleteStreamKey]}}"],
    ["{id: owned, kind: required_tags, mode: enforce, severity: low, "
     "params: {tags: {team: {}, cost-center: {pattern: 'CC-[0-9]{4}|none'}}}, "
     "actions: [{tag: {set: {team: unassigned, cost-center: none}}}]}"],
    ["{id: made-by, kind: owner_from_creator, mode: enforce, severity: low, "
     "params: {tag: made-by}, actions: [set_owner]}"],
    ["{id: keys-say-whose, kind: inherited_tags, mode: enforce, severity: low, "
     "params: {tags: [team, cost-center]}, actions: [inherit_tags]}"],
    ["{id: personal, kind: forbidden_tags, mode: enforce, severity: high, "
     "params: {tags: ['*email*', '*phone*'], on: [channel, recording_configuration]}, "
     "actions: [remove_tags]}"],
    ["{id: room-for-tags, kind: tag_limit, mode: notify, severity: low, params: {tags: 40}}"],
    ["{id: billing, kind: protected_tags, mode: enforce, severity: high, "
     "params: {tags: [league, invoice], by: ['arn:aws:iam::*:role/deployer']}, "
     "actions: [restore_tags]}"],
    ["{id: frozen, kind: starvation, mode: enforce, severity: low, match: {name: 'cam-*'}, "
     "params: {limit: 30s}, actions: [{tag: {set: {health: frozen}}}]}"],
    ["{id: late-gold, kind: max_duration, mode: enforce, match: {tags: {plan: gold}}, "
     "params: {limit: 9h}, actions: [{tag: {set: {late: gold}}}]}",
     "{id: late-silver, kind: max_duration, mode: enforce, "
     "when: \"channel.tags.plan == 'silver' && session.viewers\", "
     "params: {limit: 9h}, actions: [{tag: {set: {late: silver}}}]}"],
    ["{id: stages, kind: required_tags, mode: enforce, severity: low, "
     "when: \"contains(['eu', 'us'], channel.tags.area) || !(channel.tags.area)\", "
     "params: {tags: {stage: {values: [prod, test], case: lower}}}, "
     "actions: [{tag: {set: {stage: test}}}]}",
     "{id: archives, kind: required_tags, mode: enforce, severity: low, "
     "params: {tags: {stage: {values: [archive]}}, on: [recording_configuration]}, "
     "actions: [{tag: {set: {stage: archive}}}]}",
     "{id: no-drafts, kind: forbidden_tags, mode: notify, "
     "params: {tags: [stage], values: [draft, 'tmp-*']}}"],
    ["{id: nights, kind: max_duration, mode: notify, "
     "when: \"hour('Europe/Berlin') >= `22` || hour('Europe/Berlin') < `6`\", "
     "params: {limit: 1h}}",
     "{id: weekends, kind: max_duration, mode: notify, "
     "when: \"weekday('Europe/Berlin') == 'sat' || weekday('Europe/Berlin') == 'sun'\", "
     "unless: {condition: \"channel.tags.show == 'gala'\", until: 2027-06-30}, "
     "params: {limit: 1h}}"],
    ["{id: booked, kind: broadcast_budget, mode: enforce, match: {tags: {client: 'acme*'}}, "
     "params: {limit: 40h, period: month, tag: client}, actions: [{tag: {set: {used: up}}}], "
     "for: 10m, keep: 1d}"],
]  # fmt: skip

# `{rule}` is the id of the first rule of the policy.
ROUTINGS: Final = [
    "",
    """
destinations:
  chat: {kind: slack, secret: chat}
  pager: {kind: pagerduty, secret: pager, options: {region: eu}}
routes:
  - {to: pager, severity: critical, continue: true}
  - {to: chat, group: {by: [owner, rule], wait: 30s, interval: 5m}, repeat: 4h,
     quiet: {hours: "22:00-07:00", days: [mon, tue, wed, thu, fri], zone: Europe/Berlin}}
""",
    """
destinations:
  mail: {kind: sns}
  ads: {kind: teams, secret: ads}
  findings: {kind: security_hub}
routes:
  - {name: ads, owner: ads@example.com, to: [ads], continue: true}
  - {name: security, rule: ['{rule}', quarantine], to: findings, continue: true}
  - {name: small, at_most: low, to: []}
  - {to: mail}
inhibit:
  - {by: {rule: quarantine}, of: {at_most: medium}}
  - {by: {rule: pause}, of: {at_most: high}}
owner_tag: team
""",
    """
destinations:
  bus: {kind: eventbridge, target: 'arn:aws:events:eu-west-1:111122223333:event-bus/ops'}
  hook: {kind: webhook, secret: hook, digest: false}
  chat: {kind: slack, secret: chat, digest: false}
routes:
  - {to: bus, continue: true}
  - {to: hook, status: [opened, resolved], severity: high}
  - {to: chat, tags: {team: 'studio-*'}, region: eu-*,
     quiet: {hours: "20:00-08:00", zone: America/New_York}}
  - {to: [chat, hook], channel: ['hall-*', 'test-*'], continue: true}
  - {to: [chat]}
tell_recordings: true
""",
    """
destinations:
  one: {kind: sns, target: 'arn:aws:sns:eu-west-1:111122223333:streams'}
  two: {kind: sns, options: {format: chatbot}}
routes:
  - {to: one, rule: '{rule}', continue: true}
  - {to: two, group: {by: [rule, channel], interval: 15m}, repeat: 1d}
inhibit:
  - {by: {rule: '{rule}'}, of: {rule: [quarantine, stop], at_most: high}}
""",
]  # fmt: skip


def right_policies(count: int, seed: int = 1) -> list[str]:
    """Pairs and triples, and whom they tell."""
    draw = Random(seed)  # noqa: S311  # no secret
    return [
        policy_of(draw.sample(RULES, draw.choice((2, 3))), draw.choice(ROUTINGS))
        for _ in range(count)
    ]


def policy_of(chosen: Sequence[Sequence[str]], routing: str) -> str:
    rules = [rule for each in chosen for rule in each]
    first = rules[0].removeprefix("{id: ").partition(",")[0]
    lines = "".join(f"  - {rule}\n" for rule in rules)
    return f"version: 1\nrules:\n{lines}{routing.replace('{rule}', first)}"
