"""Actions that would go on for ever: what they do is a breach of the rule that asks for it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from streamwarden.domain.rules.tags.required_tags import RequiredTags
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Status
from streamwarden_cli.policy.lint.warnings import LintWarning
from streamwarden_cli.policy.parsed import ParsedRule

_CHANNEL: Final = "arn:aws:ivs:us-east-1:111122223333:channel/aChannel"
_ANY_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)


def self_triggering(rule: ParsedRule) -> Iterator[LintWarning]:
    """Tags that are set to values which the rule itself refuses."""
    check = rule.document.params
    if not isinstance(check, RequiredTags):
        return
    for place, action in rule.actions():
        for key in action.tags.keys() & check.tags.keys():
            fault = _fault(check, key, action.tags[key])
            if fault is not None:
                message = f"its own action sets a value that the rule refuses ({fault})"
                yield LintWarning(
                    place, rule.id, message, "set one that is allowed, or allow this one"
                )


def _fault(check: RequiredTags, key: str, value: str) -> str | None:
    """What the rule says of a channel with nothing but this tag."""
    alone = RequiredTags(tags={key: check.tags[key]})
    tags = Stamped(at=_ANY_TIME, value={key: value})
    facts = Facts(Resource(arn=_CHANNEL, listed_tags=tags))
    finding = alone.prepare()(facts, _ANY_TIME)
    return finding.reason if finding.status is Status.BREACH else None
