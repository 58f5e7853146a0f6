"""What a file is that is neither JSON nor YAML, by its first bytes, and what to do with it."""

import re
from typing import Final

_UTF_16: Final = "text in UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"
_FORMS: Final = (
    (b"PK\x03\x04", "a zip archive; unpack it, and give the folder"),
    (b"BZh", "a bzip2 archive; unpack it (gzip is read as it is)"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it (gzip is read as it is)"),
    (b"\x89PNG", "a picture (PNG); give a text file"),
    (b"\xff\xd8\xff", "a picture (JPEG); give a text file"),
    (b"%PDF", "a PDF; give a text file"),
    (b"PAR1", "a table (Parquet); export it as JSON"),
    (b"\xff\xfe", _UTF_16),
    (b"\xfe\xff", _UTF_16),
)
_CSV: Final = "a table (CSV); export it as JSON"
# Two cells at least, and no sign that JSON begins with or that prose has beside a comma.
_HEADINGS: Final = re.compile(rb"\s*[\w@.\"-]+(,[\w@.\"-]+)+\s*")


def other_form(content: bytes) -> str:
    """Empty where the bytes may be JSON or YAML."""
    if b"\0" in content[:2]:  # without a mark of the order of bytes
        return _UTF_16
    return next((form for begin, form in _FORMS if content.startswith(begin)), "")


def form_of_text(content: bytes) -> str:
    """Of a text that is not JSON. Empty where it is not known."""
    return _CSV if _HEADINGS.fullmatch(content.partition(b"\n")[0]) else ""
