"""Tags that exempt whatever they say: for JMESPath the text `false` is true."""

from collections.abc import Iterator
from typing import Final

from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.conditions.wording import render
from streamwarden_cli.policy.lint.certainty import Node, nodes, path_of
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule

_OF_TAGS: Final = (("channel", "tags"), ("resource", "tags"))
_JOINED: Final = frozenset({"and_expression", "or_expression"})


def exempting_false(rule: ParsedRule) -> Iterator[LintWarning]:
    if rule.document.unless is None:
        return
    condition = parse(rule.document.unless)
    for tag in _tags_by_themselves(condition):
        text = render(tag)
        if sum(path_of(each) == path_of(tag) for each in nodes(condition)) == 1:
            message = f"{text} also exempts where the tag says 'false'"
            yield about(rule, "unless", message, f"write {text} && {text} != 'false'")


def _tags_by_themselves(node: Node) -> Iterator[Node]:
    """Those that are a condition. What else an expression says of a tag is about its value."""
    if node["type"] in _JOINED:
        for child in node["children"]:
            yield from _tags_by_themselves(child)
    elif (path := path_of(node)) is not None and len(path) > 2 and path[:2] in _OF_TAGS:
        yield node
