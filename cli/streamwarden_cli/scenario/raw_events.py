"""From paths to raw events: JSON, JSON Lines, gzip of either, folders of them, standard input."""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from json import JSONDecoder
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from streamwarden_cli.documents.forms import form_of_text, other_form
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.reading import read_bytes
from streamwarden_cli.scenario.envelopes import decode, decode_line, find_events

_SUFFIXES: Final = (".json", ".jsonl", ".ndjson", ".gz")
_LINES: Final = (".jsonl", ".ndjson")
_GZIP: Final = b"\x1f\x8b"
# Of one file, unpacked: some 200,000 events. What is packed may be a thousand times as large.
_LARGEST: Final = 128 << 20
_BYTE: Final = re.compile(r" \(byte (\d+)\)$")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


# Never part of a cycle, so the garbage collector can skip thousands of them.
class RawEvent(Struct, frozen=True, kw_only=True, gc=False):
    """One event as it was read; `position` is `file`, `file:line`, and where in that it is.

    So `day.jsonl:3`, `trail.json.gz.Records[7]`.

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
    if not _is_folder(path):
        return [path]
    found = sorted(each for each in path.rglob("*") if each.suffix in _SUFFIXES and each.is_file())
    if not found:
        names = ", ".join(f"*{suffix}" for suffix in _SUFFIXES)
        raise InvalidInput(f"{path}: the folder has no file of events ({names})")
    return found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long; reading it says so
        return False


def _events(file: Path) -> Iterator[RawEvent]:
    content = _content(file)
    if file.name.removesuffix(".gz").endswith(_LINES):
        yield from _lines(file, content)
        return
    try:
        document = decode(content)
    except ValueError as error:
        if _begins_with_a_whole_line(content):
            yield from _lines(file, content)
        elif (several := _several(content)) is not None:
            for number, each in enumerate(several):
                yield from _found(each, f"{file}[{number}]")
        elif form := form_of_text(content):
            raise InvalidInput(f"{file}: expected JSON, found {form}") from error
        else:
            raise InvalidInput(f"{file}:{_line(content, error)}: {_describe(error)}") from error
        return
    yield from _found(document, str(file))


def _content(file: Path) -> bytes:
    try:
        content = read_bytes(file)
        if content.startswith(_GZIP):
            with gzip.open(BytesIO(content)) as unpacked:
                content = unpacked.read(_LARGEST + 1)
            if len(content) > _LARGEST:
                raise InvalidInput(f"{file}: more than {_LARGEST >> 20} MiB, unpacked; split it")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidInput(f"{file}: the gzip is damaged: {error}") from error
    except OSError as error:
        raise InvalidInput(f"{file}: the file cannot be read: {error.strerror}") from error
    if form := other_form(content):
        raise InvalidInput(f"{file}: expected JSON, found {form}")
    return content.removeprefix(_BYTE_ORDER_MARK)


def _lines(file: Path, content: bytes) -> Iterator[RawEvent]:
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        position = f"{file}:{number}"
        try:
            document = decode_line(line.decode())
        except ValueError as error:
            yield RawEvent(position=position, fault=_describe(error))
        else:
            yield from _found(document, position)


def _found(document: Any, position: str) -> Iterator[RawEvent]:
    for path, value, fault in find_events(document):
        yield RawEvent(position=f"{position}{path}", value=value, fault=fault)


def _begins_with_a_whole_line(content: bytes) -> bool:
    """Whether this is JSON Lines whatever its name: the first line is a document of its own."""
    first, _, _ = content.strip().partition(b"\n")
    try:
        return isinstance(decode_line(first.decode()), dict)
    except ValueError:
        return False


def _several(content: bytes) -> list[Any] | None:
    """Documents that follow each other, each over several lines, as `jq .` prints them."""
    decoder, found = JSONDecoder(), list[Any]()
    try:
        text, begin = content.decode().strip(), 0
        while begin < len(text):
            end = decoder.raw_decode(text, begin)[1]
            found.append(decode(text[begin:end]))
            begin = end
            while text[begin : begin + 1].isspace():
                begin += 1
    except (ValueError, RecursionError):
        return None
    return found


def _line(content: bytes, error: ValueError) -> int:
    """Of a document that was cut off, the last one."""
    byte = _BYTE.search(str(error))
    return content.rstrip().count(b"\n", 0, int(byte[1]) if byte else None) + 1


# What msgspec says of `foo` too, which begins as `false` does.
_CLEARER: Final = {"Input data was truncated": "it is plain text, or ends in the middle"}


def _describe(error: ValueError) -> str:
    said = _BYTE.sub("", str(error)).removeprefix("JSON is malformed: ")
    return f"not JSON: {_CLEARER.get(said, said)}"


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
