"""Tells people, one destination at a time."""

from typing import Any

from streamwarden.bootstrap.loading import gc_paused

with gc_paused():
    from streamwarden.bootstrap.notifier import notifier
    from streamwarden.bootstrap.runtime import seconds_left, without_keys_in_answers
    from streamwarden.observability import LambdaContext, logger, metrics
    from streamwarden.tracing import traced


@metrics.log_metrics
@logger.inject_lambda_context
@traced
@without_keys_in_answers
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if "test" in event:
        # Few runs try a destination, and each import makes a cold start slower.
        from streamwarden.bootstrap.destination_trial import trial

        return trial(event, seconds_left(context))
    return notifier()(event, seconds_left(context))
