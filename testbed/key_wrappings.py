"""What may stand around the value of a stream key, or be done to it, before anybody looks at it.

Out of scope is what takes a key apart: characters of no width or NUL between its letters.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

type Wrapping = Callable[[str], str]

# Made up, in the form of the API reference; nothing but a key ends like this.
SECRET: Final = "567890abcdef"
KEY: Final = f"sk_us-west-2_abcdABCDefgh_{SECRET}"
# That of an ingest configuration of the API for real-time.
INGEST_KEY: Final = f"rt_123456789012_us-west-2_abcd-ABCD-efgh_{SECRET}"


def _behind(text: str) -> Wrapping:
    return lambda key: f"{text}{key}"


def _percent_encoded(text: str) -> str:
    return "".join(f"%{ord(each):02X}" for each in text)


def _with(sign: str) -> Wrapping:
    return lambda key: key.replace("_", sign)


def _in_percent_u(key: str) -> str:
    return "".join(f"%u{ord(each):04x}" for each in f"\n{key}")


def _json_of_json(key: str) -> str:
    return json.dumps({"document": json.dumps({"note": f"key: {key}"})})


WRAPPINGS: Final[Mapping[str, Wrapping]] = {
    "bare": _behind(""),
    "upper case": str.upper,
    "behind a newline": _behind("x\n"),
    "behind a tab": _behind("x\t"),
    "behind a carriage return": _behind("x\r"),
    "behind a control character": _behind("x\x1b"),
    "behind a no-break space": _behind("x\u00a0"),
    "behind an ASCII letter": _behind("x"),
    "behind a digit": _behind("7"),
    "behind another letter": _behind("é"),
    "behind a letter beyond 16 bits": _behind("\U00010428"),
    "behind a typographic quote": _behind("\u201c"),
    "behind an apostrophe": _behind("'"),
    "behind a double quote": _behind('"'),
    "behind a backslash": _behind("\\"),
    "behind a slash": _behind("rtmps://host:443/app/"),
    "behind an equals sign": _behind("key="),
    "behind a colon": _behind("key:"),
    "behind an underscore": _behind("key_"),
    "in quotes": lambda key: f"the key '{key}', or \"{key}\"",
    "twice": lambda key: f"{key}\n{key}",
    "percent-encoded underscores": _with("%5F"),
    "in lower case": _with("%5f"),
    "percent-encoded twice": _with("%255F"),
    "percent-encoded underscores and hyphens": lambda key: _with("%5F")(key).replace("-", "%2D"),
    "in a percent-encoded text": lambda key: quote(f"key: {key}\n{key}"),
    "in a text percent-encoded twice": lambda key: quote(quote(f"key: {key}\n{key}")),
    "all of it percent-encoded": _percent_encoded,
    "all of it percent-encoded twice": lambda key: quote(_percent_encoded(key)),
    "JSON": lambda key: json.dumps({"note": f"x\n{key}"}),
    "a name in JSON": lambda key: json.dumps({f"\t{key}": 1}),
    "JSON of JSON": _json_of_json,
    "JSON of JSON of JSON behind a newline": lambda key: json.dumps(_json_of_json(f"x\n{key}")),
    "JSON of JSON of JSON behind another letter": lambda key: json.dumps(_json_of_json(f"é{key}")),
    "percent-encoded JSON": lambda key: quote(json.dumps({"note": f"x\n{key}"})),
    "JSON escapes": _with("\\u005f"),
    "JSON escapes in JSON": lambda key: json.dumps(_with("\\u005F")(key)),
    "all of it JSON escapes": lambda key: "".join(f"\\u{ord(each):04x}" for each in key),
    "Python escapes": _with("\\x5f"),
    "long Python escapes": _with("\\U0000005f"),
    "JavaScript's escapes of a code point": _with("\\u{5f}"),
    "JavaScript's percent-encoding": _with("%u005f"),
    "in a text in JavaScript's percent-encoding": _in_percent_u,
    "octal escapes": _with("\\137"),
    "all of it octal escapes": lambda key: "".join(f"\\{ord(each):03o}" for each in key),
    "quoted-printable": _with("=5F"),
    "quoted-printable behind a newline": lambda key: f"x=0A{_with('=5F')(key)}",
    "quoted-printable twice": _with("=3D5F"),
    "all of it quoted-printable": lambda key: _percent_encoded(key).replace("%", "="),
    "HTML references": _with("&#95;"),
    "HTML references without a semicolon": _with("&#95"),
    "behind an HTML reference without a semicolon": _behind("x&#10"),
    "hexadecimal HTML references": lambda key: _with("&#x5f;")(key).replace("-", "&#x2D;"),
    "HTML references of both": lambda key: _with("&lowbar;")(key).replace("-", "&#45;"),
    "HTML references of HTML references": _with("&amp;#95;"),
}

# For what asks the same redactor as everything else: once as it is, once behind what must stay,
# once where JSON has escaped it.
FEW_WRAPPINGS: Final[Mapping[str, Wrapping]] = {
    name: WRAPPINGS[name] for name in ("bare", "behind a newline", "JSON of JSON")
}


_ESCAPED: Final = re.compile(
    r"(?:(?:%(?:25)*(?:u00)?|=(?:3d)*|\\+u00)(?P<hex>[0-9a-f]{2})|\\+(?P<octal>[0-7]{3}))",
    re.IGNORECASE,
)


def holds_secret(text: str) -> bool:
    """Whether a text still has the end of the key's value, also where each letter is escaped."""
    return SECRET in _ESCAPED.sub(_unescaped, text).lower() or SECRET in text.lower()


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape["hex"], 16) if escape["hex"] else int(escape["octal"], 8))
