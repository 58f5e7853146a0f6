"""What a rule kind can be about. A rule kind says what it is about, an action what it needs: so
neither lists the other."""

from collections.abc import Set
from enum import StrEnum, auto
from typing import Final


class Trait(StrEnum):
    """What an action can be done to, and what it must keep from viewers.

    - `ON_AIR`: a stream that is on the air when the rule is broken;
    - `DELIVERED`: one whose viewers get what is put into it;
    - `TAGS`: a resource that can be tagged;
    - `KEY_TAGS`: tags that a stream key is to take over from its channel;
    - `KEY_AGE`: a stream key that a new one puts right;
    - `FORBIDDEN_TAGS`: tags that have to go;
    - `CHANGED_TAGS`: tags that had another value before somebody changed them;
    - `OWNER_TAG`: a tag that the creator of the resource belongs in;
    - `SETTINGS`: settings of a channel, which can be set otherwise;
    - `VIEWERS`: the breaches may name viewers of the stream;
    - `CALLERS`: the reasons name who made a call, which viewers must not read;
    - `EVIDENCE`: the reasons lead to evidence, which viewers must not see.
    """

    ON_AIR = auto()
    DELIVERED = auto()
    TAGS = auto()
    KEY_TAGS = auto()
    KEY_AGE = auto()
    FORBIDDEN_TAGS = auto()
    CHANGED_TAGS = auto()
    OWNER_TAG = auto()
    SETTINGS = auto()
    VIEWERS = auto()
    CALLERS = auto()
    EVIDENCE = auto()


type Traits = Set[Trait]

# A live stream and its channel, which is what most rule kinds are about.
LIVE_CHANNEL: Final = frozenset({Trait.ON_AIR, Trait.DELIVERED, Trait.TAGS})
# The same, where the rule is about settings of the channel.
CHANNEL_SETTINGS: Final = LIVE_CHANNEL | {Trait.SETTINGS}
