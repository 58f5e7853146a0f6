"""Where the external verdicts of a scenario go: to the stack that is deployed beside the simulator.

IVS sends none. A stack has an event bus for them, which is not that of the events of IVS.
"""

from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from streamwarden_cli.aws import AwsAccount
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.keys.stack import RotationNotAsked
from streamwarden_cli.local.access import session
from streamwarden_cli.local.server import LocalAws
from streamwarden_cli.scenario.performing import PutVerdict, puts_verdict
from streamwarden_cli.scenario.timeline import Scenario
from streamwarden_cli.verdicts.sending import NotSent, VerdictBus

NOT_SENT: Final = (NotSent, ClientError, BotoCoreError)
_REMEDY: Final = (
    "deploy one with `streamwarden local up` and play the scenario there "
    "(--state-dir, --stack-name), or leave the step out"
)


def verdicts_go_to(local: LocalAws, stack_name: str, scenario: Scenario) -> PutVerdict | None:
    """None where the scenario has no verdict, which needs no stack.

    Raises DocumentErrors that name each step that needs one, where none is deployed.
    """
    steps = [each for each in scenario.steps if puts_verdict(each)]
    if not steps:
        return None
    try:
        return VerdictBus.of_stack(AwsAccount(session(), local.endpoint), stack_name).put
    except (RotationNotAsked, *NOT_SENT) as error:
        message = f"no stack {stack_name} takes external verdicts here ({error}); {_REMEDY}"
        problems = [each.problem(f"{each.name}: {message}") for each in steps]
        raise DocumentErrors(problems) from error
