"""EventBridge events as text would hold them, short enough to tell a story in a test."""

from typing import Any, Final

ACCOUNT: Final = "210987654321"
REGION: Final = "eu-west-1"


def arn_of(channel: str) -> str:
    return f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/{channel}"


LOBBY: Final = arn_of("lobbyLobby12")


def at(clock: str, day: int = 1) -> str:
    return f"2026-03-{day:02d}T{clock}Z"


def event(
    time: str, detail_type: str, detail: dict[str, Any], resources: tuple[str, ...]
) -> dict[str, Any]:
    name = next(iter(detail.values()))
    return {
        "version": "0",
        "id": f"{time} {name}",
        "detail-type": detail_type,
        "source": "aws.ivs",
        "account": ACCOUNT,
        "time": time,
        "region": REGION,
        "resources": list(resources),
        "detail": detail,
    }


def stream(
    time: str, name: str, stream_id: str = "st-1", *, arn: str = LOBBY, channel_name: str = "lobby"
) -> dict[str, Any]:
    is_health = name.startswith("Starvation")
    detail_type = f"IVS Stream {'Health' if is_health else 'State'} Change"
    detail = {"event_name": name, "channel_name": channel_name, "stream_id": stream_id}
    return event(time, detail_type, detail, (arn,))


def api_call(
    time: str,
    name: str,
    request: dict[str, Any],
    response: dict[str, Any] | None = None,
    made_at: str | None = None,
) -> dict[str, Any]:
    detail = {
        "eventName": name,
        "eventTime": made_at or time,
        "eventSource": "ivs.amazonaws.com",
        "requestParameters": request,
        "responseElements": response,
    }
    return event(time, "AWS API Call via CloudTrail", detail, ())


def created(time: str, tags: dict[str, str], arn: str = LOBBY) -> dict[str, Any]:
    channel = {"arn": arn, "name": "lobby", "type": "STANDARD", "tags": tags}
    key = {"arn": arn.replace("channel/", "stream-key/"), "channelArn": arn}
    return api_call(
        time, "CreateChannel", {"name": "lobby"}, {"channel": channel, "streamKey": key}
    )
