"""The life of a channel, lived by the AWS SDK for JavaScript; see javascript/life.test.mjs."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from streamwarden_cli.local.access import ROOT, administrator_environment
from tests.stack.simulated_aws import SimulatedAws

PATIENCE_SECONDS: Final = 120
_TOOLS: Final = ROOT / ".tools" / "javascript"
_SCRIPTS: Final = Path(__file__).with_name("javascript")


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """The scripts beside their packages, where Node looks for them."""
    shutil.copytree(_SCRIPTS, tmp_path, dirs_exist_ok=True)
    (tmp_path / "node_modules").symlink_to(_TOOLS / "node_modules")
    return tmp_path


def test_lives_the_life_of_a_channel(simulated: SimulatedAws, scripts: Path) -> None:
    environment = administrator_environment(simulated.local.endpoint, scripts)
    ended = subprocess.run(  # noqa: S603 - the project's own tool and script
        [_TOOLS / "bin" / "node", "--test", "life.test.mjs"],
        cwd=scripts,
        env=environment | {"SIMULATOR_CONTROL_URL": simulated.local.control_url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
