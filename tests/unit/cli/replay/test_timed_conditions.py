"""A rule whose `when` depends on time begins to apply, and ends, without any event."""

from pathlib import Path

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import Replay, Write

POLICY = """\
version: 1
rules:
  - id: quiet-evenings
    kind: max_duration
    mode: notify
    when: "hour('Europe/Berlin') >= `21` && hour('Europe/Berlin') < `23`"
    params: {limit: 1h}
"""


def test_time_alone_opens_and_resolves_a_breach(replay: Replay, write: Write) -> None:
    # Berlin is one hour ahead of UTC then.
    events = write("events.jsonl", [raw.stream(raw.at("16:50:00"), "Stream Start")])
    policy = write("policy.yaml", POLICY)

    def played() -> list[tuple[str, str, str | None]]:
        records = replay(events, "--until", "6h", policy=Path(policy)).of("verdict")
        return [(each["at"], each["verdict"], each["recheck_at"]) for each in records]

    assert played() == [
        ("2026-03-01T16:50:00Z", "not applicable", "2026-03-01T17:00:00Z"),
        ("2026-03-01T20:00:00Z", "breach", "2026-03-01T20:15:00Z"),
        ("2026-03-01T22:00:00Z", "not applicable", "2026-03-01T22:15:00Z"),
    ]
    assert played() == played()
