"""What a rule says to people: its description, its owner and its runbook."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

# A notification has room for a thousand characters of its own text, and shows these beside it.
_LONGEST: Final = 300
_RUNBOOK: Final = "text such as https://wiki.example.com/runbooks/no-marathons"
_URL_SCHEMA: Final = {"format": "uri", "pattern": "^https?://[^/ ]+"}


def _note(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST:
        raise ValueError(f"expected 1 to {_LONGEST} characters, found {len(text.strip())}")
    return " ".join(text.split())


def _url(text: str) -> str:
    try:
        url = urlsplit(text)
    except ValueError:
        url = urlsplit("")
    if url.scheme not in ("http", "https") or not url.hostname or text != "".join(text.split()):
        raise ValueError(f"expected the URL of a page, such as https://…, found {text!r}")
    return text


type Note = Annotated[str, AfterValidator(_note)]
type Runbook = Annotated[
    str,
    AfterValidator(_note),
    AfterValidator(_url),
    Field(description=_RUNBOOK, json_schema_extra=_URL_SCHEMA),
]
