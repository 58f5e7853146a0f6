"""The secrets of destinations: one each in Secrets Manager, under one prefix of the stack."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from streamwarden.adapters.aws_errors import translated
from streamwarden.services.errors import PermanentError
from streamwarden.services.ports import Clock

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

# A webhook that moved must not need a new deployment: its address is read again after 5 minutes.
_KEPT_FOR: Final = timedelta(minutes=5)


@dataclass(slots=True)
class DestinationSecrets:
    """Reads a secret by its name after the prefix, and keeps it for some minutes."""

    client: "SecretsManagerClient"
    prefix: str
    clock: Clock
    _kept: dict[str, tuple[datetime, str]] = field(default_factory=dict, repr=False)

    def __call__(self, name: str) -> str:
        """The text of the secret. Raises TemporaryError, PermanentError."""
        now, kept = self.clock(), self._kept.get(name)
        if kept is None or now - kept[0] > _KEPT_FOR:
            kept = now, self._read(name)
            self._kept[name] = kept
        return kept[1]

    def _read(self, name: str) -> str:
        with translated("secretsmanager:GetSecretValue"):
            secret = self.client.get_secret_value(SecretId=f"{self.prefix}{name}")
        if "SecretString" not in secret:
            raise PermanentError(f"the secret {name!r} must hold text; it holds bytes")
        return secret["SecretString"]
