"""The hint that turns a misspelt word into a correction."""

from collections.abc import Collection
from difflib import get_close_matches


def did_you_mean(word: str, known: Collection[str]) -> str:
    """`; did you mean 'stop'?` when a known word is near, else nothing."""
    nearest = get_close_matches(word, known, n=1)
    return f"; did you mean '{nearest[0]}'?" if nearest else ""


def say_list(words: Collection[str], last: str = "or") -> str:
    """`a, b or c`"""
    *most, final = words
    return f"{', '.join(most)} {last} {final}" if most else final
