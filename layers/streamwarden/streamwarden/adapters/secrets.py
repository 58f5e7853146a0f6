"""Stream keys in Secrets Manager: one secret per channel, its current version the current key."""

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError
from msgspec import Struct

from streamwarden.adapters.aws_errors import code_of, translated
from streamwarden.domain.arn import parse_arn
from streamwarden.services.records import SecretValue

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient


_RECOVERY_DAYS: Final = 30  # the longest that Secrets Manager takes


class SecretsManagerStore(Struct, frozen=True):
    """SecretStore. A secret is named `<prefix><channel id>` and holds JSON with the key's value."""

    client: "SecretsManagerClient"
    prefix: str

    def publish(self, channel_arn: str, key_arn: str, value: SecretValue) -> str:
        name = self._name(channel_arn)
        document = json.dumps(
            {"channelArn": channel_arn, "streamKeyArn": key_arn, "streamKey": value.reveal}
        )
        # The token names the version: publishing the same key again is answered as done.
        token = sha256(key_arn.encode()).hexdigest()
        if not self._put(name, document, token):
            self._create(name, document, token, channel_arn)
        return name

    def retire(self, channel_arn: str) -> bool:
        with translated("secretsmanager:DeleteSecret"):
            try:
                self.client.delete_secret(
                    SecretId=self._name(channel_arn), RecoveryWindowInDays=_RECOVERY_DAYS
                )
            except ClientError as error:
                # The second is what Secrets Manager says of a secret that is deleted already.
                if code_of(error) in ("ResourceNotFoundException", "InvalidRequestException"):
                    return False
                raise
        return True

    def _name(self, channel_arn: str) -> str:
        return f"{self.prefix}{parse_arn(channel_arn).resource_id}"

    def _put(self, name: str, document: str, token: str) -> bool:
        with translated("secretsmanager:PutSecretValue"):
            try:
                self.client.put_secret_value(
                    SecretId=name, SecretString=document, ClientRequestToken=token
                )
            except ClientError as error:
                if code_of(error) == "ResourceNotFoundException":
                    return False
                raise
        return True

    def _create(self, name: str, document: str, token: str, channel_arn: str) -> None:
        with translated("secretsmanager:CreateSecret"):
            self.client.create_secret(
                Name=name,
                Description=f"The stream key of {channel_arn}, kept current by Streamwarden.",
                SecretString=document,
                ClientRequestToken=token,
            )
