"""What the command prints, all of it: the one place where its lines go out, without stream keys."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO

from streamwarden.domain.redaction import redact_error, without_stream_keys


class WithoutKeys:
    """A stream of text that passes on whole lines, once their stream keys are taken out.

    What it does not do itself, the stream behind it does.
    """

    def __init__(self, behind: TextIO) -> None:
        self._behind = behind
        self._begun = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

    def write(self, text: str) -> int:
        lines, end, begun = (self._begun + text).rpartition("\n")
        self._begun = begun
        if end:
            self._behind.write(without_stream_keys(lines) + end)
        return len(text)

    def flush(self) -> None:
        begun, self._begun = self._begun, ""
        self._behind.write(without_stream_keys(begun))
        self._behind.flush()


@contextmanager
def without_keys() -> Iterator[None]:
    """Whatever is printed meanwhile, also by argparse and by others that know nothing of keys."""
    out, err = WithoutKeys(sys.stdout), WithoutKeys(sys.stderr)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            yield
    except Exception as error:
        redact_error(error)
        raise
    finally:
        out.flush()
        err.flush()
