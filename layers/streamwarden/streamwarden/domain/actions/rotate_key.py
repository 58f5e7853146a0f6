"""Replace a stream key.

How it is carried out is in `services/rotate.py`: a rotation is a row of calls that may be
interrupted at each, and not one call after a look. So it has a log, and a function of its own.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

from streamwarden.domain.actions.base.kind import ActionKind, Performer, Target
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import PlannedAction

ROTATE_KEY: Final = "rotate_key"


class RotateKey(ActionKind):
    word: ClassVar = ROTATE_KEY
    meaning: ClassVar = (
        "Replaces the stream key, in the stack's rotation window and never while the channel is "
        "live."
    )
    needs: ClassVar = (Trait.KEY_AGE,)
    refusal: ClassVar = "a new stream key would not end its breaches"
    target: ClassVar = Target.CHANNEL
    done_where: ClassVar = "!session"
    is_destructive: ClassVar = True
    performer: ClassVar = Performer.ROTATE_KEYS
    permissions: ClassVar = frozenset(
        {
            "ivs:GetStream",
            "ivs:ListStreamKeys",
            "ivs:DeleteStreamKey",
            "ivs:CreateStreamKey",
            "ivs:GetStreamKey",
            "ivs:TagResource",  # CreateStreamKey with tags asks for it, too
        }
    )

    def describe(self, planned: PlannedAction) -> str:
        return "replaces the stream key"


def rotates_key(actions: Iterable[PlannedAction]) -> bool:
    return any(planned.kind == ROTATE_KEY for planned in actions)
