"""What a deployment does to an invocation that runs: nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, Final
from zipfile import ZipFile

from tests.stack.account import eventually
from tests.stack.simulated_aws import SimulatedAws

_CODE: Final = """
import os, time

def handler(event, context):
    if event:
        open(event["begun"], "w").close()
        while not os.path.exists(event["goes_on"]):
            time.sleep(0.05)
    return os.environ["VERSION"]
"""


def test_an_invocation_ends_with_what_it_began_with(simulated: SimulatedAws) -> None:
    functions: Any = simulated.client("lambda")
    _create(simulated, "slow")
    begun, goes_on = simulated.state_dir / "begun", simulated.state_dir / "goes-on"

    with ThreadPoolExecutor() as threads:
        event = {"begun": str(begun), "goes_on": str(goes_on)}
        running = threads.submit(_invoke, functions, "slow", event)
        try:
            eventually(begun.exists)
            functions.update_function_configuration(
                FunctionName="slow", Environment={"Variables": {"VERSION": "new"}}
            )
            functions.get_waiter("function_updated_v2").wait(FunctionName="slow")
        finally:
            goes_on.touch()

        assert running.result() == "old"
    assert _invoke(functions, "slow", {}) == "new"


def _create(simulated: SimulatedAws, name: str) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = simulated.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(trust)
    )
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("app.py", _CODE)
    simulated.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Timeout=60,
        Role=role["Role"]["Arn"],
        Code={"ZipFile": packed.getvalue()},
        Environment={"Variables": {"VERSION": "old"}},
    )


def _invoke(functions: Any, name: str, event: Any) -> Any:
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())
