"""The hint that turns a misspelt word into a correction."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final
from zoneinfo import available_timezones

# What people write for a zone. Those that are a zone have no summer time, or differ by place.
_ABBREVIATED: Final = {
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "MDT": "America/Denver",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "EDT": "America/New_York",
    "BST": "Europe/London",
    "CEST": "Europe/Berlin",
    "JST": "Asia/Tokyo",
    "AEST": "Australia/Sydney",
}


# The ratio of difflib: the least for a word that is near, and for one that is only misspelt.
NEAR: Final = 0.6
MISSPELT: Final = 0.8


def did_you_mean(word: str, choices: Collection[str], least: float = NEAR) -> str:
    """`; did you mean 'stop'?` when a known word is near, else nothing. Case counts for little."""
    found = closest_word(word, choices, least)
    return f"; did you mean '{found}'?" if found and found != word else ""


def closest_word(word: str, choices: Collection[str], least: float = NEAR) -> str:
    """Empty where no known word is near."""
    folded = {each.casefold(): each for each in choices}
    closest = get_close_matches(word.casefold(), folded, n=1, cutoff=least)
    return folded[closest[0]] if closest else ""


def did_you_mean_zone(word: str) -> str:
    """The same for time zones. An abbreviation is near to others that are hours away."""
    if place := _ABBREVIATED.get(word.upper()):
        return f"; did you mean '{place}'?"
    return did_you_mean(word, {each for each in available_timezones() if "/" in each})


def format_list(words: Collection[str], last: str = "or") -> str:
    """`a, b or c`"""
    *most, final = words
    return f"{', '.join(most)} {last} {final}" if most else final
