"""Spans of time as options take them."""

from argparse import ArgumentTypeError
from datetime import timedelta

from streamwarden.domain.duration import parse_duration


def read_span(text: str) -> timedelta:
    """For argparse: `6h`, `PT6H`."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
