"""Compares the account with what is remembered, on a schedule."""

from typing import Any

from streamwarden.bootstrap.loading import gc_paused

with gc_paused():
    import msgspec

    from streamwarden.bootstrap.runtime import seconds_left, without_keys_in_answers
    from streamwarden.bootstrap.sweeper import sweeper
    from streamwarden.domain.arn import place_of
    from streamwarden.observability import LambdaContext, logger, metrics
    from streamwarden.tracing import traced


@metrics.log_metrics
@logger.inject_lambda_context
@traced
@without_keys_in_answers
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    sweep = sweeper(place_of(context.invoked_function_arn))
    return dict(msgspec.to_builtins(sweep(seconds_left(context))))
