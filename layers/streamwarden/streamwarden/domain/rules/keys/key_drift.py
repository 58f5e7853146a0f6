"""The callers that may replace a stream key."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.globs import Texts
from streamwarden.domain.rules.authorship import CLOSES_AFTER, author_matcher
from streamwarden.domain.rules.check import Check, Judge, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Author
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Finding


class KeyDrift(Check, frozen=True):
    """Only the callers in `by`, globs of IAM ARNs, may create and delete stream keys.

    The key that IVS creates with a channel is never a breach. The breach lasts for 24 hours, or
    until an allowed caller replaces the key. The rule does not know the roles of Streamwarden. If
    Streamwarden rotates keys, `by` must also name the role of `rotate_keys`. The record of a
    deletion names only the key, and not its channel. It counts only if the channel of the key is
    known: from the key's creation, from a rotation, or because a rule reads tags of stream keys.
    Data: CloudTrail `CreateStreamKey` and `DeleteStreamKey`. Costs no IVS call.
    """

    traits: ClassVar = frozenset({Trait.TAGS})

    by: Texts

    def __post_init__(self) -> None:
        if not self.by:
            raise ValueError("`by`: name at least one who may make and delete keys")

    def prepare(self) -> Judge:
        may_change = author_matcher(self.by)

        def judge(facts: Facts, now: datetime) -> Finding:
            change = facts.state.key_author
            if change is None:
                return _UNTOUCHED
            if may_change(change.value):
                return _IN_ORDER
            closes_at = change.at + CLOSES_AFTER
            if now >= closes_at:
                return _LONG_AGO
            return breach(
                f"the stream key was {_describe_done(change, facts)} by {change.value.full_name}",
                about=RESOURCE,
                since=min(change.at, now),
                compared={"key_author": change},
                recheck_at=closes_at,
            )

        return judge


_UNTOUCHED: Final = not_applicable("no creation or deletion of a stream key was seen")
_IN_ORDER: Final = compliant("the stream key was last changed by an allowed caller")
_LONG_AGO: Final = not_applicable("the last change of the stream key is more than 24h old")


def _describe_done(change: Stamped[Author], facts: Facts) -> str:
    key = facts.state.key_arn
    is_deleted = key is not None and key.value is None and key.at == change.at
    return "deleted" if is_deleted else "replaced"
