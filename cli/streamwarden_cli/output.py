"""What the command prints, all of it: the one place where its lines go out, without stream keys."""

import sys
from collections.abc import Iterable, Iterator
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
        self._pass_on(lines + end)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for each in lines:
            self.write(each)

    def flush(self) -> None:
        """All but the last word, which may be the beginning of a key."""
        words, self._begun = _without_last_word(self._begun)
        self._pass_on(words)
        self._behind.flush()

    def finish(self) -> None:
        """All that was written: nothing more comes."""
        begun, self._begun = self._begun, ""
        self._pass_on(begun)
        self._behind.flush()

    def _pass_on(self, text: str) -> None:
        if text:
            self._behind.write(without_stream_keys(text))


def _without_last_word(text: str) -> tuple[str, str]:
    """The text up to its last white space, and what comes after that."""
    if not text or text[-1].isspace():
        return text, ""
    word = text.split()[-1]
    return text.removesuffix(word), word


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
        out.finish()
        err.finish()
