"""Plays the broadcasters of a running local AWS, through its control interface."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from ivs_simulator.control.settings import camel


class ControlRefused(Exception):
    """What was asked cannot be done; `code` is the API's error or StreamKeyRefused."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class OnAir:
    """A channel's live stream as the simulator has it."""

    channel_arn: str
    stream_id: str
    started_at: datetime
    health: str
    viewers: int

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Self:
        return cls(
            answer["channelArn"],
            answer["streamId"],
            datetime.fromisoformat(answer["startTime"]),
            answer["health"],
            answer["viewerCount"],
        )


class Control:
    """One simulator's control interface, e.g. `Control("http://127.0.0.1:4567")`."""

    def __init__(self, url: str, *, timeout: float = 10) -> None:
        if urlsplit(url).scheme != "http":
            raise ValueError(f"the control interface speaks http: {url!r}")
        self._url = url.rstrip("/")
        self._timeout = timeout

    def go_live(
        self,
        channel_arn: str | None = None,
        *,
        key_value: str | None = None,
        started_at: datetime | None = None,
        reconnects: bool = False,
        priority: int | None = None,
        stream_id: str | None = None,
        ingest: Mapping[str, int | str] | None = None,
    ) -> OnAir:
        """An encoder connects, with the channel's present key or with a given one.

        `ingest` are fields of Ingest, e.g. {"video_bitrate": 6_000_000}. With a priority it takes
        over from an encoder of a lower one. Raises ControlRefused, also with the code StreamEnded
        when what it sends ends the stream at once.
        """
        asked: dict[str, Any] = {
            **_camel(ingest or {}),
            "channelArn": channel_arn,
            "keyValue": key_value,
            "startedAt": started_at and started_at.isoformat(),
            "reconnects": reconnects,
            "priority": priority,
            "streamId": stream_id,
        }
        return OnAir.of(self._post("/go-live", asked))

    def leave(self, channel_arn: str) -> None:
        self._post("/leave", {"channelArn": channel_arn})

    def stall(self, channel_arn: str) -> OnAir:
        return OnAir.of(self._post("/stall", {"channelArn": channel_arn}))

    def resume(self, channel_arn: str) -> OnAir:
        return OnAir.of(self._post("/resume", {"channelArn": channel_arn}))

    def crash(self, channel_arn: str) -> bool:
        """The connection is lost; answers whether the stream is still live."""
        return bool(self._post("/crash", {"channelArn": channel_arn})["isLive"])

    def change_ingest(self, channel_arn: str, **ingest: int | str) -> bool:
        """The encoder sends something else; answers whether the stream is still live."""
        asked = {"channelArn": channel_arn, **_camel(ingest)}
        return bool(self._post("/change-ingest", asked)["isLive"])

    def fail_stream(self, channel_arn: str, reason: str | None = None) -> bool:
        """A `Stream Failure`; answers whether the stream is still live."""
        asked = {"channelArn": channel_arn, "reason": reason}
        return bool(self._post("/fail-stream", asked)["isLive"])

    def backdate(self, channel_arn: str, started_at: datetime) -> OnAir:
        asked = {"channelArn": channel_arn, "startedAt": started_at.isoformat()}
        return OnAir.of(self._post("/backdate", asked))

    def viewers(self, channel_arn: str, count: int) -> OnAir:
        return OnAir.of(self._post("/viewers", {"channelArn": channel_arn, "count": count}))

    def watch(
        self,
        channel_arn: str,
        *,
        country: str | None = None,
        origin: str | None = None,
        token: str | None = None,
    ) -> str:
        """A viewer begins to watch; answers the view's id. ControlRefused says why not."""
        asked = {"channelArn": channel_arn, "country": country, "origin": origin, "token": token}
        return str(self._post("/watch", asked)["viewId"])

    def stop_watching(self, channel_arn: str, view_id: str) -> None:
        self._post("/stop-watching", {"channelArn": channel_arn, "viewId": view_id})

    def time_out_viewer_counts(self, channel_arn: str, readings: int) -> None:
        """The next readings of the channel's viewer count answer -1."""
        self._post("/time-out-viewer-counts", {"channelArn": channel_arn, "readings": readings})

    def exceed_limit(
        self, channel_arn: str, name: str, value: int, exceeded_by: int, unit: str
    ) -> OnAir:
        """An ingest limit broken, e.g. "Ingest Bitrate", 8500000, 612400, "bits per second"."""
        asked = {
            "channelArn": channel_arn,
            "limitName": name,
            "limitValue": value,
            "exceededBy": exceeded_by,
            "limitUnit": unit,
        }
        return OnAir.of(self._post("/exceed-limit", asked))

    def fail_recording(self, channel_arn: str) -> None:
        """The running recording breaks off; while none runs, the next one fails to start."""
        self._post("/fail-recording", {"channelArn": channel_arn})

    def call(
        self,
        operation: str,
        request: Mapping[str, Any] | None = None,
        *,
        caller_arn: str | None = None,
    ) -> dict[str, Any]:
        """An API call by a given caller, else by the account's root. No answer has a key value."""
        asked = {"operation": operation, "request": request or {}, "callerArn": caller_arn}
        return self._post("/call", asked)

    def add_channel(
        self,
        arn: str,
        *,
        live: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        has_stream_key: bool = True,
        **fields: Any,
    ) -> None:
        """A channel that was there before, on the air with `live`; no event says so.

        `fields` are CreateChannel's; `live` is {"streamId", "startTime"}.
        """
        given = {"channelArn": arn, "live": live, "tags": tags, "hasStreamKey": has_stream_key}
        self._post("/add-channel", {**given, **fields})

    def create_channel_at(
        self, created_at: datetime, *, caller_arn: str | None = None, **fields: Any
    ) -> str:
        """A channel made at a time past; `fields` are CreateChannel's. Answers its ARN."""
        asked = {"createdAt": created_at.isoformat(), "callerArn": caller_arn, **fields}
        return str(self._post("/create-channel-at", asked)["channelArn"])

    def fail_next(self, operation: str, code: str, message: str = "", times: int = 1) -> None:
        asked = {"operation": operation, "code": code, "message": message, "times": times}
        self._post("/fail-next", asked)

    def publish(self, envelope: dict[str, Any]) -> None:
        """Puts an event on the default bus as it is: late, twice, or of a kind not simulated."""
        self._post("/publish", {"envelope": envelope})

    def mirror(self, envelope: dict[str, Any]) -> None:
        """Lets the world become what an observed event says, without an event of its own."""
        self._post("/mirror", {"envelope": envelope})

    def reconnect(self) -> list[OnAir]:
        return [OnAir.of(each) for each in self._post("/reconnect", {})["broadcasts"]]

    def advance(self, span: timedelta) -> datetime:
        """Moves the simulator's time on; answers what it is then."""
        answer = self._post("/advance", {"seconds": span.total_seconds()})
        return datetime.fromisoformat(answer["now"])

    def chaos(self) -> dict[str, Any]:
        """What may happen to events: `loss`, `duplication`, `delay`, `longestDelay` (s) …"""
        return self._send("GET", "/chaos", None)

    def set_chaos(self, **knobs: float) -> dict[str, Any]:
        """Turns the knobs given by their API names or those of Chaos; the others stay."""
        return self._post("/chaos", _camel(knobs))

    def options(self) -> dict[str, Any]:
        return self._send("GET", "/options", None)

    def set_options(self, **changes: Any) -> dict[str, Any]:
        """E.g. `latencies="realistic"`, `latencies={"draining": 4}`, `quotas={"channels": 3}`."""
        return self._send("POST", "/options", json.dumps(_camel(changes)).encode())

    def rate_limits(self) -> bool:
        """Whether API calls are limited as on AWS."""
        return bool(self._send("GET", "/rate-limits", None)["enabled"])

    def set_rate_limits(self, *, enabled: bool) -> None:
        self._post("/rate-limits", {"enabled": enabled})

    def reset(self) -> None:
        self._post("/reset", {})

    def state(self) -> list[dict[str, Any]]:
        """Every channel, with what is live on it; without key values."""
        channels: list[dict[str, Any]] = self.whole_state()["channels"]
        return channels

    def whole_state(self) -> dict[str, Any]:
        """The channels, and the time, conditions and counts of the world they are in."""
        return self._send("GET", "/state", None)

    def calls(self, since: int = 0) -> tuple[list[dict[str, Any]], int]:
        """The recorded calls from a number on, and the number to ask from next time."""
        answer = self._send("GET", f"/calls?since={since}", None)
        return answer["calls"], answer["next"]

    def _post(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in asked.items() if value is not None}
        return self._send("POST", path, json.dumps(given).encode())

    def _send(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        request = Request(self._url + path, data=body, method=method)  # noqa: S310 - http only
        try:
            with urlopen(request, timeout=self._timeout) as response:  # noqa: S310 - http only
                answer: dict[str, Any] = json.load(response)
                return answer
        except HTTPError as error:
            refused = json.load(error)
            code = refused.get("code", "")
            raise ControlRefused(error.code, code, refused["error"]) from error


def _camel(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        camel(name): _camel(value) if isinstance(value, Mapping) else value
        for name, value in given.items()
    }
