"""What `rule` may name beside the ids of rules: incidents that no rule has opened."""

from typing import Final

from streamwarden.domain.state.controls import PROTECTED_TAG

# As `domain.notifications.keys.word_of` has them: orders of operators and of rules, what operators
# have set, breakers, rotations, and ready recordings. Rotations that somebody asked for are on
# demand.
OWN_WORDS: Final = (
    "quarantine",
    "stop",
    "pause",
    "protection",
    "silence",
    PROTECTED_TAG,
    "breaker",
    "mode",
    "limit",
    "rotation",
    "on-demand",
    "recording",
)
