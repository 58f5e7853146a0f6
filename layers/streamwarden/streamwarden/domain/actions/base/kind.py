"""What every action kind says of itself, and what most kinds have in common."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final

from streamwarden.domain.actions.base.calls import Plan, Seen, Sight
from streamwarden.domain.traits import Trait, Traits
from streamwarden.domain.verdicts import Action, PlannedAction, Verdict

if TYPE_CHECKING:
    from streamwarden.domain.state.facts import Facts  # which enforce never loads

_AT_ONCE: Final = timedelta(0)
_NO_TEXT_NEEDED: Final[Mapping[Trait, str]] = {}


class Form(StrEnum):
    """How an action may be written: as its word, or with what it carries."""

    WORD = "{word}"
    SPANS = "{{{word}: {{for: [1h, 1d, 7d]}}}}"
    TAGS = "{{{word}: {{set: {{key: value}}}}}}"
    TEXT = "{{{word}: {{text: …}}}}"
    SETTINGS = "{{{word}: {{set: {{setting: value}}}}}}"

    def of(self, word: str) -> str:
        """How an action of the kind with this word is written."""
        return self.format(word=word)


class Target(StrEnum):
    """What an action is done to: one stream, its channel, or whatever resource the rule judges."""

    STREAM = "stream"
    CHANNEL = "channel"
    RESOURCE = "resource"


class Performer(StrEnum):
    """The function that carries an action out: from its queue, or in the rotation window."""

    ENFORCE = "Enforce"
    ROTATE_KEYS = "RotateKeys"


class ActionKind:
    """Something that Streamwarden may do. A kind has no state: an action has.

    In a policy:
    - `word` names the kind, `meaning` says what it does in sentences, and `forms` are the ways to
      write it;
    - `needs` are the traits that a rule kind must have. `refusal` says why others may not have the
      action, unless the rule kind says it better;
    - `own_text_for` are the traits of rules whose reasons it must not tell, and why.

    When a breach is open:
    - `target` is what it is done to, and `done_where` a condition without which it is never done;
    - `is_destructive` says that it can end a show or lock somebody out: brakes hold it back;
    - `ends_stream` says that it takes a live stream off the air;
    - `is_per_step` says that each step of a rule has its own, `is_done_once` that it is not
      repeated once it was carried out, and `follows_early_warnings` that it also follows from an
      early warning;
    - `is_lasting` says that it begins a state of the channel that outlives the breach. It is no
      request of the breach then (`orders`);
    - `may_be_taken_back` says that others may undo its effect. It then gives way (`effects`).

    When it is carried out:
    - `performer` does it, after a look at what `looks_at` says, by calls for which it holds the
      `permissions`. What takes several calls consists of `parts`, each with a look of its own.
    """

    word: ClassVar[str]
    meaning: ClassVar[str]
    forms: ClassVar[tuple[Form, ...]] = (Form.WORD,)
    needs: ClassVar[tuple[Trait, ...]]
    refusal: ClassVar[str]
    own_text_for: ClassVar[Mapping[Trait, str]] = _NO_TEXT_NEEDED

    target: ClassVar[Target]
    done_where: ClassVar[str] = ""
    is_destructive: ClassVar[bool] = False
    ends_stream: ClassVar[bool] = False
    is_per_step: ClassVar[bool] = False
    is_done_once: ClassVar[bool] = False
    follows_early_warnings: ClassVar[bool] = False
    is_lasting: ClassVar[bool] = False
    may_be_taken_back: ClassVar[bool] = False

    performer: ClassVar[Performer] = Performer.ENFORCE
    looks_at: ClassVar[Sight] = Sight.NOTHING
    permissions: ClassVar[frozenset[str]]
    parts: ClassVar[tuple["ActionKind", ...]] = ()

    def still_wanted(
        self, planned: PlannedAction, verdict: Verdict, facts: "Facts", settled: frozenset[str]
    ) -> PlannedAction | None:
        """What of it would still change something. `settled` are tags that it must not touch.

        What cannot be done now has a `delay`: it is told, and not requested.
        """
        return planned

    def never_unless(self, planned: PlannedAction) -> str:
        """The condition without which it is never done."""
        return self.done_where

    def given_up_after(self, planned: PlannedAction) -> timedelta | None:
        """How long after its step was reached it is given up; None where it never is."""
        return None

    def may_succeed_now(self, since: datetime, facts: "Facts") -> bool:
        """Whether what made it pointless at `since` is over, so that it is asked for again now."""
        return False

    def undo(self, resource_arn: str) -> str:
        """The command by which people take it back; empty where there is none."""
        return ""

    def describe(self, planned: PlannedAction) -> str:
        """What it does, as the rest of a sentence that begins with who does it."""
        raise NotImplementedError

    def plan(self, action: Action, seen: Seen) -> Plan:
        """How to carry it out, given what a look has shown just now."""
        raise NotImplementedError

    def request_key(self, stream_id: str | None, after: timedelta = _AT_ONCE) -> str:
        """Names an action within its breach; `after` is the step that asks for it.

        What is done to a stream concerns one stream: the next one is another. What is not done per
        step is one and the same in whatever step.
        """
        concerned = f"/{stream_id}" if self.target is Target.STREAM else ""
        step = f"/{after.total_seconds():.0f}s" if after and self.is_per_step else ""
        return f"{self.word}{concerned}{step}"

    def distinguished_by(self, planned: PlannedAction) -> str:
        """What makes it another action within its breach and step; most have nothing."""
        return ""

    def why_refused(self, traits: Traits, lacks: Mapping[Trait, str]) -> str:
        """Why rules with these traits may not have it; empty where they may.

        `lacks` is what the rule kind says of the traits that it has not.
        """
        missing = next((each for each in self.needs if each not in traits), None)
        return "" if missing is None else lacks.get(missing, self.refusal)


def describe_tags(planned: PlannedAction) -> str:
    return ", ".join(f"{key}={value}" for key, value in planned.tags.items())
