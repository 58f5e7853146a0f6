"""Whose changes are allowed: what rules about authors share."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from streamwarden.domain.filters import Texts, matcher
from streamwarden.domain.state.resource import Author

# What somebody did cannot be undone by a rule, so its breach must end by itself: a working day
# later everybody who needs to know has been told.
CLOSES_AFTER: Final = timedelta(hours=24)


def author_matcher(by: Texts) -> Callable[[Author], bool]:
    """Whether the ARN of an author, or of the role behind its session, is one of these globs."""
    is_allowed = matcher(by)

    def is_one(author: Author) -> bool:
        return bool(is_allowed(author.arn) or is_allowed(author.role_arn))

    return is_one
