"""The one redactor: nothing that enters or leaves Streamwarden holds the value of a stream key.

A value is redacted before it is encoded. A text may have been encoded before it came, though, once
or several times, so a key is also found where JSON, JavaScript, Python, C, a URL, HTML or
quoted-printable has escaped it.

Behind a letter or digit a key is only found in its whole form, since names end like one begins:
`helpdesk_eu-west-1_frontend_production` stays. The whole form is an id of 9 to 16 letters and
digits, and a secret of 8 or more with a digit, or with a capital behind its first letter. A name
that has all of that is taken for a key: too much is better than too little. The whole form of the
key of an ingest configuration of real-time has an account, a region, an id and a secret.

Not found is a key that somebody has taken apart: by a character of no width, a NUL, a line break or
anything else between its letters. Nor is one that is encoded as a whole, such as in Base64.
"""

import re
from collections.abc import Sequence
from functools import cache
from operator import is_
from typing import Any, Final, cast

import msgspec

# May stand wherever a key was: IVS takes it for a channel's name, and AWS for a tag.
REDACTED: Final = "sk_REDACTED"


def _as_itself_or_escaped(plain: str, code: str, number: str, octal: str, name: str = "") -> str:
    """A pattern of one character, as it stands or as any encoding writes it.

    `code`, `number` and `octal` match its code point in hexadecimal, decimal and octal digits,
    `name` is what HTML calls it. A sign that escapes may be escaped itself, and as often as one
    likes: `%255F`.

    Nothing that repeats is given back, and a row of backslashes is only looked at from its first
    one. So every step goes on in the text, and the time is linear in its length.
    """
    named = f"|{name}" if name else ""
    return (
        rf"(?:{plain}"
        rf"|%(?:25)*+(?:u00)?+(?:{code})"
        rf"|=(?:3d)*+(?:{code})"
        rf"|(?<!\\)\\++(?:(?:u(?:0000)?+00|x|[ux]\{{0*+)(?:{code})\}}?+|0*+(?:{octal}))"
        rf"|&(?:amp;)*+(?:\#0*+(?:{number})|\#x0*+(?:{code}){named});?+)"
    )


_S: Final = _as_itself_or_escaped("s", "[57]3", "83|115", "1[26]3")
_K: Final = _as_itself_or_escaped("k", "[46]b", "75|107", "1[15]3")
_R: Final = _as_itself_or_escaped("r", "[57]2", "82|114", "1[26]2")
_T: Final = _as_itself_or_escaped("t", "[57]4", "84|116", "1[26]4")
_UNDERSCORE: Final = _as_itself_or_escaped("_", "5f", "95", "137", "(?:lowbar|UnderBar)")
_HYPHEN: Final = _as_itself_or_escaped("-", "2d", "45", "55")
_DIGIT: Final = _as_itself_or_escaped("[0-9]", "3[0-9]", "4[89]|5[0-7]", "6[0-7]|7[01]")
_SMALL: Final = _as_itself_or_escaped(
    "(?-i:[a-z])",
    "6[1-9a-f]|7[0-9a]",
    "9[7-9]|1[01][0-9]|12[0-2]",
    "1(?:4[1-7]|[56][0-7]|7[0-2])",
)
_CAPITAL: Final = _as_itself_or_escaped(
    "(?-i:[A-Z])", "4[1-9a-f]|5[0-9a]", "6[5-9]|[78][0-9]|90", "1(?:0[1-7]|[12][0-7]|3[0-2])"
)
_LETTER: Final = _as_itself_or_escaped(
    "[a-z]",
    "[46][1-9a-f]|[57][0-9a]",
    "6[5-9]|[78][0-9]|9[07-9]|1[01][0-9]|12[0-2]",
    "1(?:[04][1-7]|[1256][0-7]|[37][0-2])",
)
_LETTER_OR_DIGIT: Final = f"(?:{_LETTER}|{_DIGIT})"

# Key values look like sk_us-west-2_abcdABCDefgh_567890abcdef (API Reference, StreamKey).
_REGION: Final = f"{_LETTER}{_LETTER}(?:{_HYPHEN}{_LETTER}++)++{_HYPHEN}{_DIGIT}++"
_HEAD: Final = f"{_S}{_K}{_UNDERSCORE}{_REGION}{_UNDERSCORE}"
# Those of ingest configurations look like rt_123456789012_us-west-2_abcd-EFGH_567890abcdef (API
# Reference for real-time, StreamKey).
_INGEST_HEAD: Final = f"{_R}{_T}{_UNDERSCORE}{_DIGIT}{{12}}+{_UNDERSCORE}{_REGION}{_UNDERSCORE}"
_REST: Final = rf"(?:{_LETTER_OR_DIGIT}|{_UNDERSCORE}|{_HYPHEN}|[^\s\"'`\\,;])"

# Without the words that names are made of, and without what we put there ourselves.
_INGEST_ID: Final = f"(?:{_LETTER_OR_DIGIT}|{_HYPHEN})++"
_ID: Final = f"{_LETTER_OR_DIGIT}{{9,16}}+"
_SECRET: Final = (
    f"(?!{REDACTED.removeprefix('sk_')})(?={_LETTER_OR_DIGIT}{{8}})"
    f"(?:{_DIGIT}|{_LETTER}{_SMALL}*+(?:{_CAPITAL}|{_DIGIT}))"
)

