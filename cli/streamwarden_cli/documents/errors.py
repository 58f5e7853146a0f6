"""What a check of our own finds wrong, in the form in which pydantic tells what it finds."""

from pydantic_core import InitErrorDetails


def as_error(message: str, location: tuple[str | int, ...], given: object) -> InitErrorDetails:
    """For `ValidationError.from_exception_data`; the location is seen from what is checked."""
    context = {"error": ValueError(message)}
    return InitErrorDetails(type="value_error", loc=location, input=given, ctx=context)
