"""A secret that cannot be read is mended by people: the error says which one, and how."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from streamwarden.adapters.destination_secrets import DestinationSecrets
from streamwarden.services.errors import SecretUnusable, TemporaryError
from testbed.builders import NOON
from tests.unit.adapters.notified import Client

NAME: Final = "stack/destinations/chat"
ADDRESS: Final = {"SecretString": "https://hooks.example.com/s3cret"}


def refused(code: str, message: str = "no", status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "GetSecretValue")


@dataclass
class Store:
    """Secrets Manager, and the time."""

    client: Client = field(default_factory=Client)
    now: datetime = NOON

    def secrets(self) -> DestinationSecrets:
        untyped: Any = self.client
        return DestinationSecrets(untyped, "stack/destinations/", lambda: self.now)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            refused(
                "ResourceNotFoundException", "Secrets Manager can't find the specified secret."
            ),
            f"there is no secret {NAME}: aws secretsmanager create-secret --name {NAME} "
            "--secret-string file://FILE",
        ),
        (
            refused(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret value for staging label: "
                "AWSCURRENT",
            ),
            f"the secret {NAME} has no value: aws secretsmanager put-secret-value "
            f"--secret-id {NAME} --secret-string file://FILE",
        ),
        (
            refused("InvalidRequestException", "it was marked for deletion"),
            f"the secret {NAME} is to be deleted: aws secretsmanager restore-secret "
            f"--secret-id {NAME} (it was marked for deletion)",
        ),
        (
            refused("AccessDeniedException", "Access to KMS is not allowed"),
            f"notify may not read the secret {NAME}. Its own policy, its KMS key or a policy of the"
            " account denies it (AccessDeniedException: Access to KMS is not allowed)",
        ),
        (
            {"SecretBinary": b"s3cret"},
            f"the secret {NAME} holds bytes, and no text: aws secretsmanager put-secret-value "
            f"--secret-id {NAME} --secret-string file://FILE",
        ),
    ],
    ids=["missing", "without a value", "deleted", "denied", "bytes"],
)
def test_what_is_wrong_with_a_secret_is_said_with_its_name_and_what_to_do(
    answer: Any, said: str
) -> None:
    store = Store(Client([answer]))

    with pytest.raises(SecretUnusable) as error:
        store.secrets()("chat")

    assert str(error.value) == said


@pytest.mark.parametrize(
    "answer",
    [
        refused("InternalServiceError", status=500),
        ReadTimeoutError(endpoint_url="https://secretsmanager.eu-west-1.amazonaws.com"),
    ],
    ids=["away", "no answer"],
)
def test_secrets_manager_that_is_away_says_nothing_of_the_secret_or_of_a_message(
    answer: Exception,
) -> None:
    store = Store(Client([answer]))

    with pytest.raises(TemporaryError) as error:
        store.secrets()("chat")

    assert type(error.value) is TemporaryError


def test_a_secret_is_kept_for_five_minutes_and_one_that_is_missing_is_asked_for_again() -> None:
    store = Store(Client([refused("ResourceNotFoundException"), ADDRESS, ADDRESS]))
    secrets = store.secrets()

    with pytest.raises(SecretUnusable):
        secrets("chat")
    read = [secrets("chat").text for _ in range(2)]
    store.now += timedelta(minutes=5, seconds=1)
    secrets("chat")

    assert read == [ADDRESS["SecretString"]] * 2
    assert store.client.sent("get_secret_value") == [{"SecretId": NAME}] * 3
