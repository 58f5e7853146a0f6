"""A cold start collects no garbage; all that comes after it does."""

import subprocess
import sys

import pytest

PROGRAM = """
import gc
from streamwarden.bootstrap import runtime

@runtime.ends_loading
def build(is_broken):
    print(gc.isenabled(), gc.get_freeze_count() > 1_000)
    if is_broken:
        raise KeyError("MODE")

try:
    build({is_broken})
except KeyError:
    pass
print(gc.isenabled(), gc.get_freeze_count() > 1_000)
"""


@pytest.mark.parametrize("is_broken", [False, True])
def test_garbage_is_collected_once_a_function_was_built(is_broken: bool) -> None:
    program = [sys.executable, "-c", PROGRAM.format(is_broken=is_broken)]

    said = subprocess.run(program, check=True, capture_output=True, text=True)  # noqa: S603  # ours

    assert said.stdout.splitlines() == ["False False", "True True"]
