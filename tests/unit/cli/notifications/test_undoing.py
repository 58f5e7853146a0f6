"""The commands in notifications are commands that there are."""

import pytest

from streamwarden.domain.notifications import undoing
from streamwarden_cli import main
from testbed.builders import CHANNEL

COMMANDS = (
    undoing.RESUMING,
    undoing.exempting(CHANNEL, "no-marathons"),
    undoing.releasing(CHANNEL),
    undoing.unprotecting(CHANNEL),
    undoing.releasing_breaker("no-marathons"),
    undoing.as_in_policy("no-marathons"),
    undoing.turning_down("no-marathons"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_what_people_copy_is_understood(command: str) -> None:
    name, *arguments = command.replace("--until …", "--until 4h").split()

    parsed = main.command_parser().parse_args(arguments)

    assert name == "streamwarden"
    assert parsed.command == arguments[0]
