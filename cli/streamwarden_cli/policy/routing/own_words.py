"""What stands in the place of a rule's id where a notification is about no rule."""

from typing import Final

from streamwarden.domain.state.controls import PROTECTED_TAG

# Orders of operators and their controls (`domain.orders.news`, `domain.breaches.control_changes`),
# and rotations that somebody asked for.
OWN_WORDS: Final = ("quarantine", "stop", "pause", "protection", PROTECTED_TAG, "on-demand")
