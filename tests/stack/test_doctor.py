"""`streamwarden doctor` on a deployed stack: with its policies, and on what is switched off."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from streamwarden_cli.commands import doctor as doctor_command
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.local.access import REGION
from streamwarden_cli.local.deployment import STACK_NAME
from streamwarden_cli.main import main
from streamwarden_cli.operate.doctor.checks import CHECKS, Checked, examine
from streamwarden_cli.operate.doctor.examined import Examined
from tests.stack.account import Account
from tests.stack.identities import user
from tests.stack.simulated_aws import SimulatedAws

# The local AWS has no Service Quotas and no trail of this account. Tests leave dead letters, and
# another one makes the secret. Nobody subscribes to pages and warnings.
_NOT_HERE: Final = {
    "IVS quotas",
    "trail",
    "dead letters",
    "drift",
    "sweeps",
    "subscriptions",
    "secrets",
}


type Findings = dict[str, list[Mapping[str, Any]]]
type Doctor = Callable[..., Findings]


@pytest.fixture
def doctor(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doctor:
    """What each check finds, by its name, as seen by a user with these policies.

    Also those that are left out for a local stack, since the policies are for an account.
    """
    checks = [replace(each, is_of_account=False) for each in CHECKS]

    def examine_all(examined: Examined) -> Iterator[Checked]:
        return examine(examined, checks)

    monkeypatch.setattr(doctor_command, "examine", examine_all)
    aws = SimulatedAws(account.state_dir, account.local, account.control)

    def run(name: str, *policies: str, words: tuple[str, ...] = ()) -> Findings:
        made, iam = user(aws, name), aws.client("iam")
        for arn in policies:
            iam.attach_user_policy(UserName=name, PolicyArn=arn)
        with monkeypatch.context() as environment:
            for variable, value in made.credentials.items():
                environment.setenv(variable.upper(), value)
            where = ["--endpoint-url", account.local.endpoint, "--region", REGION]
            code = main(["doctor", "--json", *where, *words])
        found: Findings = {}
        for each in json.loads(capsys.readouterr().out)["checks"]:
            found.setdefault(each["check"], []).append(each)
        is_wrong = any(each["health"] == "problem" for one in found.values() for each in one)
        assert code == (ExitCode.FAILED if is_wrong else ExitCode.DONE)
        return found

    return run


@pytest.fixture
def broken(account: Account) -> Iterator[None]:
    """Somebody has disabled an event rule and throttled a function by hand."""
    events, functions = account.client("events"), account.client("lambda")
    answer = account.client("cloudformation").describe_stack_resource(
        StackName=STACK_NAME, LogicalResourceId="RecordingRule"
    )
    rule = answer["StackResourceDetail"]["PhysicalResourceId"]
    rotate_keys = account.outputs.rotate_keys_function_name
    events.disable_rule(Name=rule)
    functions.put_function_concurrency(FunctionName=rotate_keys, ReservedConcurrentExecutions=0)
    yield
    events.enable_rule(Name=rule)
    functions.delete_function_concurrency(FunctionName=rotate_keys)


def test_the_two_policies_let_every_check_look_and_a_whole_stack_is_fine(
    account: Account, doctor: Doctor
) -> None:
    both = (account.outputs.viewer_policy_arn, account.outputs.doctor_policy_arn)

    found = doctor("doctor-of-all", *both)

    assert [each for one in found.values() for each in one if each["missing_permission"]] == []
    wrong = {name for name, one in found.items() for each in one if each["health"] != "fine"}
    assert wrong <= _NOT_HERE


def test_a_viewer_alone_is_told_which_permissions_are_missing(
    account: Account, doctor: Doctor
) -> None:
    found = doctor("doctor-who-views", account.outputs.viewer_policy_arn)

    missing = {each["missing_permission"] for one in found.values() for each in one} - {None}
    assert {"cloudtrail:DescribeTrails", "lambda:GetAccountSettings"} <= missing
    assert "cloudformation:ListStackResources" in missing
    assert [each["health"] for each in found["version"] + found["policy"]] == ["fine", "fine"]


def test_what_somebody_switched_off_is_found_with_the_command_that_mends_it(
    account: Account, doctor: Doctor, broken: None
) -> None:
    both = (account.outputs.viewer_policy_arn, account.outputs.doctor_policy_arn)

    found = doctor("doctor-of-switches", *both)

    (rule,) = found["event rules"]
    (function,) = found["functions"]
    assert (rule["health"], function["health"]) == ("problem", "problem")
    assert "RecordingRule is disabled" in rule["text"]
    assert " && aws events enable-rule --event-bus-name default --name " in rule["remedy"]
    assert "RotateKeysFunction is throttled" in function["text"]
    assert " && aws lambda delete-function-concurrency" in function["remedy"]


def test_another_policy_than_the_deployed_one_is_found(
    account: Account, doctor: Doctor, tmp_path: Any
) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("version: 1\nrules:\n  - {id: tls-only, kind: insecure_ingest, mode: notify}\n")

    found = doctor(
        "doctor-of-policies", account.outputs.viewer_policy_arn, words=("--policy", str(file))
    )

    (policy,) = found["policy"]
    assert policy["health"] == "problem"
    assert policy["remedy"] == f"streamwarden local up --policy {file}"
