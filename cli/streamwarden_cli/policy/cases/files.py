"""Which cases belong to which policy: mine.tests.yaml to mine.yaml."""

from pathlib import Path
from typing import NamedTuple

from streamwarden_cli.policy.reference.shipped import CASES_SUFFIX


class Pair(NamedTuple):
    policy: Path
    cases: Path


def is_cases(file: Path) -> bool:
    return file.name.endswith(CASES_SUFFIX)


def pair_of(file: Path) -> Pair:
    """The two files, whichever of them is named."""
    if is_cases(file):
        return Pair(file.with_name(file.name.removesuffix(CASES_SUFFIX) + ".yaml"), file)
    return Pair(file, file.with_name(file.stem + CASES_SUFFIX))
