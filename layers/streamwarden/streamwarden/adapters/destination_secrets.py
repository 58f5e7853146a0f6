"""The secrets of destinations: one each in Secrets Manager, under one prefix of the stack.

A secret that cannot be read is mended by people, often a minute after the policy that names it. So
none is a reason to give a message up.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from streamwarden.adapters.aws_errors import code_of, is_transient, translated
from streamwarden.adapters.secret_values import Secret, how_to_create, how_to_restore, how_to_set
from streamwarden.services.errors import SecretUnusable, TemporaryError, Unanswered
from streamwarden.services.ports import Clock

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_secretsmanager.type_defs import GetSecretValueResponseTypeDef

# A webhook that moved must not need a new deployment: its address is read again after 5 minutes.
_KEPT_FOR: Final = timedelta(minutes=5)


@dataclass(slots=True)
class DestinationSecrets:
    """Reads a secret by its name after the prefix, and keeps it for some minutes."""

    client: "SecretsManagerClient"
    prefix: str
    clock: Clock
    _kept: dict[str, tuple[datetime, Secret]] = field(default_factory=dict, repr=False)

    def __call__(self, name: str) -> Secret:
        """Raises SecretUnusable, TemporaryError."""
        now, kept = self.clock(), self._kept.get(name)
        if kept is None or now - kept[0] > _KEPT_FOR:
            kept = now, self._read(f"{self.prefix}{name}")
            self._kept[name] = kept
        return kept[1]

    def _read(self, name: str) -> Secret:
        try:
            answer = self._ask(name)
        except Unanswered as error:
            # No message was sent yet, so that none is in doubt.
            raise TemporaryError(str(error)) from error
        if "SecretString" not in answer:
            raise SecretUnusable(f"the secret {name} holds bytes, and no text: {how_to_set(name)}")
        return Secret(name, answer["SecretString"])

    def _ask(self, name: str) -> "GetSecretValueResponseTypeDef":
        with translated("secretsmanager:GetSecretValue"):
            try:
                return self.client.get_secret_value(SecretId=name)
            except ClientError as error:
                if is_transient(error):
                    raise
                raise SecretUnusable(_reason(error, name)) from error


def _reason(error: ClientError, name: str) -> str:
    said = error.response.get("Error", {}).get("Message", "")
    match code_of(error):
        case "ResourceNotFoundException" if "staging label" in said:
            return f"the secret {name} has no value: {how_to_set(name)}"
        case "ResourceNotFoundException":
            return f"there is no secret {name}: {how_to_create(name)}"
        case "InvalidRequestException":
            return f"the secret {name} is to be deleted: {how_to_restore(name)} ({said})"
        case code:
            return (
                f"notify may not read the secret {name}. Its own policy, its KMS key or a policy of"
                f" the account denies it ({code}: {said})"
            )
