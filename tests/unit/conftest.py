"""Unit tests touch nothing outside: no test of this level may open a socket."""

import pytest


@pytest.fixture(autouse=True)
def _no_sockets(socket_disabled: None) -> None:
    """Fails the test at its first socket."""
