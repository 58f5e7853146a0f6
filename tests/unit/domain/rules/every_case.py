"""The cases of all rule kinds, for what holds of every kind alike."""

from collections.abc import Sequence
from importlib import import_module

from streamwarden.domain.rules import FAMILIES
from tests.unit.domain.rules.cases import Case, loaded_cases


def every_case() -> Sequence[Case]:
    """What the tables of all kinds hold. A kind's table is in the test of its own name."""
    for family, kinds in FAMILIES.items():
        for kind in kinds:
            import_module(f"tests.unit.domain.rules.{family}.test_{kind}")
    return loaded_cases()
