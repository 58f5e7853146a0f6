"""The sample day under the demo policy: what the deployed stack would have done about it."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from streamwarden.domain.rules.live_sessions.max_duration import MaxDuration
from streamwarden.domain.rules.live_sessions.starvation import Starvation
from streamwarden_cli.policy.compilation import load_policy_file
from streamwarden_cli.replay.jsonl import format_time
from tests.unit.cli.replay.conftest import CORPUS, DEMO, REPOSITORY, Played, Replay

WENT_LIVE_AT = datetime(2026, 9, 12, 8, tzinfo=UTC)  # harbour-cam
STARVED_AT = datetime(2026, 9, 12, 12, 10, tzinfo=UTC)  # night-owl
KEY_VALUE = re.compile(r"sk_[a-z0-9-]+_\w+")


def after(start: datetime, rule_id: str) -> str:
    """When the limit of a rule of the demo is reached."""
    (check,) = (rule.check for rule in load_policy_file(DEMO).rules if rule.id == rule_id)
    assert isinstance(check, MaxDuration | Starvation)
    return format_time(start + check.limit)


def stops(played: Played) -> list[tuple[str, str]]:
    return [(each["rule"], each["at"]) for each in played.of("action", action="stop")]


def test_every_event_is_played_and_none_is_rejected(sample_day: Played) -> None:
    assert sample_day.code == 0
    assert sample_day.summary["events"] == len(list(CORPUS.rglob("*.json")))
    assert sample_day.summary["rejected"] == 0


def test_the_marathon_is_stopped_at_its_deadline(sample_day: Played) -> None:
    assert ("no-marathons", after(WENT_LIVE_AT, "no-marathons")) in stops(sample_day)


def test_the_stalled_stream_is_stopped_after_its_grace(sample_day: Played) -> None:
    assert ("stalled-ingest", after(STARVED_AT, "stalled-ingest")) in stops(sample_day)


def test_each_stop_is_a_call_that_succeeds(sample_day: Played) -> None:
    assert [each["outcome"] for each in sample_day.calls("StopStream")] == ["ok"] * len(
        stops(sample_day)
    )


def test_missing_tags_are_set_once(sample_day: Played) -> None:
    arn = sample_day.of("event", name="CreateChannel")[0]["channel_arn"]

    calls = [
        each for each in sample_day.calls("TagResource") if each["parameters"]["resourceArn"] == arn
    ]

    assert [set(each["parameters"]["tags"]) for each in calls] == [{"cost-center", "team"}]


def test_a_failed_recording_is_told_and_nothing_is_done_about_it(sample_day: Played) -> None:
    opened = sample_day.of("notification", rule="recordings-arrive", status="opened")

    assert [each["severity"] for each in opened] == ["critical", "critical"]
    assert sample_day.of("action", rule="recordings-arrive") == []


def test_what_our_calls_cause_is_played_as_of_the_simulation(sample_day: Played) -> None:
    stopped_at = after(WENT_LIVE_AT, "no-marathons")

    caused = [each["name"] for each in sample_day.of("event", at=stopped_at, origin="simulation")]

    assert caused == ["Session Ended", "Stream End", "StopStream"]
    assert sample_day.summary["events"] == len(sample_day.of("event", origin="file"))


def test_an_observed_rule_is_never_acted_on(replay: Replay, tmp_path: Path) -> None:
    observing = tmp_path / "observing.yaml"
    text = DEMO.read_text(encoding="utf-8")
    observing.write_text(re.sub(r"mode: \w+", "mode: observe", text), encoding="utf-8")

    played = replay(CORPUS, "--until", "40d", policy=observing)

    assert played.summary["breaches_opened"] > 0
    assert played.of("call") == played.of("action") == played.of("notification") == []


def test_a_run_is_the_same_whatever_the_hash_seed(forty_days: Played) -> None:
    # The seed of this process is random or set, so this is another one.
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"

    assert run_with_hash_seed(seed) == forty_days.out
    assert len(forty_days.records) > 100


def run_with_hash_seed(seed: str) -> str:
    """Also with a profile of AWS that does not exist, which a replay must not look at."""
    command = ["replay", "events", "--policy", "policies/demo.yaml", "--until", "40d"]
    command += ["--format", "jsonl"]
    program = f"from streamwarden_cli.main import main; main({command!r})"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "AWS_PROFILE": f"missing-{seed}"}
    return subprocess.run(  # noqa: S603  # the command is ours
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_the_order_of_the_files_does_not_matter(
    replay: Replay, sample_day: Played, tmp_path: Path
) -> None:
    files = sorted(CORPUS.rglob("*.json"), key=lambda path: path.name[::-1])
    for number, file in enumerate(files):
        shutil.copy(file, tmp_path / f"{number:03}.json")

    assert replay(tmp_path).out == sample_day.out


def test_keys_are_rotated_at_four_in_the_morning(forty_days: Played) -> None:
    rotations = forty_days.of("action", action="rotate_key", outcome="done")
    assert {each["at"] for each in rotations} == {"2026-10-13T04:00:00Z"}
    assert len(rotations) == len(forty_days.calls("CreateStreamKey")) == 4


@pytest.mark.parametrize("output", ["jsonl", "text"])
def test_no_value_of_a_new_key_is_printed(replay: Replay, output: str) -> None:
    played = replay(CORPUS, "--until", "40d", output=output)

    assert KEY_VALUE.search(played.out + played.err) is None


@pytest.mark.parametrize("output", ["jsonl", "text"])
def test_no_key_value_of_a_file_is_printed(replay: Replay, tmp_path: Path, output: str) -> None:
    secret = "sk_eu-west-1_abcdEFGH1234_secretsecretsecretsecretsecret1"
    leaky: dict[str, Any] = json.loads(
        (CORPUS / "stream-state" / "stream-start-harbour-cam.json").read_text()
    )
    leaky["detail"]["stream_id"] = secret
    leaky["id"] = secret
    (tmp_path / "leaky.json").write_text(json.dumps(leaky))
    (tmp_path / "broken.json").write_text(json.dumps({"id": secret, "time": secret}))

    played = replay(CORPUS, tmp_path, output=output)

    assert KEY_VALUE.search(played.out + played.err) is None
