"""What `rule` may name beside the ids of rules: incidents that no rule has opened."""

from typing import Final

from streamwarden.domain.state.controls import PROTECTED_TAG

# As `domain.notifications.keys.word_of` has them: orders of operators and of rules, what operators
# have set, breakers, deployments, rotations, and ready recordings. A rotation that somebody asked
# for is on demand.
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
    "deployment",
    "rotation",
    "on-demand",
    "recording",
)
