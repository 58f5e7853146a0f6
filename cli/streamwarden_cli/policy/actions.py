"""The entries of a rule's `actions`: words, or `{tag: {set: …}}` and `{warn: {text: …}}`."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainValidator, ValidationInfo

from streamwarden.domain.policy import PlannedAction
from streamwarden.domain.rules import RULE_KINDS
from streamwarden.domain.verdicts import ActionKind
from streamwarden_cli.policy.nearest import did_you_mean, format_list
from streamwarden_cli.policy.tags import Tags

# `notify` is accepted because people write it; modes notify and enforce imply it.
NOTIFY: Final = "notify"
_SET: Final = "{tag: {set: {key: value}}}"
_SAY: Final = "{warn: {text: …}}"
_WORDS: Final = (
    ActionKind.STOP,
    ActionKind.INHERIT_TAGS,
    ActionKind.ROTATE_KEY,
    ActionKind.WARN,
    NOTIFY,
)
_MAPPINGS: Final = (ActionKind.TAG, ActionKind.WARN)
_NAMES: Final = (*_WORDS, ActionKind.TAG)
_FORMS: Final = f"{', '.join(_WORDS)}, {_SAY} or {_SET}"
# Timed metadata has room for a kilobyte, in which an emoji takes four bytes.
_LONGEST_WARNING: Final = 200


def _warning(text: str) -> str:
    if not 1 <= len(text) <= _LONGEST_WARNING:
        found = len(text)
        raise ValueError(f"expected 1 to {_LONGEST_WARNING} characters, found {found}")
    return text


class TagChange(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    set: Tags


class Warn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, AfterValidator(_warning)]


class TagAction(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    tag: TagChange


class WarnAction(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    warn: Warn


def allowed_actions(kind: str | None) -> list[ActionKind]:
    """What rules of the kind may do; anything, while the kind is not known."""
    return sorted(RULE_KINDS[kind].allowed_actions) if kind else list(ActionKind)


def read_action(entry: object, kind: str | None) -> PlannedAction | None:
    """The action to plan; None for `notify`. Raises ValueError."""
    planned = _read_mapping(entry) if isinstance(entry, Mapping) else _read_word(entry)
    if planned is not None and kind is not None:
        _refuse(planned, kind)
    return planned


def _read_mapping(entry: Mapping[object, object]) -> PlannedAction:
    _check_forms(entry)
    if "warn" in entry:
        text = WarnAction.model_validate(entry).warn.text
        return PlannedAction(kind=ActionKind.WARN, text=text)
    return PlannedAction(kind=ActionKind.TAG, tags=TagAction.model_validate(entry).tag.set)


def _check_forms(entry: Mapping[object, object]) -> None:
    """Raises ValueError unless it is one action, of a kind that says more than its name."""
    words = [str(word) for word in entry]
    if len(words) != 1:
        found = format_list(words, last="and") if words else "none"
        raise ValueError(f"expected one action in each entry of the list, found {found}")
    (word,) = words
    if word not in _MAPPINGS and word in _WORDS:
        raise ValueError(f"{word} takes nothing more; write {word} alone, without a colon")
    if word not in _MAPPINGS:
        raise ValueError(f"unknown action {word!r}{did_you_mean(word, _NAMES)} (expected {_FORMS})")


def _read_word(word: object) -> PlannedAction | None:
    if not isinstance(word, str):
        raise ValueError(f"expected {_FORMS}")
    if word == ActionKind.TAG:
        raise ValueError(f"tag does not say what to set (expected {_SET})")
    if word not in _WORDS:
        raise ValueError(f"unknown action {word!r}{did_you_mean(word, _WORDS)} (expected {_FORMS})")
    return None if word == NOTIFY else PlannedAction(kind=ActionKind(word))


def _refuse(planned: PlannedAction, kind: str) -> None:
    """Raises ValueError for what the kind cannot do, with the reason."""
    check, allowed = RULE_KINDS[kind], allowed_actions(kind)
    if planned.kind not in allowed:
        reason = check.refusals[planned.kind]
        instead = format_list([*allowed, NOTIFY])
        raise ValueError(f"{kind} cannot {planned.kind}: {reason} (expected {instead})")
    if planned.kind is ActionKind.WARN and check.names_callers and not planned.text:
        raise ValueError(
            f"the reasons of {kind} name who made a call, and every viewer's player would get them "
            f"(expected {_SAY})"
        )


def _read(entry: object, info: ValidationInfo) -> PlannedAction | None:
    # Within a step, the kind is not among the fields that were read before.
    return read_action(entry, info.data.get("kind") or (info.context or {}).get("kind"))


type WrittenAction = Annotated[PlannedAction | None, PlainValidator(_read)]
