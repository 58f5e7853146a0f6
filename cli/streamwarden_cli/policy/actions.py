"""The entries of a rule's `actions`: words, or what an action kind says that it carries."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Final, assert_never

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    create_model,
)

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.kind import ActionKind, Form
from streamwarden.domain.rules import RULE_KINDS
from streamwarden.domain.verdicts import PlannedAction
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.policy.settings import SettingsRepair
from streamwarden_cli.policy.spans import LastingSpan
from streamwarden_cli.policy.tags import Tags

# `notify` is accepted because people write it; modes notify and enforce imply it.
NOTIFY: Final = "notify"
# Timed metadata has room for a kilobyte, in which an emoji takes four bytes.
_LONGEST_TEXT: Final = 200
_MOST_SPANS: Final = 8
_FOR: Final = "How long it lasts the first time, the second time and so on; the last one repeats."
_MODEL: Final = ConfigDict(extra="forbid", frozen=True)


def _text(text: str) -> str:
    if not 1 <= len(text) <= _LONGEST_TEXT:
        raise ValueError(f"expected 1 to {_LONGEST_TEXT} characters, found {len(text)}")
    return text


class TagChange(BaseModel):
    model_config = _MODEL

    set: Tags


class Spans(BaseModel):
    model_config = _MODEL

    spans: Annotated[
        tuple[LastingSpan, ...],
        Field(alias="for", min_length=1, max_length=_MOST_SPANS, description=_FOR),
    ]


class OwnText(BaseModel):
    model_config = _MODEL

    text: Annotated[str, AfterValidator(_text)]


def _form(word: str) -> str:
    return (carried_form(word) or Form.WORD).of(word)


def carried_form(word: str) -> Form | None:
    """How an action is written that says more than its word; None for one that never does."""
    return next((form for form in ACTION_KINDS[word].forms if form is not Form.WORD), None)


def is_word_alone(word: str) -> bool:
    """Whether an action may be written as nothing but its word."""
    return Form.WORD in ACTION_KINDS[word].forms


@cache
def model_of(word: str) -> type[BaseModel] | None:
    """Reads `{word: …}`; None where nothing is written that way."""
    form = carried_form(word)
    match form:
        case None | Form.WORD:
            return None
        case Form.TAGS:
            carried: type[BaseModel] = TagChange
        case Form.TEXT:
            carried = OwnText
        case Form.SPANS:
            carried = Spans
        case Form.SETTINGS:
            carried = SettingsRepair
        case _:
            assert_never(form)
    name = f"{''.join(part.capitalize() for part in word.split('_'))}Action"
    fields: dict[str, tuple[type[BaseModel], object]] = {word: (carried, ...)}
    return create_model(name, __config__=_MODEL, **fields)  # type: ignore[call-overload, no-any-return]


_WORDS: Final = (*filter(is_word_alone, ACTION_KINDS), NOTIFY)
_FORMS: Final = format_list(
    [
        *_WORDS,
        *(form.of(word) for word in ACTION_KINDS if (form := carried_form(word)) is not None),
    ]
)


def allowed_actions(kind: str | None) -> list[str]:
    """What rules of the kind may do; anything, while the kind is not known."""
    return [word for word in ACTION_KINDS if kind is None or not _why_refused(word, kind)]


def _why_refused(word: str, kind: str) -> str:
    check = RULE_KINDS[kind]
    return ACTION_KINDS[word].why_refused(check.traits, check.lacks)


def read_action(entry: object, kind: str | None) -> PlannedAction | None:
    """The action to plan; None for `notify`. Raises ValueError."""
    planned = _read_mapping(entry) if isinstance(entry, Mapping) else _read_word(entry)
    if planned is not None and kind is not None:
        _refuse(planned, kind)
    return planned


def _read_mapping(entry: Mapping[object, object]) -> PlannedAction:
    word = _only_word(entry)
    model = model_of(word) if word in ACTION_KINDS else None
    if model is not None:
        return _planned(word, getattr(model.model_validate(entry), word))
    if word in _WORDS:
        raise ValueError(f"{word} takes nothing more; write {word} alone, without a colon")
    raise _unknown(word, (*ACTION_KINDS, NOTIFY))


def _planned(word: str, carried: TagChange | OwnText | Spans | SettingsRepair) -> PlannedAction:
    match carried:
        case TagChange():
            return PlannedAction(kind=word, tags=carried.set)
        case OwnText():
            return PlannedAction(kind=word, text=carried.text)
        case Spans():
            return PlannedAction(kind=word, spans=carried.spans)
        case SettingsRepair():
            return PlannedAction(kind=word, settings=carried.compiled())
        case _:
            assert_never(carried)


def _only_word(entry: Mapping[object, object]) -> str:
    """The word of an entry that is one action. Raises ValueError."""
    words = [str(word) for word in entry]
    if len(words) != 1:
        found = format_list(words, last="and") if words else "none"
        raise ValueError(f"expected one action in each entry of the list, found {found}")
    return words[0]


def _read_word(word: object) -> PlannedAction | None:
    if not isinstance(word, str):
        raise ValueError(f"expected {_FORMS}")
    if word == NOTIFY:
        return None
    if word not in ACTION_KINDS:
        raise _unknown(word, _WORDS)
    if not is_word_alone(word):
        raise ValueError(f"{word} needs more than its word (expected {_form(word)})")
    return PlannedAction(kind=word)


def _unknown(word: str, names: tuple[str, ...]) -> ValueError:
    return ValueError(f"unknown action {word!r}{did_you_mean(word, names)} (expected {_FORMS})")


def _refuse(planned: PlannedAction, kind: str) -> None:
    """Raises ValueError for what the kind cannot do, with the reason."""
    word = planned.kind
    reason = _why_refused(word, kind)
    if reason:
        instead = format_list([*allowed_actions(kind), NOTIFY])
        raise ValueError(f"{kind} cannot {word}: {reason} (expected {instead})")
    reason = "" if planned.text else _why_own_text(ACTION_KINDS[word], kind)
    if reason:
        raise ValueError(f"{kind} cannot {word}: {reason} (expected {_form(word)})")


def _why_own_text(action: ActionKind, kind: str) -> str:
    """Why the reasons of the kind are no text for the action; empty where they are."""
    traits = RULE_KINDS[kind].traits
    return next((why for trait, why in action.own_text_for.items() if trait in traits), "")


def _read(entry: object, info: ValidationInfo) -> PlannedAction | None:
    # Within a step, the kind is not among the fields that were read before.
    return read_action(entry, info.data.get("kind") or (info.context or {}).get("kind"))


type ActionDocument = Annotated[PlannedAction | None, PlainValidator(_read)]
