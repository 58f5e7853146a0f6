"""What `pip install` brings works away from the checkout: the command, and the simulator alone."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

from streamwarden import __version__

ROOT: Final = Path(__file__).parents[2]
_TO_THE_CHECKOUT: Final = {"PYTHONPATH", "VIRTUAL_ENV"}
UV: Final = ROOT / ".venv" / "bin" / "uv"

A_TEST: Final = """
import boto3
import pytest

def test_the_fixture_is_there(ivs_simulator):
    ivs = boto3.client("ivs", region_name="eu-west-1")
    assert ivs.create_channel(name="studio")["channel"]["name"] == "studio"
"""


def run(*command: str | Path, folder: Path) -> str:
    """What it prints, with no path to the checkout; fails as the command does."""
    clean = {name: value for name, value in os.environ.items() if name not in _TO_THE_CHECKOUT}
    given = [str(each) for each in command]
    done = subprocess.run(given, cwd=folder, env=clean, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def installed(folder: Path, project: Path, *others: str) -> Path:
    """A new environment with the project's wheel and what that declares; its programs."""
    run(UV, "build", "--quiet", "--wheel", "--out-dir", folder / "wheels", project, folder=folder)
    (wheel,) = (folder / "wheels").glob("*.whl")
    run(UV, "venv", "--quiet", "--python", ROOT / ".venv/bin/python", folder / "env", folder=folder)
    programs = folder / "env" / "bin"
    python = programs / "python"
    run(UV, "pip", "install", "--quiet", "--python", python, wheel, *others, folder=folder)
    return programs


@pytest.fixture(scope="module")
def streamwarden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(tmp_path_factory.mktemp("streamwarden"), ROOT) / "streamwarden"


def test_the_command_says_its_version(streamwarden: Path, tmp_path: Path) -> None:
    assert run(streamwarden, "--version", folder=tmp_path) == f"streamwarden {__version__}\n"


def test_the_command_brings_the_shipped_policies(streamwarden: Path, tmp_path: Path) -> None:
    output = run(streamwarden, "policy", "explain", "max_duration", folder=tmp_path)

    assert "max_duration" in output


def test_the_command_brings_what_a_report_is_made_of(streamwarden: Path, tmp_path: Path) -> None:
    program = (
        "from importlib.resources import files\n"
        "from streamwarden_cli.report import page\n"
        "print(*(each.name for each in files('streamwarden_cli.report').iterdir()))"
    )

    there = run(streamwarden.parent / "python", "-c", program, folder=tmp_path).split()

    assert {"page.css", "page.html.jinja"} <= set(there)


def test_the_command_checks_and_tests_a_policy(streamwarden: Path, tmp_path: Path) -> None:
    name = "user-generated-content.yaml"
    for each in (name, name.replace(".yaml", ".tests.yaml")):
        (tmp_path / each).write_text((ROOT / "policies" / each).read_text())

    run(streamwarden, "policy", "check", "--strict", name, folder=tmp_path)
    run(streamwarden, "policy", "test", name, folder=tmp_path)
    run(streamwarden, "policy", "compile", name, "--output", "out.json", folder=tmp_path)
    assert '"$schema"' in run(streamwarden, "policy", "schema", folder=tmp_path)


def test_the_command_replays_events(streamwarden: Path, tmp_path: Path) -> None:
    sample = ROOT / "events" / "stream-state" / "stream-start.json"

    output = run(streamwarden, "replay", sample, "--until", "5h", folder=tmp_path)

    assert "1 event played" in output


def test_the_simulator_alone_offers_its_fixture_by_itself(tmp_path: Path) -> None:
    programs = installed(tmp_path, ROOT / "simulator", "boto3", "moto", "pytest")
    (tmp_path / "test_mine.py").write_text(A_TEST)

    run(programs / "pytest", "-q", "test_mine.py", folder=tmp_path)
    assert "streamwarden" not in run(
        UV, "pip", "list", "--python", programs / "python", folder=tmp_path
    )
