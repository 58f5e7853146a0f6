"""From paths to raw events: single events, JSON arrays, JSON Lines, and folders of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from streamwarden.domain.redaction import redacted
from streamwarden_cli.documents.problems import InvalidInput

_SUFFIXES: Final = (".json", ".jsonl")
_BYTE: Final = re.compile(r" \(byte (\d+)\)$")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEvent:
    """One event as it was read; `position` is `file`, `file[index]` or `file:line`.

    `fault` says why nothing could be read there; a broken line spoils only itself.
    """

    position: str
    value: Any = None
    fault: str | None = None


def read_events(paths: Iterable[Path]) -> Iterator[RawEvent]:
    """Raises InvalidInput for a file that cannot be read at all."""
    for path in paths:
        for file in _files(path):
            yield from _events(file)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.rglob("*") if each.suffix in _SUFFIXES and each.is_file())
    if not found:
        raise InvalidInput(f"{path}: the folder holds no *.json and no *.jsonl file")
    return found


def _events(file: Path) -> Iterator[RawEvent]:
    try:
        content = file.read_bytes().removeprefix(_BYTE_ORDER_MARK)
    except OSError as error:
        raise InvalidInput(f"{file}: the file cannot be read: {error.strerror}") from error
    if file.suffix == ".jsonl":
        yield from _lines(file, content)
        return
    try:
        document = _decode(content)
    except ValueError as error:
        if not _begins_with_a_whole_line(content):
            raise InvalidInput(f"{file}:{_line(content, error)}: {_describe(error)}") from error
        yield from _lines(file, content)
        return
    if isinstance(document, list):
        yield from (
            RawEvent(position=f"{file}[{at}]", value=each) for at, each in enumerate(document)
        )
    else:
        yield RawEvent(position=str(file), value=document)


def _lines(file: Path, content: bytes) -> Iterator[RawEvent]:
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        position = f"{file}:{number}"
        try:
            yield RawEvent(position=position, value=_decode(line))
        except ValueError as error:
            yield RawEvent(position=position, fault=_describe(error))


def _begins_with_a_whole_line(content: bytes) -> bool:
    """Whether this is JSON Lines whatever its name: the first line is an event of its own."""
    first, _, rest = content.strip().partition(b"\n")
    try:
        return bool(rest) and isinstance(_decode(first), dict)
    except ValueError:
        return False


def _decode(content: bytes) -> Any:
    """Without stream keys, which neither the services nor the simulated world are to see."""
    try:
        return redacted(msgspec.json.decode(content))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _line(content: bytes, error: ValueError) -> int:
    """Of a document that was cut off, the last one."""
    byte = _BYTE.search(str(error))
    return content.rstrip().count(b"\n", 0, int(byte[1]) if byte else None) + 1


def _describe(error: ValueError) -> str:
    return f"not JSON: {_BYTE.sub('', str(error)).removeprefix('JSON is malformed: ')}"


def moved(value: Any, by: timedelta) -> Any:
    """An event, or a part of one, with every moment in it moved by the same span."""
    match value:
        case dict():
            return {key: moved(member, by) for key, member in value.items()}
        case list():
            return [moved(member, by) for member in value]
        case str() if len(value) >= 20 and value[4:5] == "-" and value[10:11] == "T":
            return _moved_moment(value, by)
        case _:
            return value


def _moved_moment(text: str, by: timedelta) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment + by).strftime("%Y-%m-%dT%H:%M:%SZ")
