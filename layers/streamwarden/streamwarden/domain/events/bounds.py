"""What an event may hold at most: nothing that it leaves behind may make a later decision fail.

All of this is asked once, while an event is read. What comes after relies on it.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from streamwarden.domain.brief import brief
from streamwarden.domain.duration import format_duration
from streamwarden.domain.events.malformed import MalformedEvent
from streamwarden.domain.events.patterns import HTTPS_URL, PLAIN_TEXT
from streamwarden.domain.redaction import without_stream_keys

type AwareTime = Annotated[datetime, Meta(tz=True)]

# The lengths that the API model gives (StreamId, ChannelArn and the ARNs of other resources).
type StreamId = Annotated[str, Meta(min_length=1, max_length=26)]
type LongestStreamId = Annotated[str, Meta(max_length=26)]
LONGEST_RESOURCE_ARN: Final = 128
type ResourceArn = Annotated[str, Meta(max_length=LONGEST_RESOURCE_ARN)]
# Other services have longer ARNs, and IAM puts a path of 512 characters into those of callers.
type LongestArn = Annotated[str, Meta(max_length=2_048)]
type CallerArn = Annotated[str, Meta(max_length=1_024)]
# A bucket of the early years of S3 may have a name of this length.
type BucketName = Annotated[str, Meta(max_length=255)]
# AWS gives no length for the ids of events and recordings, which are far shorter.
LONGEST_ID: Final = 128
type LongestId = Annotated[str, Meta(max_length=LONGEST_ID)]

# What people write: the lengths of a channel's name and of a tag (API model).
LONGEST_NAME: Final = 128
LONGEST_TAG_KEY: Final = 128
LONGEST_TAG_VALUE: Final = 256

# Far above what IVS measures, and far below what dates and floats cannot express.
type Figure = Annotated[float, Meta(ge=0, le=1e15)]
type Count = Annotated[int, Meta(ge=0, le=10**12)]
# A year. After 48 hours a new recording begins in any case (User Guide, auto-record to S3).
type Milliseconds = Annotated[int, Meta(ge=0, le=366 * 86_400_000)]

# What senders outside write.
type PlainText = Annotated[str, Meta(min_length=1, max_length=64, pattern=PLAIN_TEXT)]
type HttpsUrl = Annotated[str, Meta(max_length=500, pattern=HTTPS_URL)]
type Share = Annotated[float, Meta(ge=0, le=1)]

# IVS exists since 2020. Durations are added to moments and taken from them, which must not leave
# the calendar.
EARLIEST: Final = datetime(2015, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
# Clocks differ by seconds, and a day covers every mistake about a time zone.
MOST_AHEAD: Final = timedelta(days=1)
# A verdict without a stream id is about what is live at its time. So that time must not be ahead.
VERDICT_AHEAD: Final = timedelta(minutes=1)

# EventBridge and CloudTrail keep events and records below it.
_MOST_BYTES: Final = 256 * 1024
_DEEPEST: Final = 32


def check_moment(
    field: str,
    moment: datetime,
    received_at: datetime | None,
    most_ahead: timedelta = MOST_AHEAD,
) -> None:
    """`received_at` is the clock's time; without a clock, only the calendar sets an end.

    Raises MalformedEvent.
    """
    if moment < EARLIEST:
        expected = f"a moment since {EARLIEST.year}"
    elif received_at is None and moment > LATEST:
        expected = f"a moment before the year {LATEST.year}"
    elif received_at is not None and moment - received_at > most_ahead:
        span = "a day" if most_ahead == MOST_AHEAD else format_duration(most_ahead)
        expected = f"a moment at most {span} after {received_at:%Y-%m-%dT%H:%M:%SZ}"
    else:
        return
    raise MalformedEvent(field, f"expected {expected}, found {moment.isoformat()!r}")


def bounded_json(raw: object) -> str:
    """What came, as JSON. Raises MalformedEvent for what is too large, too deep, or no JSON."""
    try:
        text = msgspec.json.encode(raw)
    except (TypeError, ValueError, RecursionError) as error:
        for fault in _faults(raw):
            raise fault from error
        raise _fault("", "expected JSON, found something else") from error
    if len(text) > _MOST_BYTES:
        raise _fault("", f"expected at most {_MOST_BYTES:,} bytes, found {len(text):,}")
    # Values are only looked at where there may be a fault: what is deep has many brackets, and
    # msgspec writes null for what is no finite number.
    may_be_deep = text.count(b"{") + text.count(b"[") > _DEEPEST
    if may_be_deep or (b"null" in text and not _is_finite(raw)):
        for fault in _faults(raw):
            raise fault
    return text.decode()


def _is_finite(value: object) -> bool:
    """Whether every number in it is; not to be asked of what may be deep."""
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_finite, value))
    return not isinstance(value, float) or isfinite(value)


def _faults(raw: object) -> Iterator[MalformedEvent]:
    """Without recursion, which what is nested too deeply would exhaust."""
    left: list[tuple[str, int, object]] = [("", 0, raw)]
    while left:
        path, depth, value = left.pop()
        if depth > _DEEPEST:
            yield _fault(path, f"it is nested too deeply: expected at most {_DEEPEST} levels")
        elif isinstance(value, Mapping):
            left += [(f"{path}.{key}", depth + 1, each) for key, each in value.items()]
            yield from (_no_text(path, key) for key in value if not is_text(key))
        elif isinstance(value, list | tuple):
            left += [(f"{path}[{at}]", depth + 1, each) for at, each in enumerate(value)]
        elif isinstance(value, str) and not is_text(value):
            yield _no_text(path, value)
        elif isinstance(value, float) and not isfinite(value):
            yield _fault(path, f"expected a finite number, found {value}")


def is_text(value: object) -> bool:
    """Whether UTF-8 can write it: half of a surrogate pair is no character."""
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_text(path: str, found: object) -> MalformedEvent:
    return _fault(path, f"expected Unicode text, found {brief(ascii(found), 60)}")


def _fault(path: str, reason: str) -> MalformedEvent:
    """A name in the path is as it came, so it may be anything, also a stream key."""
    field = brief(without_stream_keys(path.removeprefix(".")), 60)
    return MalformedEvent(ascii(field)[1:-1] or "event", without_stream_keys(reason))
