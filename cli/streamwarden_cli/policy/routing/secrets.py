"""Names of secrets, where people paste what the secret holds. What is no name is never quoted."""

import re
from typing import Annotated, Final

from pydantic import BeforeValidator, WithJsonSchema

from streamwarden_cli.policy.names import kebab_case

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_EXPECTED: Final = "the name of a secret, such as chat: up to 64 letters, digits, - and _"
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://|hooks\.|www\.", re.IGNORECASE)
# Of Slack, of Standard Webhooks, of AWS, of Stripe, of GitHub; or what nobody made up.
_TOKEN: Final = re.compile(
    r"xox[a-z]-|whsec_|AKIA|[rs]k_(live|test)_|gh[oprsu]_"
    r"|(?=\w*[0-9])(?=\w*[A-Za-z])[A-Za-z0-9]{20}",
    re.IGNORECASE,
)
# A key of Atlassian is one, and so is the id of many a thing.
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PASTED: Final = (
    "; a policy is no place for secrets: put it into a secret, write the name of that secret here, "
    "and replace what was written here, as others may have read it"
)


def is_token(text: str) -> bool:
    """Whether it is like a key, and like nothing else."""
    return _TOKEN.search(text) is not None


def may_be_secret(text: str) -> bool:
    """Whether somebody may have pasted what belongs into a secret: an address, or a key."""
    return is_token(text) or any(each.search(text) for each in (_ADDRESS, _UUID))


def name_of_no_secret(name: str, expected: str) -> str:
    """A name in kebab-case, as a key in small letters is one too. Raises ValueError."""
    if may_be_secret(name):
        raise ValueError(f"expected {expected}, found what looks like an address or a key")
    return kebab_case(name, expected)


def check_secret_name(text: object) -> str:
    """The same; empty for none. Raises ValueError, without what was found."""
    if not isinstance(text, str):
        raise ValueError(f"expected {_EXPECTED}")
    if text.startswith("arn:"):
        raise ValueError(
            "expected the name of a secret, found an ARN; write only what stands between "
            "`destinations/` and the six characters at the end"
        )
    if _ADDRESS.search(text):
        raise ValueError(f"expected the name of a secret, found an address{_PASTED}")
    if may_be_secret(text):
        raise ValueError(f"expected the name of a secret, found what looks like a key{_PASTED}")
    if "/" in text:
        raise ValueError(f"expected {_EXPECTED}; leave out the prefix STACK/destinations/")
    if text and _NAME.fullmatch(text) is None:
        raise ValueError(f"expected {_EXPECTED}")
    return text


_SCHEMA: Final = {"type": "string", "description": _EXPECTED, "pattern": f"^{_NAME.pattern}$"}
type SecretName = Annotated[str, BeforeValidator(check_secret_name), WithJsonSchema(_SCHEMA)]
