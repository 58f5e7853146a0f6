"""What is ordered on a channel is carried out, or not: the command says which, and why not."""

import pytest

from streamwarden.domain.state.controls import PROTECTED_TAG
from streamwarden_cli.exit_codes import ExitCode
from tests.integration.driver import Stack
from tests.integration.steering import Steer, steering, take_in, take_in_and_act

NOT_ENFORCED = "arena: the stack does not enforce (parameter Mode), so nothing is done"


@pytest.fixture
def steer(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Steer:
    return steering(stack, monkeypatch, capsys, take_in_and_act)


def _on_the_air(stack: Stack, **tags: str) -> None:
    stack.go_live(stack.channel("arena", tags=tags))
    stack.observe_events()
    stack.later(seconds=5)


@pytest.mark.parametrize(
    ("word", "begins", "ends"),
    [
        ("stop", "the stream of arena is stopped: the finals (", " ended at 12:00:05 UTC"),
        (
            "quarantine",
            "arena is in quarantine: the finals (",
            "; revoked the stream key; stopped stream ",
        ),
    ],
)
def test_what_was_done_is_said(
    stack: Stack, steer: Steer, word: str, begins: str, ends: str
) -> None:
    _on_the_air(stack)

    found = steer(word, "arena", "--yes")

    assert found["outcome"] == "done"
    assert found["text"].startswith(begins)
    assert ends in found["text"]


@pytest.mark.parametrize("word", ["stop", "quarantine"])
@pytest.mark.parametrize("is_by_tag", [False, True])
def test_protection_holds_it(stack: Stack, steer: Steer, word: str, is_by_tag: bool) -> None:
    _on_the_air(stack, **({PROTECTED_TAG: "true"} if is_by_tag else {}))
    if not is_by_tag:
        steer("protect", "arena")

    found = steer(word, "arena", "--yes", code=ExitCode.FAILED)

    assert found["outcome"] == "held"
    why = (
        f"the channel has the tag {PROTECTED_TAG}=true" if is_by_tag else "the channel is protected"
    )
    assert found["text"].startswith(f"arena: {why}")


@pytest.mark.parametrize("word", ["stop", "quarantine"])
def test_a_stack_that_observes_carries_nothing_out(
    observing: Stack,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    word: str,
) -> None:
    steer = steering(observing, monkeypatch, capsys, take_in)
    _on_the_air(observing)

    looked = steer(word, "arena", "--yes", code=ExitCode.FAILED)
    unlooked = steer(word, "arena", "--yes", "--no-wait", code=ExitCode.FAILED)

    for each in (looked, unlooked):
        assert (each["outcome"], each["text"]) == ("held", NOT_ENFORCED)


def test_off_the_air_there_is_nothing_to_stop(stack: Stack, steer: Steer) -> None:
    stack.channel("arena")

    found = steer("stop", "arena", "--yes", code=ExitCode.NOTHING)

    assert found["outcome"] == "nothing-to-do"
    assert found["text"].startswith("arena: no stream is known to be live; ")


def test_off_the_air_a_quarantine_is_one_and_a_release_ends_it(stack: Stack, steer: Steer) -> None:
    stack.channel("arena")

    quarantined = steer("quarantine", "arena", "--yes")
    stack.later(minutes=1)
    released = steer("release", "arena")

    assert quarantined["outcome"] == released["outcome"] == "done"
    assert quarantined["text"].endswith("; revoked the stream key; nothing is live")
    assert released["text"].startswith("arena is released: the finals (")
    assert released["text"].endswith("; the new stream key is published")


def test_without_a_quarantine_there_is_nothing_to_release(stack: Stack, steer: Steer) -> None:
    stack.channel("arena")

    found = steer("release", "arena", code=ExitCode.NOTHING)

    assert (found["outcome"], found["text"]) == (
        "nothing-to-do",
        "arena: the channel was not in quarantine",
    )


@pytest.mark.parametrize("word", ["stop", "quarantine"])
def test_what_is_not_done_in_time_is_only_ordered(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    steer = steering(stack, monkeypatch, capsys, take_in)
    _on_the_air(stack)

    found = steer(word, "arena", "--yes", code=ExitCode.NOT_SEEN)

    assert (found["outcome"], found["text"]) == (
        "ordered",
        "not yet done after 15 s; look at `streamwarden why arena`",
    )
