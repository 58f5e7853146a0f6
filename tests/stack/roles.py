"""The roles of a deployed stack: what they are granted, what they used, and how to act as one."""

import re
from typing import Any

from streamwarden_cli.local.deployment import STACK_NAME
from streamwarden_cli.local.server import log_path
from tests.stack.account import Account

type Uses = dict[str, set[str]]


def physical_names(account: Account) -> dict[str, str]:
    """Role by its name in the template."""
    answer = account.client("cloudformation").describe_stack_resources(StackName=STACK_NAME)
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in answer["StackResources"]
        if resource["ResourceType"] == "AWS::IAM::Role"
    }


def client_of_role(account: Account, role: str, service: str) -> Any:
    """A client that acts as a role of the stack."""
    arn = f"{account.outputs.enforce_role_arn.rpartition('/')[0]}/{physical_names(account)[role]}"
    return client_with(account, arn, service)


def client_with(account: Account, role_arn: str, service: str) -> Any:
    """A client that acts as a role of the account."""
    answer = account.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="stack-tests")
    lent = answer["Credentials"]
    return account.session.client(
        service,
        endpoint_url=account.local.endpoint,
        aws_access_key_id=lent["AccessKeyId"],
        aws_secret_access_key=lent["SecretAccessKey"],
        aws_session_token=lent["SessionToken"],
    )


def role_of(caller_arn: str) -> str:
    """The name of the role that a call was made with."""
    return caller_arn.partition(":assumed-role/")[2].partition("/")[0]


def granted(account: Account) -> Uses:
    """The actions that each role's policies allow."""
    return {role: set(_actions(account, name)) for role, name in physical_names(account).items()}


def used(account: Account) -> Uses:
    """The actions that each role was allowed since the local AWS began, as its log says."""
    log = log_path(account.state_dir).read_text()
    found = re.findall(r"role (\S+) used (\S+)$", log, re.MULTILINE)
    return {
        role: {action for user, action in found if user == name}
        for role, name in physical_names(account).items()
    }


def _actions(account: Account, role_name: str) -> list[str]:
    iam = account.client("iam")
    documents = [
        iam.get_role_policy(RoleName=role_name, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role_name)["PolicyNames"]
    ]
    for each in iam.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]:
        policy = iam.get_policy(PolicyArn=each["PolicyArn"])["Policy"]
        version = iam.get_policy_version(
            PolicyArn=each["PolicyArn"], VersionId=policy["DefaultVersionId"]
        )
        documents.append(version["PolicyVersion"]["Document"])
    statements = [
        statement
        for document in documents
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
    ]
    return [action for statement in statements for action in _as_list(statement["Action"])]


def _as_list(actions: str | list[str]) -> list[str]:
    return [actions] if isinstance(actions, str) else actions
