"""What a rule itself says of the channels that it is about."""

from collections.abc import Iterator

from streamwarden.domain.arn import ResourceType, parse_arn
from streamwarden.domain.filters import Match
from streamwarden.domain.globs import Texts, is_glob, matcher
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.document import RuleDocument
from streamwarden_cli.policy.lint.certainty import Assumptions, Path
from streamwarden_cli.policy.lint.values import HOLDS, Constant, Text, Value


def matched(rule: RuleDocument) -> Assumptions:
    """What is known of whatever matches."""
    roots = _roots(rule)
    always = [(root, name) for root in roots for name in ("arn", "id", "region")]
    states = Assumptions(dict.fromkeys([*always, ("account", "id")], HOLDS))
    states.note(("resource", "type"), _value(tuple(map(str, sorted(rule.params.judges)))))
    for path, value in _parts(rule.match, roots):
        states.note(path, value)
    return states


def selected(rule: RuleDocument) -> Assumptions:
    """What is known of whatever the rule is about, before `unless`."""
    states = matched(rule)
    if rule.when is not None:
        states.assume(parse(rule.when))
    return states


def conditions_of(rule: RuleDocument) -> Iterator[tuple[str, str]]:
    """Each condition, with the key under which the rule says it."""
    params = rule.params
    where = getattr(params, params.event_condition) if params.event_condition else None
    for key, text in (("when", rule.when), ("unless", rule.unless), ("params", where)):
        if text:
            yield key, text


def _roots(rule: RuleDocument) -> tuple[str, ...]:
    """The names under which expressions see what is judged: a channel has two."""
    is_channel = rule.params.judges == {ResourceType.CHANNEL}
    return ("resource", "channel") if is_channel else ("resource",)


def _parts(match: Match, roots: tuple[str, ...]) -> Iterator[tuple[Path, Value]]:
    for root in roots:
        for key, globs in match.tags.items():
            yield (root, "tags", key), _filled(_value(globs))
        for name in ("name", "arn", "region"):
            if globs := getattr(match, name):
                yield (root, name), _value(globs)
        if len(match.arn) == 1 and not is_glob(match.arn[0]):
            yield from _of_arn(match.arn[0], root)
    if match.region:
        yield ("account", "region"), _value(match.region)
    if match.account:
        yield ("account", "id"), _value(match.account)
    # A type that is not known yet is matched as an empty text, and is null in expressions.
    if match.type and "channel" in roots and not matcher(match.type)(""):
        yield ("channel", "type"), _value(match.type)


def _of_arn(text: str, root: str) -> Iterator[tuple[Path, Value]]:
    arn = parse_arn(text)
    yield (root, "id"), Constant(arn.resource_id)
    yield (root, "region"), Constant(arn.region)
    yield ("account", "id"), Constant(arn.account)
    yield ("account", "region"), Constant(arn.region)


def _filled(value: Value) -> Value:
    """No blank tag matches."""
    if not isinstance(value, Text):
        return value
    accepts = value.accepts
    return Text(lambda text: text.strip() and accepts(text))


def _value(globs: Texts) -> Value:
    if len(globs) == 1 and not is_glob(globs[0]):
        return Constant(globs[0])
    return Text(matcher(globs))
