"""What every kind of destination says of itself, for the policy check, the reference and notify."""

from msgspec import Struct

from streamwarden.domain.notifications.message import UNLIMITED, Limits


class NoOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A destination that has nothing to set."""


class DestinationKind(Struct, frozen=True, kw_only=True):
    """`meaning` says in sentences what people get. `secret` says what the secret holds and `target`
    which resource it names; a kind with an empty one takes none. Where that is an ARN of one form,
    `target_pattern` is this form and `target_example` such an ARN. `options` are its own settings,
    with a default for each that need not be given. `permissions` are those of the calls it makes.
    """

    meaning: str
    limits: Limits = UNLIMITED
    secret: str = ""
    target: str = ""
    target_pattern: str = ""
    target_example: str = ""
    is_target_optional: bool = False
    options: type[Struct] = NoOptions
    permissions: frozenset[str] = frozenset()
