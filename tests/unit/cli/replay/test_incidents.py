"""An encoder that comes back after every stop is one incident, however often it is stopped."""

from typing import Final

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import Replay, Write

_POLICY: Final = """
version: 1
rules:
- id: office-hours
  kind: allowed_hours
  mode: enforce
  params: {start: "09:00", end: "17:00"}
  actions: [stop]
"""


def test_ten_minutes_of_reconnecting_cost_three_notifications(replay: Replay, write: Write) -> None:
    starts = [
        raw.stream(raw.at(f"20:{second // 60:02}:{second % 60:02}"), "Stream Start", f"st-{second}")
        for second in range(0, 600, 2)
    ]

    played = replay(
        write("events.jsonl", starts), "--until", "1h", policy=write("policy.yaml", _POLICY)
    )

    notified = [(each["at"], each["status"]) for each in played.of("notification")]
    assert len(played.calls("StopStream")) == 300
    assert notified == [
        ("2026-03-01T20:00:00Z", "opened"),
        ("2026-03-01T20:00:02Z", "repeated"),
        ("2026-03-01T20:19:58Z", "resolved"),
    ]
