"""What one selection takes of what another one takes: all of it for certain, or some of it."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.filters import Match
from streamwarden.domain.globs import Texts
from streamwarden.domain.notifications.routing import IncidentMatch
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.globs import can_overlap, contains
from streamwarden_cli.policy.lint.certainty import Assumptions
from streamwarden_cli.policy.lint.nodes import TAGS
from streamwarden_cli.policy.lint.selection import judged, matched, selected
from streamwarden_cli.policy.lint.values import like
from streamwarden_cli.policy.parsed import ParsedRule

_ANYTHING: Final = ("*",)
_PLACES: Final = ("name", "type", "arn", "region", "account")


def selects_more(one: ParsedRule, other: ParsedRule) -> bool:
    """Whether `one` is certainly about all that `other` is about, as long as no exemption ends."""
    mine, its = one.document, other.document
    states = selected(its) if its.unless_until else judged(its, matched(its))
    if mine.when not in (None, its.when) and states.outcome(parse(mine.when)) is not True:
        return False
    own = mine.unless if mine.exemption != its.exemption else None
    if own and (mine.unless_until or states.outcome(parse(own)) is not False):
        return False
    certain = {key: each for key, each in mine.match.tags.items() if is_tag_like(states, key, each)}
    its_match = replace(its.match, tags={**its.match.tags, **certain})
    return takes_all(mine.match, its_match, _PLACES)


def is_tag_like(states: Assumptions, key: str, globs: Texts) -> bool:
    """Whether the tag is certainly there, and like one of these; not where nothing can be."""
    return not states.is_contradictory and any(
        states.demand((*root, key), like(globs, holds=False)).is_contradictory for root in TAGS
    )


def takes_all[T: (Match, IncidentMatch)](one: T, other: T, fields: Iterable[str]) -> bool:
    """Whether `one` certainly takes all that `other` takes. A tag may be missing, no field may."""
    pairs = [(getattr(one, name), getattr(other, name) or _ANYTHING) for name in fields]
    pairs += [(globs, other.tags.get(key, ())) for key, globs in one.tags.items()]
    return all(accepts_all(*pair) for pair in pairs)


def accepts_all(globs: Texts, narrower: Texts) -> bool:
    """Of what may be missing."""
    is_wider = all(any(contains(glob, each) for glob in globs) for each in narrower)
    return not globs or (bool(narrower) and is_wider)


def can_match_both(one: Match, other: Match, key: str = "") -> bool:
    """Whether a channel may match both, whatever its tag `key` is."""
    shared = (one.tags.keys() & other.tags.keys()) - {key}
    pairs = [(getattr(one, name), getattr(other, name)) for name in _PLACES]
    pairs += [(one.tags[name], other.tags[name]) for name in shared]
    return all(_can_be_both(*pair) for pair in pairs)


def _can_be_both(one: Texts, other: Texts) -> bool:
    return not (one and other) or any(can_overlap(mine, its) for mine in one for its in other)
