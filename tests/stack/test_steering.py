"""Operators brake the deployed stack by commands, and people are told who did so.

Each order is given by a user with credentials of his own, and SQS names the user.
"""

import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from streamwarden_cli.local.access import REGION
from streamwarden_cli.main import main
from tests.stack.account import IN_ORDER, Account, eventually
from tests.stack.identities import Identity, allow, user
from tests.stack.simulated_aws import SimulatedAws

RULE: Final = "steered-shows"
WHY: Final = ("--reason", "the finals")
_STEERS: Final = [
    "cloudformation:DescribeStacks",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "sqs:SendMessage",
    "sts:GetCallerIdentity",
]

type Steer = Callable[..., Any]


@pytest.fixture(scope="module")
def olga(account: Account) -> Identity:
    aws = SimulatedAws(account.state_dir, account.local, account.control)
    return user(aws, "olga", allow(_STEERS, "*"))


@pytest.fixture
def author(account: Account, olga: Identity) -> str:
    """As people read it: what the command claims, and what SQS says."""
    iam: Any = account.client("iam")
    user_id = iam.get_user(UserName="olga")["User"]["UserId"]
    assert user_id.startswith("AIDA")
    return f"user/olga ({user_id})"


@pytest.fixture
def steer(
    account: Account, olga: Identity, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Steer:  # fmt: skip
    """Gives an order as Olga, and waits until it has the outcome."""
    for name, value in olga.credentials.items():
        monkeypatch.setenv(name.upper(), value)
    where = ("--endpoint-url", account.local.endpoint, "--region", REGION)

    def steered(*words: str, outcome: str = "in-force", code: int = 0) -> Any:
        assert main([*words, *WHY, *where, "--json"]) == code
        found = json.loads(capsys.readouterr().out)
        assert found["outcome"] == outcome
        return found

    return steered


def _channel(account: Account, name: str, **tags: str) -> str:
    """A channel that may never be on the air."""
    channel = account.channel(name, tags={**IN_ORDER, "show": "steered", **tags})
    eventually(lambda: account.is_recorded(channel))
    return channel


def _is_on_air(account: Account, channel: str) -> bool:
    return account.live_stream(channel) is not None


def _notified_text(account: Account, channel: str) -> str:
    """All that people were told of the rule and the channel."""
    return " ".join(each.text for each in account.notifications(channel, RULE))


def test_a_channel_with_the_tag_is_never_stopped(account: Account) -> None:
    """Before the pause: observers remember that for some seconds, and name it first."""
    show = _channel(account, "tagged", **{"streamwarden:protected": "true"})

    account.control.go_live(show)

    eventually(lambda: "streamwarden:protected=true" in _notified_text(account, show))
    account.settle()
    assert _is_on_air(account, show)
    assert "StopStream" not in account.calls_on(show)


def test_a_pause_stops_nobody_until_it_is_ended(
    account: Account, steer: Steer, author: str
) -> None:
    shows = [_channel(account, name) for name in ("paused-one", "paused-two")]

    account.settle()
    steer("pause")
    for each in shows:
        account.control.go_live(each)
    eventually(lambda: all("actions are paused" in _notified_text(account, each) for each in shows))
    account.settle()
    assert all(_is_on_air(account, each) for each in shows)
    assert not any("StopStream" in account.calls_on(each) for each in shows)
    assert all(
        f"actions are paused: the finals ({author})" in _notified_text(account, each)
        for each in shows
    )

    steer("resume", "--yes")
    eventually(lambda: not any(_is_on_air(account, each) for each in shows))


def test_a_protected_channel_is_stopped_once_an_administrator_lets_go(
    account: Account, steer: Steer, author: str
) -> None:
    show = _channel(account, "protected")

    steer("protect", "protected")
    account.control.go_live(show)
    reason = f"the channel is protected: the finals ({author})"
    eventually(lambda: reason in _notified_text(account, show))
    assert _is_on_air(account, show)

    steer("unprotect", "protected", "--yes")
    eventually(lambda: not _is_on_air(account, show))


def test_an_exempt_channel_is_in_no_breach_until_the_exemption_ends(
    account: Account, steer: Steer
) -> None:
    show = _channel(account, "exempt")

    steer("exempt", show, "--rule", RULE, "--until", "4h")
    account.control.go_live(show)
    eventually(lambda: account.is_recorded_live(show))
    account.settle()
    assert _is_on_air(account, show)
    assert RULE not in account.breaches(show)
    assert _notified_text(account, show) == ""

    steer("exempt", show, "--rule", RULE, "--end", "--yes")
    eventually(lambda: not _is_on_air(account, show))


def test_a_stop_says_whether_it_was_made(account: Account, steer: Steer) -> None:
    show = account.channel("stopped", tags=IN_ORDER)
    account.control.go_live(show)
    eventually(lambda: account.is_recorded_live(show))

    steer("protect", "stopped")
    steer("stop", "stopped", "--yes", outcome="held", code=1)
    assert _is_on_air(account, show)
    steer("unprotect", "stopped", "--yes")
    steer("stop", "stopped", "--yes", outcome="done")
    assert not _is_on_air(account, show)
