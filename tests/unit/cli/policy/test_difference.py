"""What changes when a policy takes the place of another, over the channels of an account."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from streamwarden.domain.rules import RULE_KINDS
from streamwarden_cli.console import COLUMNS
from streamwarden_cli.main import main
from streamwarden_cli.policy.understated import BEGINNINGS, UNRECORDED

_FLEET: Final = """
from: 2026-03-02 12:00
channels:
- {name: arena, tags: {team: sports}, live: {startTime: "2026-03-02T09:00:00Z"}}
- {name: lobby, tags: {team: sports}, live: {startTime: "2026-03-02T11:50:00Z"}}
- {name: garage}
"""
_RULES: Final = """
version: 1
rules:
- {{id: marathon, kind: max_duration, mode: {mode}, params: {{limit: {limit}}}, actions: [stop]}}
- {{id: owned, kind: required_tags, mode: observe, params: {{tags: {{team: {{}}}}}}}}
"""

type Diff = Callable[..., int]


@pytest.fixture
def diff(tmp_path: Path) -> Diff:
    """`policy diff` of a limit of four hours against other rules."""

    def run(*args: str, limit: str = "2h", mode: str = "enforce") -> int:
        files = {"old": _RULES.format(limit="4h", mode="enforce")}
        files |= {"new": _RULES.format(limit=limit, mode=mode), "fleet": _FLEET}
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        old, new, fleet = (str(tmp_path / f"{name}.yaml") for name in files)
        return main(["policy", "diff", old, new, "--fleet", fleet, *args])

    return run


def test_streams_that_the_new_policy_stops_at_once_are_named(
    diff: Diff, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff("--until", "1s") == 0

    assert capsys.readouterr().out == (
        "marathon\n"
        "  would stop 1: arena\n"
        "  pending -> breach 1: arena (on the air for 3h; 2h is allowed)\n"
        "The new policy acts on 1 resource that the old one leaves alone, or acts on later.\n"
    )


def test_lines_have_the_width_that_is_asked_for(
    diff: Diff, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(COLUMNS, "40")

    diff("--until", "1s")

    assert capsys.readouterr().out.splitlines()[2:4] == [
        "  pending -> breach 1: arena (on the air",
        "  for 3h; 2h is allowed)",
    ]


def test_what_lies_ahead_within_a_day_counts_also_where_it_only_comes_sooner(
    diff: Diff, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff("--at-most", "1") == 3

    assert "  would stop sooner 2: arena, lobby\n" in capsys.readouterr().out


def test_json_has_the_moments_of_both(diff: Diff, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff("--json") == 0

    found = json.loads(capsys.readouterr().out)
    assert len(found["newly_acted_on"]) == 2
    lobby = found["actions"][-1]
    assert (lobby["before"], lobby["after"], lobby["is_new"]) == (
        "2026-03-02T15:50:00Z",
        "2026-03-02T13:50:00Z",
        True,
    )


_COUNTING: Final = """
version: 1
rules:
- {id: week, kind: broadcast_budget, params: {limit: 20h, period: week}}
- {id: keys, kind: stream_key_age, mode: %s, params: {limit: 30d}}
- {id: idle, kind: orphans, params: {unused: 30d}}
"""


def test_rules_about_the_past_that_change_are_named_as_understated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"old": _RULES.format(limit="4h", mode="enforce"), "fleet": _FLEET}
    files |= {"new": _COUNTING % "observe", "newer": _COUNTING % "notify"}
    paths = {name: tmp_path / f"{name}.yaml" for name in files}
    for name, text in files.items():
        paths[name].write_text(text, encoding="utf-8")

    def said(old: str, new: str, *more: str) -> str:
        fleet = ["--fleet", str(paths["fleet"]), "--until", "1h"]
        assert main(["policy", "diff", str(paths[old]), str(paths[new]), *fleet, *more]) == 0
        return capsys.readouterr().out

    assert (
        "The fleet does not say all that has been, so these may do more: week (each budget begins "
        "with nothing used), keys (each stream key begins as a new one), idle (each resource "
        "begins as one in use).\n"
    ) in said("old", "new")
    assert "more: keys (each stream key begins as a new one).\n" in said("new", "newer")
    assert "may do more" not in said("new", "new")
    assert json.loads(said("new", "newer", "--json"))["understated"] == {
        "keys": "each stream key begins as a new one"
    }


@pytest.mark.parametrize(
    ("garage", "named"),
    [("", ["again", "stalled", "week"]), (", record: {}", ["stalled"])],
    ids=["partly", "wholly"],
)
def test_what_has_been_is_taken_only_where_no_stack_was_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], garage: str, named: list[str]
) -> None:
    record = "record: {streamSessions: [{startTime: 2026-03-02 01:00, endTime: 2026-03-02 08:30}]}"
    budget = "- {{id: week, kind: broadcast_budget, mode: enforce, actions: [stop], {}}}\n"
    again = (
        "- {id: again, kind: max_duration, mode: enforce, params: {limit: 40h}, "
        "on_repeat: {times: 2, within: 7d, do: [quarantine: {for: [1d]}]}, actions: [stop]}\n"
    )
    # No record says whether a stream stalls now. It matters of what acts.
    stalled = "kind: starvation, params: {limit: 10m}"
    again += f"- {{id: stalled, {stalled}, mode: enforce, actions: [stop]}}\n"
    again += f"- {{id: dropped, {stalled}, mode: notify}}\n"
    files = {
        "old": "version: 1\nrules:\n" + budget.format("params: {limit: 100h, period: week}"),
        "new": "version: 1\nrules:\n" + budget.format("params: {limit: 11h, period: week}") + again,
        "fleet": "from: 2026-03-02 12:00\nchannels:\n"
        f"- {{name: arena, live: {{startTime: 09:00, streamId: st-9}}, {record}}}\n"
        f"- {{name: garage, live: {{startTime: 09:00}}{garage}}}\n".replace(
            "09:00", "2026-03-02 09:00"
        ),
    }
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    old, new, fleet = (str(tmp_path / f"{name}.yaml") for name in files)

    words = ["policy", "diff", old, new, "--fleet", fleet, "--until", "1h", "--json"]
    assert main(words) == 0

    found = json.loads(capsys.readouterr().out)
    assert [arn.rpartition("/")[2] for arn in found["newly_acted_on"]] == ["arena"]
    assert sorted(found["understated"]) == named


def test_understated_rules_are_of_kinds_that_there_are() -> None:
    assert RULE_KINDS.keys() >= BEGINNINGS.keys() | UNRECORDED.keys()


def test_a_policy_that_does_less_acts_on_nothing_more(
    diff: Diff, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff("--until", "2h", "--at-most", "0", mode="observe", limit="4h") == 0

    assert "would no longer stop 1: arena" in capsys.readouterr().out


def test_what_is_done_later_is_no_news(diff: Diff, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff("--at-most", "0", limit="5h") == 0

    assert "would stop later 2: arena, lobby" in capsys.readouterr().out


def test_equal_policies_differ_in_nothing(diff: Diff, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff("--at-most", "0", limit="4h") == 0

    out = capsys.readouterr().out
    assert (
        out
        == "The new policy acts on 0 resources that the old one leaves alone, or acts on later.\n"
    )


@pytest.mark.parametrize(("at_most", "code"), [("0", 3), ("1", 0)])
def test_more_than_is_allowed_has_an_exit_code_of_its_own(
    diff: Diff, capsys: pytest.CaptureFixture[str], at_most: str, code: int
) -> None:
    assert diff("--until", "1s", "--at-most", at_most) == code
    assert ("--at-most 0 is allowed" in capsys.readouterr().err) == (code == 3)


CREATED: Final = """
steps:
- {at: 12:00, do: create, channel: hall}
- {at: 12:01, do: go-live, channel: hall}
- {at: +1h, do: leave, channel: hall}
- {at: +1m, do: delete, channel: hall}
- {at: 14:00, do: create, channel: hall}
- {at: 14:01, do: go-live, channel: hall}
- {at: 14:01, do: create, channel: yard}
"""


@pytest.mark.parametrize("option", ["--fleet", "--events"])
def test_channels_that_a_scenario_creates_count_by_their_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    old, new = _RULES.format(limit="4h", mode="enforce"), _RULES.format(limit="4h", mode="enforce")
    new += (
        "- {id: hd, kind: channel_type, mode: enforce, params: {types: BASIC}, actions: [stop]}\n"
    )
    for name, text in {"old": old, "new": new, "scenario": CREATED}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    files = [str(tmp_path / f"{name}.yaml") for name in ("old", "new")]

    assert main(["policy", "diff", *files, option, str(tmp_path / "scenario.yaml")]) == 0
    out, err = capsys.readouterr()
    assert "no rule -> breach 3: hall, hall, yard (" in out
    assert "The new policy acts on 2 resources that" in out
    new_file, scenario = files[1], tmp_path / "scenario.yaml"
    assert err == (
        f"passed over under {new_file}: {scenario}:5:3: steps[2]: leave: "
        "The channel is not currently online\n"
    )


def test_a_scenario_has_channels_of_its_own(
    diff: Diff, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scenario.yaml").write_text(CREATED, encoding="utf-8")

    assert diff("--events", str(tmp_path / "scenario.yaml")) == 1
    assert "--fleet: the scenario of --events has channels of" in capsys.readouterr().err


def test_there_is_something_to_compare_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(_RULES.format(limit="4h", mode="enforce"), encoding="utf-8")

    with pytest.raises(SystemExit) as ended:
        main(["policy", "diff", str(file), str(file)])

    assert ended.value.code == 2
    assert "give --fleet, --events, or both" in capsys.readouterr().err


def test_other_tags_are_another_action(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = "{{id: a, kind: insecure_ingest, mode: enforce, actions: [tag: {{set: {{x: {}}}}}]}}"
    for name in ("old", "new"):
        text = f"version: 1\nrules: [{rule.format(name)}]\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "fleet.yaml").write_text("channels: {name: a, insecureIngest: true}\n")
    old, new, fleet = (str(tmp_path / f"{name}.yaml") for name in ("old", "new", "fleet"))

    assert main(["policy", "diff", old, new, "--fleet", fleet, "--at-most", "0"]) == 3
    assert "would tag {x: new} 1: a" in capsys.readouterr().out
