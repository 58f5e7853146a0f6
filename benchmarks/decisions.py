"""Measure a decision over 50 rules on channels that are on the air, per rule and channel."""

import sys
import timeit
from datetime import UTC, datetime, timedelta
from typing import Final

from cli.policy.compilation import compile_policy
from streamwarden.domain.channel import Channel
from streamwarden.domain.decide import decide
from streamwarden.domain.inputs import ChannelListed, Health, StreamListed
from streamwarden.domain.learn import learn
from streamwarden.domain.policy import encode_policy, load_policy

CUSTODIAN_MICROSECONDS: Final = 7.7
CHANNELS: Final = 500
RULES: Final = 50
NOW: Final = datetime(2026, 9, 12, 12, tzinfo=UTC)

_KINDS: Final = (
    "kind: max_duration, params: {limit: 4h}",
    "kind: starvation, params: {limit: 2m}",
    "kind: insecure_ingest",
    'kind: required_tags, params: {tags: {team: {pattern: "[a-z]+"}}}',
    "kind: stream_key_age, params: {limit: 30d}",
)


def main() -> int:
    """Print microseconds per rule and channel; 1 if slower than Cloud Custodian's."""
    rules = "\n".join(
        f"  - {{id: rule-{at}, {_KINDS[at % len(_KINDS)]}, match: {{tags: {{tier: t{at % 3}}}}}}}"
        for at in range(RULES)
    )
    compiled = encode_policy(compile_policy(f"version: 1\nrules:\n{rules}\n", "benchmark"))
    loading = min(timeit.repeat(lambda: load_policy(compiled), number=20, repeat=5)) / 20
    policy = load_policy(compiled)
    channels = [_channel(at) for at in range(CHANNELS)]

    def run() -> None:
        for channel in channels:
            decide(channel, {}, policy, NOW)

    seconds = min(timeit.repeat(run, number=1, repeat=7))
    each = seconds / (CHANNELS * RULES) * 1e6
    print(f"loading a compiled policy of {RULES} rules: {loading * 1000:.2f} ms")
    print(f"decision: {each:.2f} µs per rule and channel, {each * RULES:.0f} µs over {RULES} rules")
    return 1 if each > CUSTODIAN_MICROSECONDS else 0


def _channel(number: int) -> Channel:
    arn = f"arn:aws:ivs:eu-west-1:210987654321:channel/{number:012d}"
    listed = ChannelListed(
        channel_arn=arn,
        time=NOW - timedelta(hours=3),
        settings={"name": f"channel-{number}", "type": "STANDARD", "insecureIngest": False},
        tags={"tier": f"t{number % 3}", "team": "sports", "cost-center": "cc-0001"},
    )
    live = StreamListed(
        channel_arn=arn,
        time=NOW,
        stream_id=f"st-{number:023d}",
        health=Health.HEALTHY,
        start_time=NOW - timedelta(hours=2),
    )
    return learn(Channel(arn=arn), [listed, live])


if __name__ == "__main__":
    sys.exit(main())
