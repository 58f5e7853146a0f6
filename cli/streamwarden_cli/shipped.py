"""The policies that come with the command: in its wheel, or in the checkout it is run from."""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent
_IN_WHEEL: Final = _PACKAGE / "policies"
CHECKOUT: Final = _PACKAGE.parents[1]

POLICIES: Final = _IN_WHEEL if _IN_WHEEL.is_dir() else CHECKOUT / "policies"
DEFAULT_POLICY: Final = POLICIES / "default.yaml"


def is_checkout() -> bool:
    """Whether the command is run from a checkout, which has the template and the simulator too."""
    return (CHECKOUT / "template.yaml").is_file()
