"""JMESPath in a policy, checked beyond its syntax.

A misspelt name is null in JMESPath, a comparison with a value that does not exist is false, and a
misspelt function fails only when it is reached: the rule would silently never apply. All are found
here, before the policy is used.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator

from streamwarden.domain.expressions.shape import DOCUMENT, EVENT, Kind, Member, Shape
from streamwarden_cli.policy.conditions.inference import Place, infer
from streamwarden_cli.policy.conditions.syntax import parse


def check_expression(text: str) -> str:
    """The expression, if it is one over what is known of a resource. Raises ValueError."""
    return _checked(text, DOCUMENT)


def check_expression_without_channel(text: str) -> str:
    """The expression, if it is one over a resource that is no channel. Raises ValueError."""
    return _checked(text, {**DOCUMENT, "channel": _NOTHING, "session": _NOTHING})


def check_event_expression(text: str) -> str:
    """The expression, if it is one over an event as it is delivered. Raises ValueError."""
    return _checked(text, EVENT)


_NOTHING: Final = Member(Shape(kind=Kind.NULL), "there is none")


def _checked(text: str, members: Mapping[str, Member]) -> str:
    infer(parse(text), Place(Shape(kind=Kind.MAPPING, members=members)))
    return text


type Expression = Annotated[str, AfterValidator(check_expression)]
