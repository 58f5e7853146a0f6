"""`match`, checked for what no channel and no other resource can be like."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Annotated, Final

from pydantic import AfterValidator, ValidationError
from pydantic_core import InitErrorDetails

from streamwarden.domain.filters import Match
from streamwarden.domain.globs import Texts
from streamwarden.domain.ivs import ChannelType
from streamwarden_cli.documents.errors import as_error
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.policy.globs import (
    ACCOUNT,
    NAME,
    arn_of,
    can_fit,
    shortest,
    text,
)
from streamwarden_cli.policy.tag_globs import fault_of_key, fault_of_value, remedy_of

# What is wrong with a glob; None if nothing is.
type Fault = Callable[[str], str | None]

# Of Amazon IVS (AWS General Reference, endpoints and quotas). The stack deploys to no other.
REGIONS: Final = (
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
)

_LONGEST_NAME: Final = 128  # API Reference, ChannelName

# As IVS writes them in ARNs (Service Authorization Reference); `account` is our own.
RESOURCE_TYPES: Final = (
    "channel",
    "stream-key",
    "playback-key",
    "recording-configuration",
    "playback-restriction-policy",
    "ad-configuration",
    "failover-slate-configuration",
    "stage",
    "composition",
    "encoder-configuration",
    "storage-configuration",
    "ingest-configuration",
    "public-key",
    "account",
)


def check_match(match: Match) -> Match:
    """The same. Raises ValidationError with all that is wrong."""
    errors = [error for attribute in ("tags", *_CHECKS) for error in _errors(match, attribute)]
    if errors:
        raise ValidationError.from_exception_data("match", errors)
    return match


type MatchDocument = Annotated[Match, AfterValidator(check_match)]


def _errors(match: Match, attribute: str) -> Iterator[InitErrorDetails]:
    if attribute == "tags":
        for key, globs in match.tags.items():
            if fault := fault_of_key(key):
                yield as_error(fault, ("tags", key), key)
            yield from faults_of(globs, partial(_fault_of_tag, key), ("tags", key))
    else:
        yield from faults_of(getattr(match, attribute), _CHECKS[attribute], (attribute,))


def faults_of(globs: Texts, check: Fault, place: tuple[str, ...]) -> Iterator[InitErrorDetails]:
    for index, glob in enumerate(globs):
        fault = check(glob)
        if fault is not None:
            yield as_error(fault, (*place, index) if len(globs) > 1 else place, glob)


def _fault_of_tag(key: str, glob: str) -> str | None:
    if glob.strip():
        return fault_of_value(glob)
    remedy = f"for a tag that is not there, write `when: '!(channel.tags.\"{key}\")'`"
    return f"no blank tag matches; {remedy}"


def _type(glob: str) -> str | None:
    if any(can_fit(glob, text(each)) for each in list(ChannelType)):
        return None
    hint = did_you_mean(glob, list(ChannelType))
    return f"no channel has the type {glob!r}{hint} (expected {format_list(list(ChannelType))})"


def fault_of_arn(glob: str) -> str | None:
    if any(can_fit(glob, arn_of(each)) for each in RESOURCE_TYPES):
        return None
    named = glob.rpartition(":")[2].partition("/")[0]
    hint = did_you_mean(named, RESOURCE_TYPES) if named not in RESOURCE_TYPES else ""
    example = "arn:aws:ivs:eu-west-1:123456789012:channel/abcdABCDefgh"
    return f"no ARN of IVS is like {glob!r}{hint} (expected such as {example})"


def fault_of_region(glob: str) -> str | None:
    if any(can_fit(glob, text(each)) for each in REGIONS):
        return None
    hint = did_you_mean(glob, REGIONS)
    return f"no region of IVS is like {glob!r}{hint} (expected {format_list(REGIONS)})"


def fault_of_account(glob: str) -> str | None:
    if can_fit(glob, ACCOUNT):
        return None
    return f"no account is like {glob!r} (expected twelve digits, such as '123456789012')"


def fault_of_name(glob: str) -> str | None:
    if can_fit(glob, NAME) and shortest(glob) <= _LONGEST_NAME:
        return None
    expected = f"up to {_LONGEST_NAME} letters from a to z, digits, - and _"
    return f"no channel has a name like {glob!r}: names have {expected}{remedy_of(glob)}"


_CHECKS: Final[Mapping[str, Fault]] = {
    "name": fault_of_name,
    "type": _type,
    "arn": fault_of_arn,
    "region": fault_of_region,
    "account": fault_of_account,
}
