"""Looked at last, by its name: what the tests of this folder left behind in both accounts."""

from tests.stack.account import Account
from tests.stack.leaks import key_values, leaks


def test_no_stream_key_is_anywhere_it_should_not_be(
    account: Account, watched_account: Account
) -> None:
    values = key_values(account) | key_values(watched_account)

    assert len(values) > 10
    assert leaks(account, values) == []
    assert leaks(watched_account, values) == []
