"""The channels that both sides judge: 500 that an account might hold, the same in every run.

Each is what IVS lists of a channel (`ListChannels`), its stream key (`ListStreamKeys`) and, if it
is on the air, its stream (`ListStreams`), as JSON. `mintedAt` is no member of the API: Streamwarden
learns it from CloudTrail, and Custodian is given the result.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from streamwarden.domain.inputs import Health, KeyObserved, ResourceListed, StreamListed
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.state.resource import Resource

CHANNELS: Final = 500

_ARN: Final = "arn:aws:ivs:eu-west-1:210987654321"
_SEED: Final = 20260912
_APART: Final = frozenset({"arn", "tags", "stream", "streamKey"})


def channels(now: datetime) -> list[dict[str, Any]]:
    """All channels; ages are counted from `now` (aware UTC) and never near a rule's limit."""
    random = Random(_SEED)  # noqa: S311  # repeatable on purpose
    return [_channel(random, number, now) for number in range(CHANNELS)]


def state(channel: Mapping[str, Any], now: datetime) -> Resource:
    """What Streamwarden knows of the channel after a sweep at `now`."""
    arn, key, stream = channel["arn"], channel["streamKey"], channel["stream"]
    settings = {name: value for name, value in channel.items() if name not in _APART}
    minted_at = datetime.fromisoformat(key["mintedAt"])
    inputs: list[ResourceListed | KeyObserved | StreamListed] = [
        ResourceListed(resource_arn=arn, time=now, settings=settings, tags=channel["tags"]),
        KeyObserved(resource_arn=arn, time=now, key_arn=key["arn"], minted_at=minted_at),
    ]
    if stream is not None:
        inputs.append(
            StreamListed(
                resource_arn=arn,
                time=now,
                stream_id=stream["streamId"],
                health=Health(stream["health"]),
                start_time=datetime.fromisoformat(stream["startTime"]),
            )
        )
    return apply_inputs(Resource(arn=arn), inputs)


def _channel(random: Random, number: int, now: datetime) -> dict[str, Any]:
    arn = f"{_ARN}:channel/{number:012d}"
    recorded = f"{_ARN}:recording-configuration/{number % 4:012d}"
    return {
        "arn": arn,
        "name": f"{random.choice(('live', 'studio', 'backup'))}-{number}",
        "type": random.choice(("STANDARD", "STANDARD", "BASIC", "ADVANCED_HD", "ADVANCED_SD")),
        "latencyMode": random.choice(("LOW", "NORMAL")),
        "authorized": random.random() < 0.4,
        "insecureIngest": random.random() < 0.2,
        "preset": "",
        "playbackRestrictionPolicyArn": "",
        "recordingConfigurationArn": random.choice((recorded, "")),
        "tags": _tags(random, number),
        "stream": _stream(random, arn, now) if random.random() < 0.3 else None,
        "streamKey": {
            "arn": f"{_ARN}:stream-key/{number:012d}",
            "channelArn": arn,
            "mintedAt": (now - timedelta(days=random.randrange(60), hours=12)).isoformat(),
            "tags": {},
        },
    }


def _tags(random: Random, number: int) -> dict[str, str]:
    often = {
        "environment": random.choice(("production", "production", "staging", "development")),
        "team": random.choice(("sports", "news", "music")),
        "owner": f"owner-{number % 20}",
        "cost-center": random.choice(("cc-1001", "cc-2002", "cc-3003", "unknown")),
        "tier": random.choice(("gold", "silver", "bronze", "trial")),
    }
    tags = {key: value for key, value in often.items() if random.random() < 0.9}
    return {**tags, "exempt": "true"} if random.random() < 0.1 else tags


def _stream(random: Random, arn: str, now: datetime) -> dict[str, Any]:
    return {
        "channelArn": arn,
        "streamId": f"st-{random.randrange(10**12):023d}",
        "state": "LIVE",
        "health": "HEALTHY",
        "viewerCount": random.randrange(1000),
        "startTime": (now - timedelta(hours=random.randrange(8), minutes=30)).isoformat(),
    }
