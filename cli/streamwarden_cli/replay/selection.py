"""Which records are shown: of which channels, rules and kinds."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, get_args

from streamwarden_cli.replay.records import CallRecord, Record, SummaryRecord

WORDS: Final = tuple(str(each.__struct_config__.tag) for each in get_args(Record.__value__))


@dataclass(frozen=True, slots=True)
class Selection:
    """What is empty selects all. `channels` are ARNs, names, or globs of either."""

    channels: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def has(self, record: Record, name: str) -> bool:
        """`name` is the channel's. The summary counts all, so it is shown unless words leave it."""
        if self.words and record.word not in self.words:
            return False
        if isinstance(record, SummaryRecord):
            return True
        return self._has_rule(record) and self._has_channel(record, name)

    def _has_rule(self, record: Record) -> bool:
        """What is of no rule, such as an event, is left out where rules are selected."""
        return not self.rules or getattr(record, "rule", None) in self.rules

    def _has_channel(self, record: Record, name: str) -> bool:
        arn = arn_of(record) or ""
        return not self.channels or any(
            fnmatchcase(text, glob) for glob in self.channels for text in (arn, name)
        )


def arn_of(record: Record) -> str | None:
    """What a record is about; None for what has no resource."""
    if isinstance(record, CallRecord):
        arns = (each for each in map(str, record.parameters.values()) if each.startswith("arn:"))
        return next(arns, None)
    return getattr(record, "channel_arn", None)
