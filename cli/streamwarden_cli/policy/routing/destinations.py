"""`destinations`: where people are told. What there is to say of one is known by its kind."""

import re
from typing import Annotated, Any, Final

from msgspec.structs import replace
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationInfo,
)

from streamwarden.adapters.destinations import DESTINATION_KINDS
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.policy.names import NAME_SCHEMA
from streamwarden_cli.policy.routing.names import is_quotable
from streamwarden_cli.policy.routing.options import check_options, has_no_groups
from streamwarden_cli.policy.routing.secrets import SecretName, is_token, name_of_no_secret

_KIND: Final = "text that names the kind of destination"
_DIGEST: Final = "false to be told of each incident by itself, as soon as it comes"
_NAME: Final = "a name in kebab-case such as night-shift"
_TARGET: Final = "text that names the resource, such as an ARN"


def _existing_kind(kind: str) -> str:
    if kind not in DESTINATION_KINDS:
        hint = (
            did_you_mean(kind, DESTINATION_KINDS) or f" (expected {format_list(DESTINATION_KINDS)})"
        )
        found = f" {kind!r}" if is_quotable(kind) else ""
        raise ValueError(f"unknown kind{found}{hint}")
    return kind


def _with_secret(secret: str, info: ValidationInfo) -> str:
    return _as_its_kind(secret, "secret", info)


def _with_target(target: str, info: ValidationInfo) -> str:
    return _as_its_kind(target.strip(), "target", info)


def _as_its_kind(given: str, field: str, info: ValidationInfo) -> str:
    """What a kind needs must be given, and what it does not take must not. It is never quoted."""
    word = info.data.get("kind")
    if not word:
        return given
    kind = DESTINATION_KINDS[word]
    wanted: str = getattr(kind, field)
    if given and not wanted:
        raise ValueError(f"{word} takes no {field}; leave it out")
    is_optional = not wanted or (field == "target" and kind.is_target_optional)
    if not given and not is_optional:
        names = "the name of the secret that holds " if field == "secret" else ""
        raise ValueError(f"missing (expected {names}{wanted})")
    pattern = kind.target_pattern if field == "target" and given else ""
    if pattern and re.fullmatch(pattern, given) is None:
        raise ValueError(f"expected {wanted} ({kind.target_example})")
    return given


def _for_kind(options: object, info: ValidationInfo) -> object:
    kind = info.data.get("kind")
    if not kind:
        return {}
    if isinstance(options, str):
        raise ValueError("expected a mapping of options")
    found = check_options(kind, options)
    if any(map(is_token, found.get("headers", {}).values())):
        raise ValueError(
            "`headers`: found what looks like a key; a policy is no place for secrets: "
            "write it into the secret, as `authorization`, and replace it, as others may have read "
            "it"
        )
    return found


class DestinationDocument(BaseModel):
    """One destination: its kind, and what this one is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[str, AfterValidator(_existing_kind), Field(description=_KIND)]
    secret: Annotated[SecretName, AfterValidator(_with_secret), Field(validate_default=True)] = ""
    target: Annotated[
        str, AfterValidator(_with_target), Field(validate_default=True, description=_TARGET)
    ] = ""
    options: Annotated[dict[str, Any], BeforeValidator(_for_kind)] = Field(
        default_factory=dict, validate_default=True
    )

    digest: Annotated[bool, Strict(), Field(description=_DIGEST)] = True

    def compiled(self, name: str) -> DestinationSpec:
        spec = DestinationSpec(
            name=name,
            kind=self.kind,
            secret=self.secret,
            target=self.target,
            options=self.options,
            digest=self.digest,
        )
        return replace(spec, digest=False) if has_no_groups(spec) else spec


def _mapping(given: object) -> object:
    """Somebody may have written what belongs into a secret, which no message repeats."""
    if isinstance(given, str):
        raise ValueError("expected a mapping such as {kind: sns}")
    return given


def _some(destinations: object) -> object:
    if isinstance(destinations, str):
        raise ValueError("expected a mapping of names to destinations")
    if destinations == {}:
        raise ValueError("expected at least one destination, found an empty mapping")
    return destinations


def _name(name: str) -> str:
    return name_of_no_secret(name, _NAME)


# More is a mistake. A sweep may look at each one.
_MOST: Final = 100

type DestinationDocuments = Annotated[
    dict[
        Annotated[str, AfterValidator(_name)],
        Annotated[DestinationDocument, BeforeValidator(_mapping)],
    ],
    Field(max_length=_MOST),
    BeforeValidator(_some),
    Field(json_schema_extra={"minProperties": 1, "propertyNames": {**NAME_SCHEMA}}),
]
