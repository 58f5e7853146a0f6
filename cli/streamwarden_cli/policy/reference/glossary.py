"""What the words of a policy mean, once for the reference, the schema and `policy explain`."""

from collections.abc import Mapping
from typing import Final

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.verdicts import Mode, Severity

MODES: Final[Mapping[Mode, str]] = {
    Mode.OBSERVE: "records breaches; nobody is told and nothing is done",
    Mode.NOTIFY: "also tells people, and what would have been done",
    Mode.ENFORCE: "also does what the rule's actions say",
}

SEVERITIES: Final[Mapping[Severity, str]] = {
    Severity.LOW: "worth knowing some day",
    Severity.MEDIUM: "worth a look on a working day",
    Severity.HIGH: "somebody should look today",
    Severity.CRITICAL: "somebody should look now, also at night",
}

ACTIONS: Final[Mapping[str, str]] = {word: kind.meaning for word, kind in ACTION_KINDS.items()}
NOTIFYING: Final = "Tells people, which modes notify and enforce do anyway; may be written."
