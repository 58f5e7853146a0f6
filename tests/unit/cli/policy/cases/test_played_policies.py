"""Policies that operators write, and what becomes of them when things happen."""

from pathlib import Path
from typing import Final

import pytest

from streamwarden_cli.main import main

PLAYED: Final = sorted(
    each for each in (Path(__file__).parent / "played").glob("*.yaml") if ".tests" not in each.name
)


@pytest.mark.parametrize("policy", PLAYED, ids=lambda each: each.stem)
def test_the_policy_decides_as_its_cases_say(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code = main(["policy", "test", str(policy)])

    assert exit_code == 0, capsys.readouterr().out
