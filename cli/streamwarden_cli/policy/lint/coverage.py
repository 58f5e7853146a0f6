"""What one selection takes of what another one takes: all of it for certain, or some of it."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from streamwarden.domain.filters import Match
from streamwarden.domain.globs import Texts, is_glob, matcher
from streamwarden_cli.policy.globs import can_overlap
from streamwarden_cli.policy.parsed import ParsedRule

_PLACES: Final = ("name", "type", "arn", "region", "account")


class Selection(Protocol):
    """Globs in fields, and globs for the values of tags; no glob takes everything."""

    @property
    def tags(self) -> Mapping[str, Texts]: ...


def selects_more(one: ParsedRule, other: ParsedRule) -> bool:
    """Whether `one` is certainly about all that `other` is about."""
    mine, its = one.document, other.document
    return (
        mine.when in (None, its.when)
        and mine.exemption in (None, its.exemption)
        and takes_all(mine.match, its.match, _PLACES)
    )


def takes_all[T: Selection](one: T, other: T, fields: Iterable[str]) -> bool:
    """Whether `one` certainly takes all that `other` takes."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in fields]
    pairs += [(globs, other.tags.get(key, ())) for key, globs in one.tags.items()]
    return all(_accepts_all(*pair) for pair in pairs)


def _accepts_all(globs: Texts, narrower: Texts) -> bool:
    if not globs or globs == narrower:
        return True
    if not narrower or any(map(is_glob, narrower)):
        return False
    return all(map(matcher(globs), narrower))


def can_match_both(one: Match, other: Match, key: str = "") -> bool:
    """Whether a channel may match both, whatever its tag `key` is."""
    shared = (one.tags.keys() & other.tags.keys()) - {key}
    pairs = [(getattr(one, name), getattr(other, name)) for name in _PLACES]
    pairs += [(one.tags[name], other.tags[name]) for name in shared]
    return all(_can_be_both(*pair) for pair in pairs)


def _can_be_both(one: Texts, other: Texts) -> bool:
    return not (one and other) or any(can_overlap(mine, its) for mine in one for its in other)
