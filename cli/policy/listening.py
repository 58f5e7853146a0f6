"""The condition of event_alert on an event, checked as `when` and `unless` are."""

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from cli.policy.expressions import check_event_expression
from streamwarden.domain.rules import Check
from streamwarden.domain.rules.events.event_alert import EventAlert


def with_checked_condition(check: Check) -> Check:
    """The same. Raises ValidationError, which names the parameter."""
    if isinstance(check, EventAlert) and check.where is not None:
        try:
            check_event_expression(check.where)
        except ValueError as error:
            details = InitErrorDetails(
                type="value_error", loc=("where",), input=check.where, ctx={"error": error}
            )
            raise ValidationError.from_exception_data("event_alert", [details]) from error
    return check
