"""A command that people are told on a local stack acts there, and not on an account of theirs."""

import pytest

from streamwarden.adapters.destinations import LeftToRight, Resources, destination_of
from streamwarden.adapters.local_aws import TURN_SHELL_TO_LOCAL, OnLocalAws
from streamwarden.adapters.secret_values import how_to_create, how_to_restore, how_to_set
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.notifications.undoing import RESUMING, untagging
from streamwarden.services.errors import SecretUnusable
from tests.unit.adapters.posting import NOON, STUDIO, message

UNTAG = untagging(STUDIO, "streamwarden:protected")


class Taking:
    """A destination that keeps what it is given."""

    def __init__(self) -> None:
        self.taken: list[Message] = []

    def deliver(self, message: Message) -> None:
        self.taken.append(message)


class WithoutSecret:
    """A destination whose secret nobody has made."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def deliver(self, message: Message) -> None:
        raise SecretUnusable(self.reason)


def test_a_command_of_aws_is_told_with_what_turns_the_shell() -> None:
    taking, given = Taking(), message(undo=(UNTAG, RESUMING))

    OnLocalAws(taking).deliver(given)

    assert taking.taken == [message(undo=(f"{TURN_SHELL_TO_LOCAL} && {UNTAG}", RESUMING))]


@pytest.mark.parametrize("remedy", [how_to_create("s"), how_to_set("s"), how_to_restore("s")])
def test_so_is_the_remedy_of_a_secret(remedy: str) -> None:
    without = WithoutSecret(f"there is no secret s: {remedy}")

    with pytest.raises(SecretUnusable) as refused:
        OnLocalAws(without).deliver(message())

    assert str(refused.value) == f"there is no secret s: {TURN_SHELL_TO_LOCAL} && {remedy}"


@pytest.mark.parametrize(("is_local", "made"), [(True, OnLocalAws), (False, LeftToRight)])
def test_destinations_of_a_local_stack_alone_are_made_so(is_local: bool, made: type) -> None:
    resources = Resources(
        clients=lambda _: None,
        secrets=lambda _: pytest.fail("no secret is read"),
        secret_prefix="",
        clock=lambda: NOON,
        stack_name="streamwarden",
        topic_arn="",
        is_local=is_local,
    )

    assert isinstance(destination_of(DestinationSpec(name="one", kind="sns"), resources), made)
