"""What callers of the API do; the fields have the API's names."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from streamwarden_cli.scenario.channels import ChannelSettings
from streamwarden_cli.scenario.kinds.base import ChannelName, OnChannel, StepKind

type Caller = Annotated[str, Field(pattern="^arn:", description="the ARN of a caller")]
type Members = dict[str, Any]


class ApiStep(OnChannel):
    """`by` is the ARN of the caller, as CloudTrail records it; by default the account's root."""

    model_config = ConfigDict(alias_generator=to_camel)

    by: Caller | None = None


class Create(ChannelSettings, ApiStep):
    """CreateChannel; does nothing where a channel of this name is already."""

    channel: ChannelName
    tags: dict[str, str] = Field(default_factory=dict)


class Update(ChannelSettings, ApiStep):
    """UpdateChannel."""


class Delete(ApiStep):
    """DeleteChannel."""


class Tag(ApiStep):
    """TagResource."""

    tags: dict[str, str]


class Untag(ApiStep):
    """UntagResource."""

    keys: list[str]


class CreateKey(ApiStep):
    """CreateStreamKey."""


class DeleteKey(ApiStep):
    """DeleteStreamKey, of the channel's key."""


class Call(StepKind):
    """Any operation of IVS."""

    operation: str
    request: Members = Field(default_factory=dict)
    by: Caller | None = None
