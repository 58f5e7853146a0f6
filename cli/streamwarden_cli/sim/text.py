"""The state of a simulator as people read it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from streamwarden.domain.duration import format_duration
from streamwarden_cli.console import aligned
from streamwarden_cli.scenario.performing import format_chaos

type State = Mapping[str, Any]

# The counts of an account region in their order, with the noun for one of each.
_COUNTED: Final = {
    "channels": "channel",
    "streamKeys": "stream key",
    "streams": "live stream",
    "recordings": "running recording",
    "recordingConfigurations": "recording configuration",
    "playbackKeyPairs": "playback key pair",
    "playbackRestrictionPolicies": "playback restriction policy",
    "adConfigurations": "ad configuration",
    "failoverSlateConfigurations": "failover slate configuration",
    "stages": "stage",
    "compositions": "composition",
    "encoderConfigurations": "encoder configuration",
    "ingestConfigurations": "ingest configuration",
    "publicKeys": "public key",
    "storageConfigurations": "storage configuration",
}


def format_state(state: State) -> Iterator[str]:
    """Line by line: time and conditions, what each account holds, every channel."""
    yield from aligned(
        [
            ("time", f"{_time(state['now'])}{_ahead(state['clockOffsetSeconds'])}"),
            ("latencies", state["latencies"]),
            ("limits", "on" if state["rateLimits"] else "off"),
            ("chaos", format_chaos(state["chaos"])),
        ]
    )
    for each in state["accountRegions"]:
        yield f"\naccount {each['account']} in {each['region']}: {_counts(each)}"
    channels = state["channels"]
    if channels:
        yield ""
    yield from aligned([(_name(each), _format_channel(each)) for each in channels])


def _format_channel(channel: State) -> str:
    return "; ".join(_parts(channel))


def _parts(channel: State) -> Iterator[str]:
    live, encoder, recording = channel["live"], channel["encoder"], channel["recording"]
    yield _format_live(live) if live else "off air"
    if live:
        yield _format_ingest(live["ingest"])
        yield f"watched by {live['viewerCount']}"
    if encoder and encoder["returnsAt"]:
        yield f"encoder returns at {_time(encoder['returnsAt'])}"
    if recording:
        doing = "recording interrupted" if recording["interruptedAt"] else "recorded"
        yield f"{doing}: s3://{recording['s3BucketName']}/{recording['s3KeyPrefix']}"
    if not channel["streamKeyArns"]:
        yield "no stream key"


def _format_live(live: State) -> str:
    phase = "live since" if live["isWatchable"] else "starting since"
    phase = "ending, began" if live["isEnding"] else phase
    return f"{phase} {_time(live['startTime'])} as {live['streamId']}, {live['health']}"


def _format_ingest(ingest: State) -> str:
    megabits = (ingest["videoBitrate"] + ingest["audioBitrate"]) / 1_000_000
    return f"{ingest['width']}x{ingest['height']} at {ingest['framerate']}/s, {megabits:.2f} Mbit/s"


def _counts(account_region: State) -> str:
    counted = [
        f"{account_region[name]} {one if account_region[name] == 1 else _several(one)}"
        for name, one in _COUNTED.items()
        if account_region[name]
    ]
    return ", ".join(counted) or "nothing"


def _several(one: str) -> str:
    return f"{one[:-1]}ies" if one.endswith("cy") else f"{one}s"


def _name(channel: State) -> str:
    return str(channel["name"] or channel["arn"])


def _time(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S} UTC"


def _ahead(seconds: float) -> str:
    return f", {format_duration(timedelta(seconds=seconds))} ahead" if seconds else ""
