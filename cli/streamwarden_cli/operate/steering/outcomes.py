"""What the outcome of an order is called: in words, for programs, and as an exit code."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden_cli.exit_codes import ExitCode

# A function that starts cold takes some seconds.
PATIENCE_SECONDS: Final = 15.0


class Outcome(StrEnum):
    """An order that only sets something is in force. One that is carried out is done, or why not.

    `DECIDED` is what follows from an external verdict. `ORDERED` was taken in and has no outcome
    yet. `SENT` says that nobody looked.
    """

    IN_FORCE = "in-force"
    DONE = "done"
    DECIDED = "decided"
    HELD = "held"
    FAILED = "failed"
    NOTHING_TO_DO = "nothing-to-do"
    ORDERED = "ordered"
    SENT = "sent"
    NOT_SEEN = "not-seen"

    @property
    def exit_code(self) -> ExitCode:
        return _EXIT_CODES[self]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an order, with all there is to say of it."""

    outcome: Outcome
    text: str

    @property
    def sentence(self) -> str:
        """`done: …`"""
        return f"{_BEGINNINGS[self.outcome]}{self.text}"


OF_ACTIONS: Final[Mapping[OutcomeStatus, Outcome]] = {
    OutcomeStatus.DONE: Outcome.DONE,
    OutcomeStatus.HELD: Outcome.HELD,
    OutcomeStatus.FAILED: Outcome.FAILED,
    OutcomeStatus.NOTHING_TO_DO: Outcome.NOTHING_TO_DO,
    OutcomeStatus.SKIPPED: Outcome.NOTHING_TO_DO,
}
SENT: Final = Result(Outcome.SENT, "sent; nobody looked what came of it")
NOT_SEEN: Final = Result(
    Outcome.NOT_SEEN,
    f"not seen to take effect within {PATIENCE_SECONDS:.0f} s; "
    "`streamwarden status` shows the inboxes and their dead letters",
)

_EXIT_CODES: Final[Mapping[Outcome, ExitCode]] = {
    Outcome.IN_FORCE: ExitCode.DONE,
    Outcome.DONE: ExitCode.DONE,
    Outcome.DECIDED: ExitCode.DONE,
    Outcome.HELD: ExitCode.FAILED,
    Outcome.FAILED: ExitCode.FAILED,
    Outcome.NOTHING_TO_DO: ExitCode.NOTHING,
    Outcome.ORDERED: ExitCode.NOT_SEEN,
    Outcome.SENT: ExitCode.DONE,
    Outcome.NOT_SEEN: ExitCode.NOT_SEEN,
}
_BEGINNINGS: Final[Mapping[Outcome, str]] = {
    Outcome.IN_FORCE: "in force: ",
    Outcome.DONE: "done: ",
    Outcome.DECIDED: "decided: ",
    Outcome.HELD: "held: ",
    Outcome.FAILED: "failed: ",
    Outcome.NOTHING_TO_DO: "nothing to do: ",
    Outcome.ORDERED: "ordered: ",
    Outcome.SENT: "",
    Outcome.NOT_SEEN: "",
}


def ordered(channel: str) -> Result:
    text = f"not yet done after {PATIENCE_SECONDS:.0f} s; look at `streamwarden why {channel}`"
    return Result(Outcome.ORDERED, text)
