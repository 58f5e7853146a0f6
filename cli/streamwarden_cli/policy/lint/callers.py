"""Callers in `by` that no call can come from: CloudTrail names them by ARNs of IAM and STS."""

from collections.abc import Iterator
from string import ascii_letters, ascii_lowercase, digits
from typing import Final

from streamwarden_cli.policy.globs import ACCOUNT, Part, Pattern, can_fit, some, text
from streamwarden_cli.policy.lint.warnings import Fault
from streamwarden_cli.policy.parsed import ParsedRule

# IAM User Guide, "IAM and AWS STS quotas": names, and names of sessions. A path has slashes too.
_NAME: Final = some(f"{ascii_letters}{digits}+=,.@_-")
_PATH_AND_NAME: Final = some(f"{ascii_letters}{digits}+=,.@_-/")
_PARTITION: Final = (*text("arn:aws"), Part(frozenset(f"{ascii_lowercase}-"), is_repeated=True))

# IAM puts the roles of Identity Center under a path, and STS leaves the path out.
_IDENTITY_CENTER: Final = ":role/AWSReservedSSO_"
_WITH_PATH: Final = ":role/aws-reserved/*AWSReservedSSO_"
_EXAMPLES: Final = (
    "arn:aws:iam::*:role/deployer, arn:aws:iam::*:user/alice or "
    "arn:aws:sts::*:assumed-role/deployer/*"
)


def _caller(service: str, *resource: Part) -> Pattern:
    return (*_PARTITION, *text(f":{service}::"), *ACCOUNT, *text(":"), *resource)


_CALLERS: Final = (
    _caller("iam", *text("root")),
    _caller("iam", *text("user/"), *_PATH_AND_NAME),
    _caller("iam", *text("role/"), *_PATH_AND_NAME),
    _caller("sts", *text("assumed-role/"), *_NAME, *text("/"), *_NAME),
    _caller("sts", *text("federated-user/"), *_NAME),
)


def unknown_callers(rule: ParsedRule) -> Iterator[Fault]:
    for wanted in getattr(rule.params, "by", ()):
        if _IDENTITY_CENTER in wanted:
            message = f"the roles of IAM Identity Center have a path, and {wanted!r} has none"
            remedy = f"write {wanted.replace(_IDENTITY_CENTER, _WITH_PATH)!r}"
            yield "params", message, remedy
        elif not any(can_fit(wanted, each) for each in _CALLERS):
            message = f"no caller has an ARN such as {wanted!r}"
            yield "params", message, f"expected such as {_EXAMPLES}"
