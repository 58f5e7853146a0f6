"""Replaces stream keys: those too old on a schedule, one of them on demand."""

from typing import Any

from streamwarden.bootstrap.loading import gc_paused

with gc_paused():
    import msgspec

    from streamwarden.bootstrap.rotator import rotator
    from streamwarden.bootstrap.runtime import seconds_left, without_keys_in_answers
    from streamwarden.domain.arn import place_of
    from streamwarden.observability import LambdaContext, logger, metrics
    from streamwarden.tracing import traced


@metrics.log_metrics
@logger.inject_lambda_context
@traced
@without_keys_in_answers
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    own_arn = context.invoked_function_arn
    rotations = rotator(place_of(own_arn))(event, seconds_left(context), own_arn)
    return {"rotations": msgspec.to_builtins(rotations)}
