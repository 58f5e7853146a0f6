"""An entry point collects no garbage while it loads; importing a package changes nothing."""

import gc
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from streamwarden.bootstrap.loading import gc_paused

ROOT: Final = Path(__file__).parents[3]
FUNCTIONS: Final = sorted(each.parent.name for each in ROOT.glob("functions/*/app.py"))
BUILDERS: Final = sorted(
    each.stem for each in ROOT.glob("layers/streamwarden/streamwarden/bootstrap/[!_]*.py")
)
STATE: Final = "import gc; print(gc.isenabled(), gc.get_freeze_count() > 10_000)"


def collector_after(module: str) -> str:
    """Whether a new process that imports a module collects garbage, and whether it froze much."""
    program = [sys.executable, "-c", f"import {module}; {STATE}"]
    output = subprocess.run(program, check=True, capture_output=True, text=True)  # noqa: S603  # ours
    return output.stdout.strip()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_an_entry_point_loads_is_never_looked_at_again(name: str) -> None:
    assert collector_after(f"functions.{name}.app") == "True True"


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("enforce", "domain.commands"),
        ("enforce", "domain.calendar"),
        ("notify", "domain.rules"),
        ("notify", "domain.expressions"),
        ("notify", "services.try_destination"),
        ("notify", "adapters.secret_values"),
        ("sweep", "domain.rules"),
        ("sweep", "domain.expressions"),
    ],
)
def test_a_function_does_not_load_what_few_of_its_runs_need(name: str, module: str) -> None:
    """Each stop and each message that meets a cold start waits for what is loaded."""
    program = f"import sys, functions.{name}.app; print('streamwarden.{module}' in sys.modules)"
    output = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert output.stdout.strip() == "False"


def test_importing_the_packages_leaves_the_collector_alone() -> None:
    modules = ", ".join(f"streamwarden.bootstrap.{name}" for name in BUILDERS)

    assert collector_after(modules) == "True False"


def test_garbage_is_collected_again_also_after_an_error() -> None:
    def load() -> None:
        with gc_paused():
            assert not gc.isenabled()
            raise ImportError

    try:
        with pytest.raises(ImportError):
            load()
        assert gc.isenabled()
    finally:
        gc.unfreeze()
