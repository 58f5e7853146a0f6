"""What rules about authors share: whose changes are allowed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from streamwarden.domain.globs import Texts, matcher
from streamwarden.domain.state.resource import Author

# A rule cannot undo a change, so its breach must end by itself. After a working day the people who
# need to know have read of it.
CLOSES_AFTER: Final = timedelta(hours=24)


def author_matcher(by: Texts) -> Callable[[Author], bool]:
    """Whether the ARN of an author, or of the role behind its session, is one of these globs."""
    is_allowed = matcher(by)

    def is_one(author: Author) -> bool:
        return bool(is_allowed(author.arn) or is_allowed(author.role_arn))

    return is_one
