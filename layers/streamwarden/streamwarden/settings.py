"""What each function is told by its environment: one frozen class a function, read once."""

from collections.abc import Mapping
from typing import Any, Self

from msgspec import Struct, structs

from streamwarden.domain.verdicts import Mode


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
    """stream_events, recording_events and resource_changes."""

    table_name: str
    policy_path: str
    action_queue_url: str
    notification_queue_url: str
    notification_routes: str
    timer_group_name: str
    timer_target_arn: str
    timer_role_arn: str
    dead_letter_queue_url: str
    max_receives: str


class EnforceSettings(Settings, frozen=True, kw_only=True):
    table_name: str
    outcome_queue_url: str
    dead_letter_queue_url: str
    max_receives: str


class NotifySettings(Settings, frozen=True, kw_only=True):
    """`webhook_secret_arn` is empty where there is no webhook."""

    topic_arn: str
    webhook_secret_arn: str
    dead_letter_queue_url: str
    max_receives: str


class SweepSettings(Settings, frozen=True, kw_only=True):
    table_name: str
    policy_path: str
    stream_inbox_url: str
    change_inbox_url: str


class RotateKeysSettings(Settings, frozen=True, kw_only=True):
    stack_name: str
    table_name: str
    policy_path: str
    secret_prefix: str
    change_inbox_url: str
    notification_queue_url: str
    notification_routes: str


# By function folder, for the test that compares template and settings.
BY_FUNCTION: Mapping[str, type[Settings]] = {
    "stream_events": ObserverSettings,
    "recording_events": ObserverSettings,
    "resource_changes": ObserverSettings,
    "enforce": EnforceSettings,
    "notify": NotifySettings,
    "sweep": SweepSettings,
    "rotate_keys": RotateKeysSettings,
}


def _read(environ: Mapping[str, str], name: str) -> Any:
    value = environ.get(name)
    if value is None:
        raise MissingSetting(f"environment variable {name} is not set; template.yaml sets it")
    return value
