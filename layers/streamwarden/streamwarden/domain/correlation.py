"""The one id that log lines have in common, from what a decision took in to what people were told.

It names the decision: a resource has one decision at a moment. Actions and notifications carry that
moment anyway, so nothing has to travel with them.
"""

from datetime import datetime


def correlation_id(resource_arn: str, decided_at: datetime) -> str:
    """The same for a decision, its actions and their outcomes, and its notifications."""
    return f"{resource_arn.rpartition('/')[2]}@{decided_at:%Y%m%dT%H%M%S.%fZ}"
