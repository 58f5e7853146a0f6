"""The entries of a rule's `actions`, as words or as `{tag: {set: …}}`."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationInfo

from cli.policy.nearest import did_you_mean, say_list
from cli.policy.tags import Tags
from streamwarden.domain.policy import PlannedAction
from streamwarden.domain.rules import RULE_KINDS
from streamwarden.domain.verdicts import ActionKind

# `notify` is accepted because people write it; modes notify and enforce imply it.
NOTIFY: Final = "notify"
_FORMS: Final = "stop, rotate_key, notify or {tag: {set: {key: value}}}"
_WORDS: Final = (ActionKind.STOP, ActionKind.ROTATE_KEY, NOTIFY)


class TagChange(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    set: Tags


class TagAction(BaseModel):
    """The one action that is more than a word."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tag: TagChange


def allowed_actions(kind: str | None) -> list[ActionKind]:
    """What rules of the kind may do; anything, while the kind is not known."""
    return sorted(RULE_KINDS[kind].allowed_actions) if kind else list(ActionKind)


def _read(entry: object, info: ValidationInfo) -> PlannedAction | None:
    """The action to plan; None for `notify`. Raises ValueError."""
    if isinstance(entry, dict):
        planned = PlannedAction(kind=ActionKind.TAG, tags=TagAction.model_validate(entry).tag.set)
    elif not isinstance(entry, str):
        raise ValueError(f"expected {_FORMS}")
    elif entry == NOTIFY:
        return None
    else:
        planned = PlannedAction(kind=_read_word(entry), tags={})
    kind = info.data.get("kind")
    allowed = allowed_actions(kind)
    if planned.kind not in allowed:
        raise ValueError(f"{kind} cannot {planned.kind} (expected {say_list([*allowed, NOTIFY])})")
    return planned


def _read_word(word: str) -> ActionKind:
    if word == ActionKind.TAG:
        raise ValueError("tag does not say what to set (expected {tag: {set: {key: value}}})")
    if word not in _WORDS:
        raise ValueError(f"unknown action {word!r}{did_you_mean(word, _WORDS)} (expected {_FORMS})")
    return ActionKind(word)


type WrittenAction = Annotated[PlannedAction | None, PlainValidator(_read)]
