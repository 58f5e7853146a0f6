"""`streamwarden keys` asks the account that its options name; nothing is sent from here."""

from pathlib import Path
from typing import Any, Final

import pytest

from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden_cli.aws import AwsOptions
from streamwarden_cli.commands import keys
from streamwarden_cli.keys.stack import account_of
from streamwarden_cli.main import main

CHANNEL: Final = "arn:aws:ivs:eu-west-1:123456789012:channel/abcdEFGHijkl"
LOCAL: Final = "http://127.0.0.1:4566"

PROFILES: Final = """
[profile streaming]
region = us-west-2
aws_access_key_id = AKIASTREAMING
aws_secret_access_key = nothing
"""


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config"
    file.write_text(PROFILES)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))


def test_clients_are_of_the_profile_the_endpoint_and_the_region_of_the_channel() -> None:
    options = AwsOptions("eu-west-1", "streaming", LOCAL)

    account = account_of(CHANNEL, options)

    credentials = account.session.get_credentials()
    assert credentials is not None
    assert credentials.access_key == "AKIASTREAMING"
    for service in ("ivs", "lambda"):
        meta = account.client(service).meta
        assert (meta.region_name, meta.endpoint_url) == ("eu-west-1", LOCAL)


def test_without_options_the_environment_and_the_channel_say_where() -> None:
    meta = account_of(CHANNEL, AwsOptions()).client("ivs").meta

    assert (meta.region_name, meta.endpoint_url) == (
        "eu-west-1",
        "https://ivs.eu-west-1.amazonaws.com",
    )


@pytest.mark.parametrize("action", ["rotate", "finish"])
@pytest.mark.parametrize(
    ("channel", "options", "message"),
    [
        (CHANNEL, ["--region", "us-east-1"], "--region: the ARN is of eu-west-1"),
        (CHANNEL, ["--profile", "nobody"], "The config profile (nobody) could not be found"),
        ("arena", [], "'arena' is not the ARN of an IVS channel"),
    ],
)
def test_an_account_that_cannot_be_meant_is_refused_in_words(
    action: str,
    channel: str,
    options: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["keys", action, channel, *options]) == 1
    assert message in capsys.readouterr().err


def test_an_endpoint_that_is_no_url_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["keys", "rotate", CHANNEL, "--endpoint-url", "localhost:4566"])

    assert exited.value.code == 2
    assert "expected a URL such as http://127.0.0.1:4566" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["rotate", "finish"])
@pytest.mark.parametrize(
    ("status", "exit_code"),
    [(OutcomeStatus.DONE, 0), (OutcomeStatus.FAILED, 1), (OutcomeStatus.NOTHING_TO_DO, 3)],
)
def test_the_options_arrive_and_the_outcome_is_the_exit_code(
    action: str,
    status: OutcomeStatus,
    exit_code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[Any] = []

    def act(channel: str, *, force: bool, stack_name: str, aws: AwsOptions) -> Outcome:
        asked.append((channel, force, stack_name, aws))
        return Outcome(status, "this is why")

    monkeypatch.setattr(keys, action, act)

    assert main(["keys", action, CHANNEL, "--endpoint-url", LOCAL, "--force"]) == exit_code
    assert asked == [(CHANNEL, True, "streamwarden", AwsOptions(endpoint_url=LOCAL))]
    assert capsys.readouterr().out == f"{status}: this is why\n"
