"""What senders outside may write: people read it in messages and logs, and follow its links.

The expressions mean the same to Python and in a JSON Schema. So the end is written as "nothing
follows": `$` would let a line break pass in Python.
"""

from typing import Final

# Control characters, and those that turn the direction of writing, make a line say something else.
PLAIN_TEXT: Final = r"^(?![\s\S]*[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069])"
# The characters of RFC 3986 behind a host, without a user before it.
HTTPS_URL: Final = (
    r"^https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?(?![\s\S])"
)

_DESCRIPTIONS: Final = {
    repr(PLAIN_TEXT): "text without control characters",
    repr(HTTPS_URL): "a URL such as https://example.com/evidence.jpg",
}


def meaning_of(quoted_pattern: str) -> str:
    """What a pattern demands; `quoted_pattern` is its `repr`, which msgspec shows."""
    return _DESCRIPTIONS.get(quoted_pattern, f"text that matches {quoted_pattern}")
