"""A Lambda function that stops the stream of every event it gets, and does nothing else.

It runs on the local AWS beside the stack, with no queue, no record and no brake. So it is what the
time of a stop is measured by.
"""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any, Final

_NAME: Final = "bare-stop"
_CODE: Final = """
import boto3

ivs = boto3.client("ivs")


def handler(event, context):
    ivs.stop_stream(channelArn=event["resources"][0])
"""
_TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def deploy_bare(client: Callable[[str], Any], channel_arn: str) -> None:
    """Have each `Stream Start` of the channel invoke the function, by a rule of its own."""
    function_arn = _function(client)
    pattern = {
        "source": ["aws.ivs"],
        "detail-type": ["IVS Stream State Change"],
        "detail": {"event_name": ["Stream Start"]},
        "resources": [channel_arn],
    }
    events = client("events")
    rule_arn = events.put_rule(Name=_NAME, EventPattern=json.dumps(pattern))["RuleArn"]
    client("lambda").add_permission(
        FunctionName=_NAME,
        StatementId="events",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule_arn,
    )
    events.put_targets(Rule=_NAME, Targets=[{"Id": "function", "Arn": function_arn}])


def _function(client: Callable[[str], Any]) -> str:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", _CODE)
    functions = client("lambda")
    created = functions.create_function(
        FunctionName=_NAME,
        Runtime="python3.13",
        Handler="app.handler",
        Role=_role(client),
        Code={"ZipFile": code.getvalue()},
        MemorySize=512,
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=_NAME)
    return str(created["FunctionArn"])


def _role(client: Callable[[str], Any]) -> str:
    iam = client("iam")
    role = iam.create_role(RoleName=_NAME, AssumeRolePolicyDocument=json.dumps(_TRUST))
    statement = {"Effect": "Allow", "Action": "ivs:StopStream", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(RoleName=_NAME, PolicyName="stop", PolicyDocument=json.dumps(policy))
    return str(role["Role"]["Arn"])
