"""What an account has becomes a file with which a replay and a comparison begin."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from ivs_simulator.dispatch.in_process import attach
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.world import World
from streamwarden_cli.commands import fleet
from streamwarden_cli.fleet.export import export, rendered
from streamwarden_cli.main import main
from streamwarden_cli.scenario.reading import read_scenario

_NOW: Final = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World(lambda: _NOW)


@pytest.fixture
def ivs(world: World) -> Any:
    client = boto3.client(
        "ivs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    attach(client, world, account="111122223333")
    return client


def test_what_is_exported_is_read_as_the_fleet_that_it_was(
    world: World, ivs: Any, tmp_path: Path
) -> None:
    quiet = ivs.create_channel(name="quiet", type="BASIC", tags={"team": "news"})
    arena = ivs.create_channel(name="arena", insecureIngest=True)
    stream = world.go_live(arena["streamKey"]["value"], ingest=Ingest(video_bitrate=6_000_000))
    file = tmp_path / "fleet.yaml"

    file.write_text(rendered(export(ivs, _NOW, with_ingest=True)), encoding="utf-8")

    read = read_scenario(file)
    assert read.starts_at == _NOW
    by_arn = {each.arn: each for each in read.fleet.channels}
    assert by_arn[quiet["channel"]["arn"]].tags == {"team": "news"}
    assert by_arn[quiet["channel"]["arn"]].type == "BASIC"
    assert by_arn[quiet["channel"]["arn"]].live is None
    found = by_arn[arena["channel"]["arn"]]
    assert found.insecure_ingest is True
    assert found.live is not None
    assert (found.live.stream_id, found.live.start_time) == (stream.stream_id, _NOW)
    assert found.live.ingest_configurations is not None
    assert found.live.ingest_configurations.video_configurations[0].target_bitrate == 6_000_000


def test_every_page_is_read(ivs: Any) -> None:
    for number in range(201):
        ivs.create_channel(name=f"channel-{number}")

    assert len(export(ivs, _NOW)["channels"]) == 201


def test_a_stream_key_in_a_tag_is_not_written(ivs: Any) -> None:
    key = ivs.create_channel(name="arena")["streamKey"]["value"]
    ivs.create_channel(name="leaky", tags={"note": key})

    assert key not in rendered(export(ivs, _NOW))


@pytest.mark.parametrize("name", ["f.yaml", "f.json"])
def test_the_command_writes_the_file(
    name: str,
    ivs: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ivs.create_channel(name="arena")
    monkeypatch.setattr(fleet, "_client", lambda _: ivs)

    assert main(["fleet", "export", "--output", str(tmp_path / name)]) == 0

    assert "1 channel" in capsys.readouterr().out
    assert [each.name for each in read_scenario(tmp_path / name).fleet.channels] == ["arena"]
    assert (tmp_path / name).read_text().startswith("{") is name.endswith(".json")


def test_an_account_that_refuses_is_an_error_in_words(
    world: World, ivs: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ivs_simulator.wire.errors import ErrorCode, IvsError

    monkeypatch.setattr(fleet, "_client", lambda _: ivs)
    world.fail_next("ListStreams", IvsError(ErrorCode.ACCESS_DENIED, "not allowed"))

    assert main(["fleet", "export"]) == 1
    assert "not allowed" in capsys.readouterr().err
