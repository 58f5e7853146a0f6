"""Every answer of IVS to a quarantine has an outcome, and what failed is tried again."""

from collections import deque

import pytest

from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.services.errors import NotFound, PermanentError, TemporaryError
from tests.unit.services.channel_stack import Stack


def refuse(stack: Stack, **calls: Exception | str) -> None:
    stack.ivs.refusals = {name: deque([answer]) for name, answer in calls.items()}


THROTTLED = TemporaryError("ThrottlingException")
DENIED = PermanentError("AccessDeniedException")


@pytest.mark.parametrize(
    ("refusals", "status", "reason"),
    [
        (
            {"StopStream": "ChannelNotBroadcasting"},
            OutcomeStatus.DONE,
            "revoked the stream key; the stream ended by itself",
        ),
        (
            {"StopStream": TemporaryError("StreamUnavailable")},
            OutcomeStatus.DONE,
            "the channel has no stream key; stopped stream st-000001",
        ),
        (
            {"DeleteStreamKey": THROTTLED},
            OutcomeStatus.DONE,
            "revoked the stream key; stopped stream st-000001",
        ),
        (
            {"DeleteStreamKey": "ResourceNotFoundException"},
            OutcomeStatus.DONE,
            "the stream key is gone already; stopped stream st-000001",
        ),
        (
            {"DeleteStreamKey": DENIED},
            OutcomeStatus.FAILED,
            "AccessDeniedException; stopped stream st-000001",
        ),
        (
            {"StopStream": DENIED},
            OutcomeStatus.FAILED,
            "revoked the stream key; AccessDeniedException",
        ),
        (
            {"StopStream": PermanentError("ConflictException")},
            OutcomeStatus.FAILED,
            "revoked the stream key; ConflictException",
        ),
        (
            {"ListStreamKeys": NotFound("gone"), "GetStream": NotFound("gone")},
            OutcomeStatus.NOTHING_TO_DO,
            "the channel no longer exists",
        ),
    ],
)
def test_every_answer_of_ivs_has_an_outcome(
    refusals: dict[str, Exception | str], status: OutcomeStatus, reason: str
) -> None:
    stack = Stack()
    refuse(stack, **refusals)
    stack.go_live(1)

    stack.settle()

    assert stack.outcomes[0] == (status, reason)
    assert ("quarantine failed" in stack.titles) is (status is OutcomeStatus.FAILED)


def test_what_failed_is_tried_again_until_the_channel_is_off_the_air() -> None:
    stack = Stack()
    stack.ivs.refusals = {"StopStream": deque([DENIED, DENIED]), "DeleteStreamKey": deque([DENIED])}
    stack.go_live(1)
    stack.settle()

    stack.later(minutes=10)

    assert (stack.ivs.key, stack.ivs.live) == (None, None)
    assert stack.titles.count("quarantine failed") == 1


def test_another_stream_than_the_one_decided_on_is_stopped_as_well() -> None:
    stack = Stack()
    stack.go_live(1)
    stack.ivs.go_live(2)  # no event has told of it

    stack.settle()

    assert stack.ivs.live is None
    assert "stopped stream st-000002" in stack.outcomes[0][1]


def test_a_stop_that_no_event_confirms_is_verified_by_a_look_after_a_while() -> None:
    stack = Stack()
    stack.go_live(1)
    stack.ivs.make = lambda call: ""  # type: ignore[method-assign]  # nothing happens
    stack.settle()
    assert stack.ivs.live is not None
    del stack.ivs.make

    stack.later(seconds=80)
    assert stack.ivs.live is not None
    stack.later(seconds=20)

    assert stack.ivs.live is None
