"""Compares the account with what is remembered, on a schedule."""

from typing import Any

from streamwarden.bootstrap.loading import gc_paused

with gc_paused():
    import msgspec

    from streamwarden.bootstrap.runtime import seconds_left, without_keys_in_answers
    from streamwarden.bootstrap.sweeper import Invocation, sweeper
    from streamwarden.domain.arn import place_of
    from streamwarden.observability import LambdaContext, logger, metrics
    from streamwarden.tracing import traced


@metrics.log_metrics
@logger.inject_lambda_context
@traced
@without_keys_in_answers
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    own_arn = context.invoked_function_arn
    invocation = Invocation(own_arn, context.aws_request_id, seconds_left(context))
    report = sweeper(place_of(own_arn))(event, invocation)
    return dict(msgspec.to_builtins(report)) if report else {}
