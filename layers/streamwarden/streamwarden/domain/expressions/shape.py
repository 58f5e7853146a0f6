"""The shape of what expressions see, declared once: it checks policies, and explains them.

Functions do not load it: it serves `streamwarden policy` and the reference of policies.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.ivs import ChannelType, IngestLimit, LatencyMode, TranscodePreset


class Kind(StrEnum):
    """A type of JSON, in words."""

    TEXT = "text"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    LIST = "a list"
    MAPPING = "a mapping"
    NULL = "null"


class Form(StrEnum):
    """What a text says, as far as that is known."""

    WORD = "word"
    MOMENT = "moment"
    DATE = "date"
    NAME = "name"
    REGION = "region"
    ACCOUNT = "account"
    TAG = "tag"
    FREE = "free"


class Shape(Struct, frozen=True, kw_only=True):
    """What a value is like. Any value may also be null where its member says so.

    `values` are all that there can be; empty where there is no such set. `least` is the least of
    numbers that have one. `form` is that of a text: a word (an ARN, an id) is neither a moment nor
    a time zone, the value of a tag may be either, and a free text anything. `items` are the
    elements of a list or the values of a mapping with free keys; `members` those of a mapping whose
    keys are known.
    """

    kind: Kind
    values: tuple[str | float | bool, ...] = ()
    least: int | None = None
    form: Form = Form.WORD
    items: "Shape | None" = None
    members: "Mapping[str, Member] | None" = None


class Member(Struct, frozen=True):
    """One name that expressions can use; `is_nullable` if it may be null."""

    shape: Shape
    description: str
    is_nullable: bool = False


def _mapping(**members: Member) -> Shape:
    return Shape(kind=Kind.MAPPING, members=members)


def _one_of(*values: str) -> Shape:
    return Shape(kind=Kind.TEXT, values=values)


_TEXT: Final = Shape(kind=Kind.TEXT)
_TAG: Final = Shape(kind=Kind.TEXT, form=Form.TAG)
_MOMENT: Final = Shape(kind=Kind.TEXT, form=Form.MOMENT)
_NAME: Final = Shape(kind=Kind.TEXT, form=Form.NAME)
_REGION: Final = Shape(kind=Kind.TEXT, form=Form.REGION)
_ACCOUNT_ID: Final = Shape(kind=Kind.TEXT, form=Form.ACCOUNT)
_COUNT: Final = Shape(kind=Kind.NUMBER, least=0)
_BOOLEAN: Final = Shape(kind=Kind.BOOLEAN, values=(False, True))
_TAGS: Final = Shape(kind=Kind.MAPPING, items=_TAG)


def _of_any_resource(noun: str) -> dict[str, Member]:
    return {
        "arn": Member(_TEXT, f"the ARN of the {noun}"),
        "id": Member(_TEXT, "the last part of the ARN"),
        "name": Member(_NAME, "its name; empty if it has none"),
        "region": Member(_REGION, "the region it lives in, such as eu-west-1"),
        "tags": Member(_TAGS, "its tags by key; a tag that is blank or not there is null"),
    }


_MULTITRACK: Final = _mapping(
    enabled=Member(_BOOLEAN, "whether multitrack input is allowed", is_nullable=True),
    maximumResolution=Member(
        _one_of("SD", "HD", "FULL_HD"), "the largest resolution of a track", is_nullable=True
    ),
    policy=Member(
        _one_of("ALLOW", "REQUIRE"),
        "whether encoders may or must send several tracks",
        is_nullable=True,
    ),
)

# As IVS calls them (API Reference, Channel); a member is null while it is not known, and an ARN is
# empty where nothing is attached.
_SETTINGS: Final[Mapping[str, Member]] = {
    "adConfigurationArn": Member(_TEXT, "the ARN of its ad configuration", is_nullable=True),
    "authorized": Member(_BOOLEAN, "whether it is private: viewers need a token", is_nullable=True),
    "containerFormat": Member(
        _one_of("TS", "FRAGMENTED_MP4"),
        "the container of its segments; null before a CloudTrail event, since listings omit it",
        is_nullable=True,
    ),
    "failoverSlateConfigurationArn": Member(
        _TEXT, "the ARN of its failover slate configuration", is_nullable=True
    ),
    "insecureIngest": Member(_BOOLEAN, "whether RTMP without TLS is allowed", is_nullable=True),
    "latencyMode": Member(
        _one_of(*LatencyMode), "whether it is made for low latency", is_nullable=True
    ),
    "multitrackInputConfiguration": Member(
        _MULTITRACK,
        "what it allows for multitrack; null before a CloudTrail event, since listings omit it",
        is_nullable=True,
    ),
    "playbackRestrictionPolicyArn": Member(
        _TEXT, "the ARN of its playback restriction policy; empty if none", is_nullable=True
    ),
    "preset": Member(
        _one_of(*TranscodePreset, ""),
        "how an ADVANCED channel is transcoded; empty for other types",
        is_nullable=True,
    ),
    "recordingConfigurationArn": Member(
        _TEXT,
        "the ARN of its recording configuration; empty if it is not recorded",
        is_nullable=True,
    ),
    "type": Member(
        _one_of(*ChannelType),
        "its type, which decides what is transcoded",
        is_nullable=True,
    ),
}

_CHANNEL: Final = _mapping(
    **_of_any_resource("channel"),
    first_seen_at=Member(
        _MOMENT, "when it was first seen, which may be long after it was made", is_nullable=True
    ),
    **_SETTINGS,
)

_SESSION: Final = _mapping(
    stream_id=Member(_TEXT, "the id of the stream session"),
    created_at=Member(
        _MOMENT, "when the encoder connected; null if no event says so", is_nullable=True
    ),
    on_air=Member(_BOOLEAN, "whether the stream has started"),
    on_air_at=Member(_MOMENT, "when it started; null before that", is_nullable=True),
    stalled=Member(_BOOLEAN, "whether the stream is on the air and its ingest delivers nothing"),
    viewers=Member(
        _COUNT,
        "the viewers at the last count of a sweep; null before that, or if IVS could not count",
        is_nullable=True,
    ),
    takeovers=Member(_COUNT, "how many times another encoder took the stream over"),
    limit_hits=Member(
        Shape(kind=Kind.LIST, items=_one_of(*IngestLimit)), "which limits of ingest it exceeded"
    ),
)

_RESOURCE: Final = _mapping(
    **_of_any_resource("resource"),
    type=Member(_one_of(*ResourceType), "what it is"),
)

_ACCOUNT: Final = _mapping(
    id=Member(_ACCOUNT_ID, "the account: twelve digits, as text"),
    region=Member(_REGION, "the region, such as eu-west-1"),
)

DOCUMENT: Final[Mapping[str, Member]] = {
    "channel": Member(
        _CHANNEL, "the channel that is judged; null for any other resource", is_nullable=True
    ),
    "session": Member(
        _SESSION,
        "the channel's stream session that is going on; null while there is none",
        is_nullable=True,
    ),
    "resource": Member(_RESOURCE, "what is judged, whatever it is"),
    "account": Member(_ACCOUNT, "where it lives"),
}

# The envelope of EventBridge (User Guide, AWS service event metadata). What `detail` holds is
# another for each `detail-type`.
EVENT: Final[Mapping[str, Member]] = {
    "detail": Member(Shape(kind=Kind.MAPPING), "what the event says, as IVS documents it"),
    "detail-type": Member(_TEXT, "the kind of event, such as IVS Stream State Change"),
    "resources": Member(Shape(kind=Kind.LIST, items=_TEXT), "the ARNs of what it concerns"),
    "source": Member(_TEXT, "who sent it, such as aws.ivs"),
    "account": Member(_ACCOUNT_ID, "the account: twelve digits, as text"),
    "region": Member(_REGION, "the region, such as eu-west-1"),
    "time": Member(_MOMENT, "when it happened"),
    "id": Member(_TEXT, "the id of the event"),
    "version": Member(_TEXT, "the version of the envelope"),
}
