"""What a rule itself says of the channels that it is about."""

from collections.abc import Iterator
from typing import Final

from streamwarden.domain.arn import ResourceType, parse_arn
from streamwarden.domain.expressions.closures import is_true
from streamwarden.domain.globs import is_glob, matcher
from streamwarden_cli.policy.document import RuleDocument
from streamwarden_cli.policy.lint.certainty import Assumptions
from streamwarden_cli.policy.lint.nodes import Path
from streamwarden_cli.policy.lint.values import Demand, like

FILLED: Final = Demand(is_true)


def matched(rule: RuleDocument) -> Assumptions:
    """What is known of whatever matches."""
    filled = [(root, name) for root in _roots(rule) for name in ("arn", "id", "region")]
    states = Assumptions([dict.fromkeys((*filled, ("account", "id")), (FILLED,))])
    for path, demand in demands_of(rule):
        states = states.demand(path, demand)
    return states


def selected(rule: RuleDocument) -> Assumptions:
    """What is known of whatever the rule is about, before `unless`."""
    return matched(rule).suppose(rule.when)


def judged(rule: RuleDocument, states: Assumptions) -> Assumptions:
    """What is known beside when the rule is about it, whatever matches."""
    return states.suppose(rule.when).suppose(rule.unless, holds=False)


def conditions_of(rule: RuleDocument) -> Iterator[tuple[str, str]]:
    """Each condition, with the key under which the rule says it."""
    params = rule.params
    where = getattr(params, params.event_condition) if params.event_condition else None
    for key, text in (("when", rule.when), ("unless", rule.unless), ("params", where)):
        if text:
            yield key, text


def demands_of(rule: RuleDocument) -> Iterator[tuple[Path, Demand]]:
    """What `match` asks for."""
    match, roots = rule.match, _roots(rule)
    own = [("arn", match.arn), ("region", match.region), ("name", match.name)]
    of_account = [("id", match.account), ("region", match.region)]
    if len(match.arn) == 1 and not is_glob(match.arn[0]):
        arn = parse_arn(match.arn[0])
        own += [("id", (arn.resource_id,)), ("region", (arn.region,))]
        of_account += [("id", (arn.account,)), ("region", (arn.region,))]
    yield ("resource", "type"), like(tuple(rule.params.judges))
    # A type that is not known yet is matched as an empty text, and is null in expressions.
    if match.type and "channel" in roots and not matcher(match.type)(""):
        yield ("channel", "type"), like(match.type)
    yield from ((("account", name), like(globs)) for name, globs in of_account if globs)
    for root in roots:
        yield from (((root, name), like(globs)) for name, globs in own if globs)
        for key, globs in match.tags.items():
            yield (root, "tags", key), FILLED  # No blank tag matches.
            yield (root, "tags", key), like(globs)


def _roots(rule: RuleDocument) -> tuple[str, ...]:
    """The names under which expressions see what is judged: a channel has two."""
    is_channel = rule.params.judges == {ResourceType.CHANNEL}
    return ("resource", "channel") if is_channel else ("resource",)
