"""Functions start cold again, as in a new Lambda environment.

What it imports reads the environment. So a test sets that first (`testbed/environment.py`).
"""

from typing import Final

from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.enforcer import enforcer
from streamwarden.bootstrap.notifier import notifier
from streamwarden.bootstrap.observer import observer
from streamwarden.bootstrap.rotator import rotator
from streamwarden.bootstrap.sweeper import sweeper

# What builds a function, by the name that its module imports it with.
BUILDERS: Final = {each.__name__: each for each in (observer, enforcer, notifier, sweeper, rotator)}


def start_cold() -> None:
    """Forget what was built, and the clients with it."""
    for built in BUILDERS.values():
        built.cache_clear()
    runtime.session.cache_clear()
