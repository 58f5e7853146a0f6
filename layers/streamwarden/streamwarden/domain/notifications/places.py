"""Regions as the AWS console names them: people know places better than codes."""

from collections.abc import Mapping
from typing import Final

# Those that have IVS (AWS General Reference, Amazon IVS endpoints).
_NAMES: Final[Mapping[str, str]] = {
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-northeast-2": "Asia Pacific (Seoul)",
    "ap-south-1": "Asia Pacific (Mumbai)",
    "eu-central-1": "Europe (Frankfurt)",
    "eu-west-1": "Europe (Ireland)",
    "us-east-1": "US East (N. Virginia)",
    "us-west-2": "US West (Oregon)",
}


def region_in_words(region: str) -> str:
    """`Europe (Ireland) eu-west-1`; the code alone of a region that has no name here."""
    name = _NAMES.get(region)
    return f"{name} {region}" if name else region
