"""What each function reads from its environment: one frozen class a function, read once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct, structs

from streamwarden.domain.levels import Mode

if TYPE_CHECKING:
    from streamwarden.domain.commands import CommandInbox


class MissingSetting(Exception):
    """An environment variable is missing or senseless; names it and says what it should be."""


class Settings(Struct, frozen=True, kw_only=True):
    """`MODE` is the mode of the whole stack: `observe` or `enforce`."""

    mode: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Every field from the variable of the same name in capitals. Raises MissingSetting."""
        return cls(**{each.name: _read(environ, each.name.upper()) for each in structs.fields(cls)})

    @property
    def max_mode(self) -> Mode:
        """How far any rule may go: an observing stack still tells, and says what it would do."""
        match self.mode:
            case "enforce":
                return Mode.ENFORCE
            case "observe":
                return Mode.NOTIFY
            case other:
                raise MissingSetting(f"MODE must be observe or enforce, not {other!r}")


class ObserverSettings(Settings, frozen=True, kw_only=True):
    """StreamEvents, RecordingEvents and ResourceChanges."""

    table_name: str
    ledger_retention_days: str
    policy_path: str
    action_queue_url: str
    notification_queue_url: str
    timer_group_name: str
    timer_target_arn: str
    timer_dead_letters_arn: str
    timer_role_arn: str
    source_queue_url: str
    dead_letter_queue_url: str

    @property
    def ledger_kept(self) -> timedelta:
        """How long entries of the ledger are kept."""
        days = self.ledger_retention_days
        if not days.isdecimal():
            raise MissingSetting(f"LEDGER_RETENTION_DAYS must be a number of days, not {days!r}")
        return timedelta(days=int(days))


class CommandSettings(ObserverSettings, frozen=True, kw_only=True):
    """OperatorCommands and AdministratorCommands. `takes` is whose commands the inbox takes."""

    takes: str
    stream_inbox_url: str

    @property
    def inbox(self) -> "CommandInbox":
        # Every function reads settings, and few of them take commands.
        from streamwarden.domain.commands import CommandInbox

        try:
            return CommandInbox(self.takes)
        except ValueError as error:
            allowed = " or ".join(CommandInbox)
            raise MissingSetting(f"TAKES must be {allowed}, not {self.takes!r}") from error


class EnforceSettings(Settings, frozen=True, kw_only=True):
    table_name: str
    rotate_keys_arn: str
    outcome_queue_url: str
    source_queue_url: str
    dead_letter_queue_url: str


class NotifySettings(Settings, frozen=True, kw_only=True):
    """`destination_secrets` is how the names of the destinations' secrets begin."""

    stack_name: str
    policy_path: str
    table_name: str
    topic_arn: str
    destination_secrets: str
    change_inbox_url: str
    notification_queue_url: str
    source_queue_url: str
    dead_letter_queue_url: str


class SweepSettings(Settings, frozen=True, kw_only=True):
    stack_name: str
    table_name: str
    policy_path: str
    stream_inbox_url: str
    change_inbox_url: str
    notification_queue_url: str


class RotateKeysSettings(Settings, frozen=True, kw_only=True):
    stack_name: str
    table_name: str
    policy_path: str
    secret_prefix: str
    change_inbox_url: str
    notification_queue_url: str


# By the name of the function in template.yaml, for the tests that compare template and settings.
BY_FUNCTION: Mapping[str, type[Settings]] = {
    "StreamEvents": ObserverSettings,
    "RecordingEvents": ObserverSettings,
    "ResourceChanges": ObserverSettings,
    "OperatorCommands": CommandSettings,
    "AdministratorCommands": CommandSettings,
    "Enforce": EnforceSettings,
    "Notify": NotifySettings,
    "Sweep": SweepSettings,
    "RotateKeys": RotateKeysSettings,
}


def _read(environ: Mapping[str, str], name: str) -> Any:
    value = environ.get(name)
    if value is None:
        raise MissingSetting(f"environment variable {name} is not set; template.yaml sets it")
    return value
