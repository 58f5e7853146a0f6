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

    def lists(self, record: Record) -> bool:
        """Whether records of this kind are shown one by one."""
        return not self.words or record.word in self.words

    def is_about(self, record: Record, name: str) -> bool:
        """`name` is the channel's. The summary counts all, so it is about everything."""
        if isinstance(record, SummaryRecord):
            return True
        return self._has_rule(record) and self.has_channel(arn_of(record) or "", name)

    def has_channel(self, arn: str, name: str) -> bool:
        return not self.channels or any(
            fnmatchcase(text, glob) for glob in self.channels for text in (arn, name)
        )

    def _has_rule(self, record: Record) -> bool:
        """What is of no rule, such as an event, is left out where rules are selected."""
        return not self.rules or getattr(record, "rule", None) in self.rules


def arn_of(record: Record) -> str | None:
    """What a record is about; None for what has no resource."""
    if isinstance(record, CallRecord):
        arns = (each for each in map(str, record.parameters.values()) if each.startswith("arn:"))
        return next(arns, None)
    return getattr(record, "channel_arn", None)
