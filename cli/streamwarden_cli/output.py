"""What the command prints, all of it: the one place where its lines go out, without stream keys."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, TextIO

from streamwarden.domain.redaction import redact_error, without_stream_keys


class NotWritten(Exception):
    """What is printed has no place: a disk is full, for example."""


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
        self._write(lines + end)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for each in lines:
            self.write(each)

    def flush(self) -> None:
        """All but the last word, which may be the beginning of a key."""
        words, self._begun = _without_last_word(self._begun)
        self._pass_on(words)

    def finish(self) -> None:
        """All that was written: nothing more comes."""
        begun, self._begun = self._begun, ""
        self._pass_on(begun)

    def _write(self, text: str) -> None:
        """Whole lines at once."""
        with _written():
            if text:
                self._behind.write(without_stream_keys(text))

    def _pass_on(self, text: str) -> None:
        """All of it, at once to be seen."""
        self._write(text)
        with _written():
            self._behind.flush()


@contextmanager
def _written() -> Iterator[None]:
    """Raises NotWritten, and BrokenPipeError where nobody reads."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise NotWritten(f"the output cannot be written: {error.strerror}") from error


def _without_last_word(text: str) -> tuple[str, str]:
    """The text up to its last white space, and what comes after that."""
    if not text or text[-1].isspace():
        return text, ""
    word = text.split()[-1]
    return text.removesuffix(word), word


@contextmanager
def without_keys() -> Iterator[None]:
    """Whatever is printed meanwhile, also by argparse and by others that know nothing of keys.

    Of a stream that the caller has closed, as `>&-` does, Python makes None.
    """
    with Path(os.devnull).open("r+") as nowhere:
        sys.stdin = sys.stdin or nowhere
        out, err = (WithoutKeys(each or nowhere) for each in (sys.stdout, sys.stderr))
        try:
            with redirect_stdout(out), redirect_stderr(err):
                yield
        except Exception as error:
            redact_error(error)
            raise
        finally:
            err.finish()
            out.finish()
