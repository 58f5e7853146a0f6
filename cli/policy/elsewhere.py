"""Conditions of rules that are about no channel, for which `channel` and `session` are null."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from cli.policy.expressions import check_expression_without_channel


def check_without_channels(conditions: Mapping[str, str | None], kind: str) -> None:
    """Raises ValidationError, which names each condition that looks for a channel."""
    errors = []
    for name, expression in conditions.items():
        try:
            check_expression_without_channel(expression or "resource")
        except ValueError as error:
            why = ValueError(f"{error}: {kind} is not about channels; use resource")
            errors.append(
                InitErrorDetails(
                    type="value_error", loc=(name,), input=expression, ctx={"error": why}
                )
            )
    if errors:
        raise ValidationError.from_exception_data("rule", errors)
