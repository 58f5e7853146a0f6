"""Arguments of the command line in the forms of argparse."""

import argparse
from collections.abc import Callable


def read_tag(text: str) -> tuple[str, str]:
    """Key and value. Raises ValueError."""
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise ValueError(f"expected a tag such as team=events, found {text!r}")
    return key, value


def argument[T](read: Callable[[str], T]) -> Callable[[str], T]:
    """For argparse, which repeats only what an error of its own kind says."""

    def read_argument(text: str) -> T:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read_argument
