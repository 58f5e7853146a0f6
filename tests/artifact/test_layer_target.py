"""The layer is built for Lambda on arm64, whatever machine builds it."""

import os
import subprocess
import sys
from pathlib import Path

from streamwarden_cli.local.access import ROOT

_AARCH64 = 183  # e_machine of an ELF file


def test_by_default_the_layer_holds_binaries_for_arm64(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name != "STREAMWARDEN_LAYER_PLATFORM"
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(  # noqa: S603 (our own makefile)
        ["make", "build-StreamwardenLayer", f"ARTIFACTS_DIR={tmp_path}"],  # noqa: S607
        cwd=ROOT / "layers" / "streamwarden",
        env=environment | {"PATH": path},
        check=True,
    )

    binaries = list((tmp_path / "python").rglob("*.so"))

    assert binaries
    assert {_machine(each) for each in binaries} == {_AARCH64}


def _machine(binary: Path) -> int:
    return int.from_bytes(binary.read_bytes()[18:20], "little")
