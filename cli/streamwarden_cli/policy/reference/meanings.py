"""What the words of a policy mean, once for the reference, the schema and `policy explain`."""

from collections.abc import Mapping
from typing import Final

from streamwarden.domain.verdicts import ActionKind, Mode, Severity

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

ACTIONS: Final[Mapping[ActionKind, str]] = {
    ActionKind.STOP: (
        "Stops the stream that was decided on. `GetStream` is read first: a newer stream is left "
        "alone, one that is off the air already needs nothing, and one that only stalled is left "
        "alone if it delivers again."
    ),
    ActionKind.TAG: (
        "Sets tags, as `{tag: {set: {key: value}}}`: those that are missing or different, but "
        "none that the rule finds in order. Never removes a tag."
    ),
    ActionKind.INHERIT_TAGS: (
        "Copies the tags that the rule names from the channel to its stream key: those that are "
        "missing or different. `ListStreamKeys` is read first, and only that key is tagged. Never "
        "removes a tag."
    ),
    ActionKind.ROTATE_KEY: (
        "Replaces the stream key, in the stack's rotation window and never while the channel is "
        "live."
    ),
    ActionKind.WARN: (
        "Puts a warning into the stream as timed metadata, at most a kilobyte of JSON: "
        '`{"streamwarden": {"rule": …, "text": …, "at": …}}`. The text is the reason of the breach '
        "unless `{warn: {text: …}}` says another. Every viewer's player gets it, and it stays in "
        "the recording. `GetStream` is read first, as for a stop; once done, it is not repeated "
        "for the same stream and step."
    ),
}
NOTIFYING: Final = "Tells people, which modes notify and enforce do anyway; may be written."
