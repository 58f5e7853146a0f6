"""Scenarios that ship, and the pages about them: one document for three commands."""

import re
from pathlib import Path
from typing import Any

import pytest

from ivs_simulator.control.context import ControlContext
from ivs_simulator.control.in_process import InProcessControl
from ivs_simulator.runtime.clock import Clock
from ivs_simulator.world import World
from streamwarden_cli.local import server
from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from streamwarden_cli.main import main
from streamwarden_cli.scenario.kinds.table import STEP_KINDS
from streamwarden_cli.sim import place

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text()
PAGE = (ROOT / "docs/scenarios.md").read_text()
DEMO = str(ROOT / "policies" / "demo.yaml")
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
RUNNING = server.LocalAws(pid=4711, port=4566, control_port=4567)


def scenario_of(page: str) -> str:
    """What a page shows as a scenario."""
    (block,) = re.findall(r"```yaml\n((?:name: [^\n]*\n)?channels:.*?)```", page, flags=re.DOTALL)
    return str(block)


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a simulator sends that `sim play` finds running."""
    sent: list[dict[str, Any]] = []
    clock = Clock()
    context = ControlContext(World(clock, sent.append), ACCOUNT_ID, REGION, clock=clock)
    monkeypatch.setattr(server, "running", {place.STATE: RUNNING}.get)
    monkeypatch.setattr(place, "Control", lambda _: InProcessControl(context))
    return sent


@pytest.mark.parametrize("page", [README, PAGE], ids=["README.md", "docs/scenarios.md"])
def test_the_scenario_of_a_page_is_taken_by_all_three_commands(
    page: str,
    tmp_path: Path,
    events: list[dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(scenario_of(page))

    assert main(["policy", "test", DEMO, "--cases", str(file)]) == 0
    assert main(["replay", str(file), "--policy", DEMO, "--verbose"]) == 0
    replayed = capsys.readouterr().out
    assert main(["sim", "play", str(file), "--instantly"]) == 0

    # What happens is the same everywhere; only the services in memory stop the stream.
    names = [each["detail"]["event_name"] for each in events]
    assert names == ["Session Created", "Stream Start", "Starvation Start", "Starvation End"]
    assert re.findall(r"  event +harbour-cam +(\w+ \w+) st-\w+\n", replayed) == names
    assert "stop done" in replayed


def test_the_page_shows_a_record_that_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = re.findall(r"```yaml\n(day: .*?)```", PAGE, flags=re.DOTALL)
    fleet, policy = tmp_path / "fleet.yaml", tmp_path / "policy.yaml"
    fleet.write_text(str(block))
    policy.write_text(
        "version: 1\nrules: [{id: hours, kind: broadcast_budget, mode: enforce, "
        "params: {limit: 10h, period: week}, actions: [stop]}]\n"
    )

    assert main(["replay", str(fleet), "--policy", str(policy), "--until", "1h"]) == 0
    # Eight hours and a half before, and an hour and a half now.
    assert re.search(r"12:30:00 +harbour-cam +hours +stop: ", capsys.readouterr().out)


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda each: each.stem)
def test_a_scenario_that_ships_is_played_and_performed(
    file: Path, events: list[dict[str, Any]]
) -> None:
    assert main(["replay", str(file), "--policy", DEMO]) == 0
    assert main(["sim", "play", str(file), "--instantly"]) == 0
    assert events


def test_a_scenario_that_ships_is_as_it_expects() -> None:
    assert main(["policy", "test", DEMO, "--cases", str(ROOT / "scenarios/harbour-cam.yaml")]) == 0


@pytest.mark.parametrize("kind", STEP_KINDS)
def test_the_page_describes_every_kind_of_step_with_its_fields(kind: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if re.match(rf"\|[^|]*`{kind}`[^|]*\|", line)]
    api = {"call", "create", "update", "delete", "tag", "untag", "create-key", "delete-key"}
    fields = {
        field.alias or name
        for name, field in STEP_KINDS[kind].model_fields.items()
        if name != "channel" and not (kind in api - {"call"} and name not in ("by", "tags", "keys"))
    }

    assert [each for each in fields if f"`{each}`" not in row] == []