# What an encoding writes for one character may end in a letter or digit: \n, \u00e9, %0A. The last
# byte of a character in UTF-8 is below C0, so that `50%desk_eu-west-1_a` is no such end.
_ESCAPE: Final = (
    r"(?:\\|%(?:25)*5c)(?:u(?:0000)?+[0-9a-f]{4}|x[0-9a-f]{2}|[0-7]{1,3}+|[a-z])"
    r"|(?:%(?:25)*|=(?:3d)*)[0-9ab][0-9a-f]|%(?:25)*u[0-9a-f]{4}"
    r"|&(?:amp;)*+\#(?:[0-9]++|x[0-9a-f]++)"
)

# Names and tags hold much that is only like a key: risk_level_eu, task_force_event. So the region
# is asked for, and behind a letter or digit the whole form.
_STREAM_KEY: Final = (
    f"({_ESCAPE}|(?<![a-z0-9]))(?:{_HEAD}|{_INGEST_HEAD}){_REST}++"
    f"|{_HEAD}{_ID}{_UNDERSCORE}{_SECRET}{_REST}*+"
    f"|{_INGEST_HEAD}{_INGEST_ID}{_UNDERSCORE}{_REST}++"
)
_SHORTEST: Final = len("sk_eu-a-1_x")


@cache
def _stream_key() -> re.Pattern[str]:
    """Compiled when the first text asks for it: hardly any does, and every cold start would wait
    for it."""
    return re.compile(_STREAM_KEY, re.IGNORECASE)


def without_stream_keys(text: str) -> str:
    """The text with every stream key's value replaced; the same object where there is none."""
    if not may_hold_key(text):
        return text
    found = _stream_key().sub(rf"\1{REDACTED}", text)
    return text if found == text else found


def may_hold_key(text: str) -> bool:
    """Quick, and never wrong in saying no: most texts hold none, and are asked about at once.

    An underscore is written as it is, or begins with one of these signs. Nearly every text has none
    of them, and is looked through for one character faster than for two.
    """
    if len(text) < _SHORTEST:
        return False
    if "%" in text or "\\" in text or "&" in text:
        return True
    if "=" in text and ("=5" in text or "=3" in text):
        return True
    lowered = text.lower()
    return "sk_" in lowered or ("rt_" in lowered and _may_hold_ingest_key(lowered))


def _may_hold_ingest_key(lowered: str) -> bool:
    """Whether a digit is behind it: many names end in these letters, such as `start_time`."""
    at = lowered.find("rt_")
    while at >= 0:
        if lowered[at + 3 : at + 4].isdigit():
            return True
        at = lowered.find("rt_", at + 1)
    return False


def redacted[T](value: T) -> T:
    """The same builtins value with every text and name in it redacted.

    It is the same object where nothing changes. What is no text, list, tuple or dictionary stays.
    """
    return value if _is_free_of_keys(value) else cast("T", _redacted(value))


def _is_free_of_keys(value: object) -> bool:
    """Whether its JSON shows it, which takes a tenth of the time of reading every text."""
    try:
        return not may_hold_key(msgspec.json.encode(value).decode())
    except (TypeError, ValueError, RecursionError):
        return False


def _redacted(value: object) -> object:
    match value:
        case str():
            return without_stream_keys(value)
        case dict():
            return _redacted_members(value)
        case list():
            return _redacted_items(value)
        case tuple():
            found = tuple(_redacted_items(value))
            return value if all(map(is_, found, value)) else found
        case _:
            return value


def _redacted_items(items: Sequence[object]) -> Sequence[object]:
    found = [_redacted(each) for each in items]
    return items if all(map(is_, found, items)) else found


def _redacted_members(members: dict[Any, Any]) -> dict[Any, Any]:
    found = {_redacted(name): _redacted(value) for name, value in members.items()}
    if len(found) < len(members):
        # Two names have become one. Of two listings in different orders the same one must stay.
        in_order = sorted(members.items(), key=lambda member: str(member[0]))
        return {_redacted(name): _redacted(value) for name, value in in_order}
    is_same = all(map(is_, found, members)) and all(map(is_, found.values(), members.values()))
    return members if is_same else found


def redacted_struct[T: msgspec.Struct](value: T) -> T:
    """The same struct with every text in it redacted; the same object where nothing changes."""
    members = msgspec.to_builtins(value)
    found = redacted(members)
    return value if found is members else msgspec.convert(found, type(value))


def redacted_json(text: str) -> str:
    """JSON text with the values and names that it encodes redacted; any other text likewise.

    It is only decoded where it may hold a key, and stays as it is where it holds none.
    """
    if not may_hold_key(text):
        return text
    try:
        value = msgspec.json.decode(text)
        found = _redacted(value)
    except (msgspec.DecodeError, RecursionError):
        return without_stream_keys(text)
    return text if found is value else msgspec.json.encode(found).decode()


def redact_error(error: BaseException) -> None:
    """Take the keys out of what an error says, and of what the errors say that led to it.

    Lambda, for example, prints an error that nobody catches without a redactor.
    """
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        cause.args = redacted(cause.args)
        cause = cause.__cause__ or cause.__context__
