"""What a check says: fine, a problem with the command that mends it, or not known and why."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from botocore.exceptions import ClientError

from streamwarden.adapters.aws_errors import code_of
from streamwarden.adapters.local_aws import TURN_SHELL_TO_LOCAL

# What AWS says where IAM denies an action.
_DENIED: Final = re.compile(r"not authorized to perform:? (\S+)")
_CALLS_AWS: Final = re.compile(r"(^|&& )aws ")
_DENIALS: Final = ("AccessDenied", "AccessDeniedException", "AuthorizationError")


class Health(StrEnum):
    FINE = "fine"
    PROBLEM = "problem"
    NOT_KNOWN = "not-known"


@dataclass(frozen=True, slots=True)
class Finding:
    """`remedy` is a command to type. `permission` is what the caller lacks, as IAM names it."""

    health: Health
    text: str
    remedy: str = ""
    permission: str = ""


def fine(text: str) -> Finding:
    return Finding(Health.FINE, text)


def problem(text: str, remedy: str) -> Finding:
    return Finding(Health.PROBLEM, text, remedy)


def not_known(text: str, remedy: str = "") -> Finding:
    return Finding(Health.NOT_KNOWN, text, remedy)


def on_local_aws(finding: Finding) -> Finding:
    """The same, with a remedy that acts on the local AWS, whatever account the shell has."""
    if _CALLS_AWS.search(finding.remedy) is None:
        return finding
    return replace(finding, remedy=f"{TURN_SHELL_TO_LOCAL} && {finding.remedy}")


def not_read(error: Exception, *, is_local: bool) -> Finding:
    """What was to be looked at cannot be read."""
    cause = error if isinstance(error, ClientError) else error.__cause__
    if isinstance(cause, ClientError) and code_of(cause).endswith(_DENIALS):
        permission = _permission(cause)
        return Finding(
            Health.NOT_KNOWN, f"you may not read it: {permission} is missing", "", permission
        )
    where = "the local AWS does not say" if is_local else "cannot be read"
    # An emulator that lacks a service says nothing behind its colon.
    return not_known(f"{where}: {error.__cause__ or error}".rstrip(": "))


def _permission(error: ClientError) -> str:
    """Not every service says it in its message; the operation is nearly always called so."""
    found = _DENIED.search(str(error))
    return found[1] if found else error.operation_name
