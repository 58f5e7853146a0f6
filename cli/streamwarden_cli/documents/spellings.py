"""The right spelling of a value that people write as they know it from elsewhere.

Nothing is read in this way: two readers of one policy would understand two things. The spelling is
the remedy in the message.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from streamwarden.domain.calendar import WEEK

_UNITS: Final[Mapping[str, int]] = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
# The largest first, so that the spelling is the shortest one that is exact.
_WRITTEN: Final = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_WORDS: Final = "w(?:eeks?)?|d(?:ays?)?|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?"
_PART: Final = re.compile(rf"(\d+(?:\.\d+)?) ?({_WORDS}) ?", re.ASCII)
_CLOCK_SPAN: Final = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_TIME: Final = re.compile(r"(\d{1,2})(?:[:.]([0-5]\d))? ?(am|pm)?", re.ASCII)
_FACTORS: Final[Mapping[str, int]] = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_NUMBER: Final = re.compile(
    r"(\d[\d_]*(?:\.\d+)?(?:e\+?\d{1,2})?) ?([kmg]?)(?:p|px|fps|bps|bit/s|bits|b)?", re.ASCII
)
_SHARE: Final = re.compile(r"(\d{1,2}|0?\.\d{1,2}) ?(?:%|percent)?", re.ASCII)
_RANGE: Final = re.compile(r"([a-z]{3})[a-z]* ?(?:-|to|\.\.) ?([a-z]{3})[a-z]*")


def spell_duration(text: str) -> str:
    """`90m` for `1h30m`, `1.5h` or `PT1.5H`; empty where it is not clear."""
    plain = text.replace("_", "").strip().lower()
    clock = _CLOCK_SPAN.fullmatch(plain)
    if clock:
        return _spell_clock(*(int(each or 0) for each in clock.groups()), is_short=not clock[3])
    if plain.isascii() and plain.isdigit():
        return f"{plain}s, {plain}m or {plain}h" if int(plain) else "0s"
    if plain.startswith("p"):
        days, _, rest = plain.removeprefix("p").partition("t")
        plain = "" if "m" in days else days + rest  # `P1M` is a month.
    parts = [*_PART.finditer(plain)]
    if not parts or "".join(each[0] for each in parts) != plain:
        return ""
    return _format_seconds(sum((Decimal(each[1]) * _UNITS[each[2][0]] for each in parts), _NONE))


def _spell_clock(first: int, second: int, third: int, *, is_short: bool) -> str:
    hours = _format_seconds(Decimal(first * 3_600 + second * 60 + third))
    minutes = _format_seconds(Decimal(first * 60 + second))
    return f"{hours}, or {minutes} for minutes and seconds" if is_short and minutes else hours


_NONE: Final = Decimal(0)


def _format_seconds(seconds: Decimal) -> str:
    exact = ((seconds / size, unit) for unit, size in _WRITTEN if seconds % size == 0)
    count, unit = next(exact, (_NONE, ""))
    return f"{count.normalize():f}{unit}" if count else ""


def spell_time(text: str) -> str:
    """`"09:30"` for `9:30` or `9.30am`, `"00:00"` for `24:00`; empty where it is not clear."""
    found = _TIME.fullmatch(text.strip().lower())
    if found is None or not (found[2] or found[3]):
        return ""
    hour = int(found[1])
    if found[3] and not 1 <= hour <= 12:
        return ""
    if found[3]:
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    minute = found[2] or "00"
    if hour > 24 or (hour == 24 and minute != "00"):
        return ""
    return f'"{hour % 24:02}:{minute}"'


def spell_share(text: str) -> str:
    """`80%` for `0.8`, `80` or `80 percent`; empty where it is not clear."""
    found = _SHARE.fullmatch(text.strip().lower())
    if found is None:
        return ""
    percent = Decimal(found[1]) * (100 if "." in found[1] else 1)
    return f"{percent:.0f}%" if percent >= 1 else ""


def spell_number(text: str) -> str:
    """`8500000` for `8.5M`, `1080` for `1080p`, `10` for `010`, `0.95` for `95%`.

    Empty where it is not clear.
    """
    plain = text.strip().lower()
    found = _NUMBER.fullmatch(plain.removesuffix("%"))
    if found is None:
        return ""
    number = Decimal(found[1].replace("_", "")) * _FACTORS[found[2]]
    number = number / 100 if plain.endswith("%") else number
    return f"{number:.0f}" if number == number.to_integral_value() else f"{number.normalize():f}"


def spell_weekdays(text: str) -> list[str]:
    """`mon, tue, wed, thu, fri` for `mon-fri`, `mon` for `Monday`; none where it is not clear."""
    plain = text.strip().lower()
    days = [str(day) for day in WEEK]
    known = {"weekdays": days[:5], "weekend": days[5:], "daily": days, "everyday": days}
    if plain in known:
        return known[plain]
    found = _RANGE.fullmatch(plain)
    if found and found[1] in days and found[2] in days:
        first, last = days.index(found[1]), days.index(found[2])
        return days[first : last + 1] if first <= last else days[first:] + days[: last + 1]
    if re.fullmatch(r"(mon|tues?|wednes|thurs?|fri|satur|sun)(day)?|wed|thu|sat", plain):
        return [plain[:3]]
    return []
