"""Says what it takes to look at dead letters and to put them back, where AWS says no."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import ClientError

from streamwarden.adapters.aws_errors import code_of
from streamwarden.services.errors import PermanentError
from streamwarden_cli.operate.stack import DeployedStack

_DENIALS: Final = ("AccessDenied", "AccessDeniedException")


@contextmanager
def denials_explained(stack: DeployedStack) -> Iterator[None]:
    """Raises PermanentError where IAM or a queue denies something."""
    try:
        yield
    except ClientError as error:
        if not code_of(error).endswith(_DENIALS):
            raise
        arn = stack.outputs.get("DeadLettersPolicyArn", "its output DeadLettersPolicyArn")
        raise PermanentError(
            "you may not do this with dead letters. It takes the managed policy DeadLettersPolicy "
            f"of the stack ({arn}); to redrive also takes your role or user in the parameter "
            f"SenderArns. AWS says: {error}"
        ) from error
