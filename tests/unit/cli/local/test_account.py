"""Which account a command works on: nothing is asked here."""

import pytest

from streamwarden_cli.aws import AwsAccount, AwsOptions, NoRegion, configured_account
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.local import server
from streamwarden_cli.local.account import account_of_options
from streamwarden_cli.main import main

LOCAL = "http://127.0.0.1:4566"
HERE = "arn:aws:ivs:eu-west-1:210987654321:channel/c"
THERE = "arn:aws:ivs:eu-west-1:123456789012:channel/c"
SEEN = ("--label", "Violence", "--confidence", "1", "--evidence", "https://a.example/1")


class Running:
    endpoint = LOCAL


@pytest.fixture
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable and no file names an account."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")


@pytest.mark.usefixtures("nothing_said")
@pytest.mark.parametrize(
    ("options", "variables", "resource", "is_local"),
    [
        (AwsOptions(), {}, None, True),
        (AwsOptions(), {}, "arena", True),
        (AwsOptions(), {}, HERE, True),
        (AwsOptions(), {}, THERE, False),
        (AwsOptions(region="eu-west-1"), {}, None, False),
        (AwsOptions(), {"AWS_DEFAULT_REGION": "eu-west-1"}, None, False),
    ],
)
def test_the_local_stack_is_meant_where_nothing_names_another(
    options: AwsOptions,
    variables: dict[str, str],
    resource: str | None,
    is_local: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(server, "running", lambda _: Running())

    account = account_of_options(options, resource)

    assert account.endpoint_url == (LOCAL if is_local else None)


@pytest.mark.usefixtures("nothing_said")
@pytest.mark.parametrize(
    "words",
    [
        ["status"],
        ["ledger", "arena"],
        ["fleet", "export"],
        ["verdict", "arena", *SEEN],
        ["keys", "rotate", HERE],
        ["keys", "finish", HERE],
    ],
)
def test_every_command_finds_the_local_stack(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def client(account: AwsAccount, *_: object, **__: object) -> None:
        raise InvalidInput(f"asked at {account.endpoint_url}")

    monkeypatch.setattr(AwsAccount, "client", client)
    monkeypatch.setattr(server, "running", lambda _: Running())

    assert main(words) is ExitCode.FAILED
    assert f"asked at {LOCAL}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({"AWS_REGION": "us-west-2"}, "us-west-2"),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
        # As version 2 of the AWS CLI reads them.
        ({"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "eu-west-1"}, "us-west-2"),
    ],
)
def test_the_environment_says_the_region(
    variables: dict[str, str], region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert configured_account(AwsOptions()).session.region_name == region
    assert configured_account(AwsOptions(region="eu-central-1")).session.region_name == (
        "eu-central-1"
    )


@pytest.mark.usefixtures("nothing_said")
@pytest.mark.parametrize(
    ("options", "is_local_meant"), [(AwsOptions(), True), (AwsOptions(endpoint_url=LOCAL), False)]
)
def test_without_a_region_it_says_how_to_name_one(
    options: AwsOptions, is_local_meant: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "running", lambda _: None)

    with pytest.raises(NoRegion) as raised:
        account_of_options(options)

    assert "name it by --region, or by the variable AWS_REGION" in str(raised.value)
    assert ("No local stack runs: streamwarden local up" in str(raised.value)) is is_local_meant


def test_a_resource_says_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "running", lambda _: None)

    account = account_of_options(AwsOptions(), "arn:aws:ivs:us-west-2:210987654321:channel/c")

    assert account.session.region_name == "us-west-2"
