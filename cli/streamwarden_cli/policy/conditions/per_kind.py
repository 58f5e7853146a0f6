"""Conditions that not all rules check alike: those about no channel, and those about an event."""

from collections.abc import Callable, Mapping

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from streamwarden.domain.rules import Check
from streamwarden_cli.documents.errors import as_error
from streamwarden_cli.policy.conditions.expressions import (
    check_event_expression,
    check_expression_without_channel,
)


def check_without_channels(conditions: Mapping[str, str | None], kind: str) -> None:
    """For rules about no channel, for which `channel` and `session` are null.

    Raises ValidationError, which names each condition that looks for a channel.
    """
    remedy = f": {kind} is not about channels; use resource"
    _check(conditions, check_expression_without_channel, remedy)


def with_checked_condition(check: Check) -> Check:
    """The same. Raises ValidationError, which names the parameter that is no expression."""
    name = check.event_condition
    if name:
        _check({name: getattr(check, name)}, check_event_expression)
    return check


def _check(
    conditions: Mapping[str, str | None], check: Callable[[str], object], remedy: str = ""
) -> None:
    errors: list[InitErrorDetails] = []
    for name, expression in conditions.items():
        if expression is None:
            continue
        try:
            check(expression)
        except ValueError as error:
            errors.append(as_error(f"{error}{remedy}", (name,), expression))
    if errors:
        raise ValidationError.from_exception_data("conditions", errors)
