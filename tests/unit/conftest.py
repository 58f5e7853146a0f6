"""Unit tests touch nothing outside: no test of this level may open a socket."""

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test fails at its first socket. The plugin's fixture would make the guard twice."""
    item.add_marker("disable_socket")
