"""When a message that failed comes again, and when it has had its tries.

SQS counts receives, and a receive is no try: Lambda may be throttled, a message before it in its
group may fail, a batch may run out of time. The age of a message says how often it was tried,
because each wait is as long as the message is old: after 0, 5, 10, 20, 40 … seconds, and then
every ten minutes.
"""

from datetime import timedelta
from typing import Final

from streamwarden.services.errors import TemporaryError

_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(minutes=10)

# What is busy or away comes back: AWS services have been away for most of a day.
_BUSY_FOR: Final = timedelta(days=1)
# Nine tries. What nobody expected seldom passes, and it holds back what is behind it.
_BROKEN_FOR: Final = timedelta(minutes=15)
# A message that lay in the queue for long is old, and was not tried yet.
_FEWEST_RECEIVES: Final = 5


def wait_after(age: timedelta) -> timedelta:
    """How long a message of this age waits for its next try."""
    return min(max(age, _FIRST_WAIT), _LONGEST_WAIT)


def has_had_its_tries(error: Exception, age: timedelta, receives: int) -> bool:
    """Whether a message that failed with this error is dead-lettered."""
    limit = _BUSY_FOR if isinstance(error, TemporaryError) else _BROKEN_FOR
    return age >= limit and receives >= _FEWEST_RECEIVES
