"""Plays the broadcasters of a running local AWS, through its control interface."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen


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
        stream_id: str | None = None,
    ) -> OnAir:
        """An encoder connects, with the channel's key of the moment or with a given one."""
        asked: dict[str, Any] = {
            "channelArn": channel_arn,
            "keyValue": key_value,
            "startedAt": started_at and started_at.isoformat(),
            "reconnects": reconnects,
            "streamId": stream_id,
        }
        return OnAir.of(self._post("/go-live", asked))

    def leave(self, channel_arn: str) -> None:
        self._post("/leave", {"channelArn": channel_arn})

    def stall(self, channel_arn: str) -> OnAir:
        return OnAir.of(self._post("/stall", {"channelArn": channel_arn}))

    def resume(self, channel_arn: str) -> OnAir:
        return OnAir.of(self._post("/resume", {"channelArn": channel_arn}))

    def backdate(self, channel_arn: str, started_at: datetime) -> OnAir:
        asked = {"channelArn": channel_arn, "startedAt": started_at.isoformat()}
        return OnAir.of(self._post("/backdate", asked))

    def viewers(self, channel_arn: str, count: int) -> OnAir:
        return OnAir.of(self._post("/viewers", {"channelArn": channel_arn, "count": count}))

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
        self._post("/fail-recording", {"channelArn": channel_arn})

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

    def witness(self, envelope: dict[str, Any]) -> None:
        """Lets the world become what an observed event says, without an event of its own."""
        self._post("/witness", {"envelope": envelope})

    def reconnect(self) -> list[OnAir]:
        return [OnAir.of(each) for each in self._post("/reconnect", {})["broadcasts"]]

    def reset(self) -> None:
        self._post("/reset", {})

    def state(self) -> list[dict[str, Any]]:
        """Every channel, with what is live on it; without key values."""
        channels: list[dict[str, Any]] = self._send("GET", "/state", None)["channels"]
        return channels

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
