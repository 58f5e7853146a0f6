"""Every exit code of the command, in one place: `--help` and `docs/command.md` say these."""

import signal
from enum import IntEnum
from typing import Final


class ExitCode(IntEnum):
    """The codes above 128 are those that shells give to what a signal ends."""

    DONE = 0
    FAILED = 1
    WRONG_USAGE = 2  # argparse exits with it
    NOTHING = 3  # also what LSB init scripts answer for `status` of a service that is stopped
    TOO_MANY = 3  # of `policy diff`, which has no other use for this code
    NOT_SEEN = 4
    INTERRUPTED = 128 + signal.SIGINT
    NO_READER = 128 + signal.SIGPIPE

    @property
    def meaning(self) -> str:
        return _DESCRIPTIONS[self]


_DESCRIPTIONS: Final = {
    ExitCode.DONE: "done",
    ExitCode.FAILED: "failed or held, or the input cannot be used",
    ExitCode.WRONG_USAGE: "wrong usage",
    ExitCode.NOTHING: "nothing runs, nothing had to be done, or more than is allowed",
    ExitCode.NOT_SEEN: "sent, and not seen to take effect",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.NO_READER: "nobody reads the output",
}
