"""What people are told by a stack on a local AWS: commands of the AWS CLI that act there.

Bare, they act on the account whose credentials a shell has.
"""

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streamwarden.domain.notifications.message import Message
from streamwarden.services.errors import SecretUnusable
from streamwarden.services.ports import Destination

TURN_SHELL_TO_LOCAL: Final = """eval "$(streamwarden local status | grep -E '^(unset|export) ')\""""
# At the beginning, or behind the reason for it.
_CALLS_AWS: Final = re.compile(r"(^|: )(aws [a-z])")


class OnLocalAws(Struct, frozen=True):
    """Destination whose commands, and whose remedies, act on the local AWS."""

    destination: Destination

    def deliver(self, message: Message) -> None:
        notifications = tuple(
            replace(each, undo=tuple(map(_on_local_aws, each.undo)))
            for each in message.notifications
        )
        try:
            self.destination.deliver(replace(message, notifications=notifications))
        except SecretUnusable as error:
            raise SecretUnusable(_on_local_aws(str(error))) from error


def _on_local_aws(text: str) -> str:
    return _CALLS_AWS.sub(lambda found: f"{found[1]}{TURN_SHELL_TO_LOCAL} && {found[2]}", text)
