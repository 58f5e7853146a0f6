"""Each deployment is one change event of PagerDuty, whatever is doubled, lost or killed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from streamwarden.adapters.dynamodb.ledger import DynamoLedger
from streamwarden.domain.arn import account_arn
from streamwarden.domain.ledger.entry import Noted, What
from streamwarden.domain.ledger.verification import read_entry
from testbed.template import STACK
from tests.integration.conftest import POLICY, Deploy
from tests.integration.driver import ACCOUNT, REGION, Killed, Stack
from tests.integration.loopback import Service, serving

ARN = account_arn(ACCOUNT, REGION)
SHORTER = "{limit: 4h}", "{limit: 1h}"
KEY = "0123456789abcdef0123456789ABCDEF"


@pytest.fixture
def pagerduty() -> Iterator[Service]:
    with serving() as made:
        yield made


@pytest.fixture
def policy(pagerduty: Service) -> str:
    options = f"{{address: '{pagerduty.address}'}}"
    return (
        f"{POLICY}destinations:\n"
        f"  pager: {{kind: pagerduty, secret: pager, options: {options}}}\n"
        "  hook: {kind: webhook, secret: hook}\n"
        "routes:\n"
        "  - {to: [pager, hook], rule: deployment}\n"
    )


@pytest.fixture
def stack(deploy: Deploy, policy: str, pagerduty: Service) -> Stack:
    """A stack of which no sweep has run yet."""
    stack = deploy(policy=policy, is_known=False)
    secrets = stack.client("secretsmanager")
    for name, value in (("pager", KEY), ("hook", f"{pagerduty.address}/hook")):
        secrets.create_secret(Name=f"{STACK}/destinations/{name}", SecretString=value)
    return stack


def test_no_sweep_reports_what_observers_would_refuse(stack: Stack) -> None:
    """The record of the account is in the format of the version that was deployed before."""
    stack.sweep()
    (item,) = [e for e in stack.items() if (e["pk"]["S"], e["sk"]["S"]) == (ARN, "record")]
    newer = item["entry"]["S"].replace('"format":1', '"format":2')
    table = stack.client("dynamodb")
    table.put_item(TableName="Table", Item={**item, "entry": {"S": newer}})
    (controls,) = [e for e in stack.items() if e["pk"]["S"].startswith("controls/")]
    table.delete_item(TableName="Table", Key={"pk": controls["pk"], "sk": controls["sk"]})
    stack.start_cold()

    stack.run("Sweep", {})

    assert [each.text for each in stack.take("ChangeInbox") if ARN in each.text] == []


def notify(stack: Stack) -> None:
    for name in ("pager", "hook"):
        stack.notify(name)


def changes(service: Service) -> list[dict[str, Any]]:
    """The deployments of the change events that PagerDuty was sent, the other events aside."""
    events = [body for path, body in service.received if path == "/v2/change/enqueue"]
    assert all(each["routing_key"] == KEY for each in events)
    return [each["payload"]["custom_details"]["deployment"] for each in events]


def noted(stack: Stack) -> list[Noted]:
    """What the ledger of the account has of deployments."""
    stored = DynamoLedger(stack.client("dynamodb"), "Table").entries(ARN)
    entries = [each for each in map(read_entry, stored) if each]
    return [one for each in entries for one in each.noted if one.what is What.DEPLOYED]


def test_the_first_one_is_told_as_the_first(stack: Stack, pagerduty: Service) -> None:
    stack.sweep()
    notify(stack)

    (event,) = [body for path, body in pagerduty.received if path == "/v2/change/enqueue"]
    payload = event["payload"]
    assert payload["source"] == ARN
    assert f"first known deployment of stack {STACK}" in payload["summary"]
    assert payload["timestamp"] == "2026-03-14T12:00:00+00:00"
    assert payload["custom_details"]["deployment"]["previous"] is None
    assert len(noted(stack)) == 1


def test_each_deployment_is_told_once_also_one_that_goes_back(
    stack: Stack, policy: str, pagerduty: Service
) -> None:
    for deployed in (policy, policy.replace(*SHORTER), policy):
        stack.deploy_policy(deployed)
        for _ in range(3):
            stack.later(minutes=5)
            stack.sweep()
            notify(stack)

    first, second, back = changes(pagerduty)
    assert first["previous"] is None
    assert second["previous"] == first["current"] == back["current"]
    assert second["rules"] == {"added": [], "removed": [], "changed": ["no-marathons"]}
    assert back["previous"] == second["current"]
    hooked = [body for path, body in pagerduty.received if path == "/hook"]
    assert [each["incidents"][0]["deployment"] for each in hooked] == [first, second, back]
    assert len(noted(stack)) == 3


def test_a_stack_turned_to_observe_is_a_deployment(stack: Stack, pagerduty: Service) -> None:
    stack.sweep()
    stack.refs["Mode"] = "observe"
    stack.start_cold()
    stack.later(minutes=5)
    stack.sweep()
    notify(stack)

    _, turned = changes(pagerduty)
    assert (turned["previous"]["mode"], turned["current"]["mode"]) == ("enforce", "observe")


def test_two_sweeps_and_two_observers_at_once_tell_it_once(
    stack: Stack, pagerduty: Service
) -> None:
    stack.run("Sweep", {})
    stack.warm.clear()
    stack.later(seconds=1)
    stack.run("Sweep", {})
    first, second = [
        each.body
        for each in stack.take("ChangeInbox")
        if each.body["detail-type"] == "Streamwarden Deployment Observed"
    ]

    def meanwhile(operation: str, moment: str) -> None:
        if (operation, moment) == ("TransactWriteItems", "before"):
            stack.on_call = lambda operation, moment: None
            assert stack.deliver("ResourceChanges", second) == []

    stack.on_call = meanwhile
    assert stack.deliver("ResourceChanges", first) == []
    assert stack.deliver("ResourceChanges", first, second) == []
    notify(stack)

    assert len(changes(pagerduty)) == 1
    assert len(noted(stack)) == 1


def killing(stack: Stack, number: int, moment: str) -> Callable[[str, str], None]:
    """Kills the function that makes the n-th call from now on, before or after its effect."""
    seen = 0

    def on_call(operation: str, at: str) -> None:
        nonlocal seen
        seen += at == moment
        if at == moment and seen == number:
            stack.on_call = lambda operation, moment: None
            raise Killed(operation)

    return on_call


def sweep_and_observe(stack: Stack, waiting: list[Any]) -> None:
    """A sweep and what follows from it. What an observer was killed at is still waiting."""
    stack.run("Sweep", {})
    waiting += [each.body for each in stack.take("ChangeInbox")]
    while waiting:
        assert stack.deliver("ResourceChanges", waiting[0]) == []
        waiting.pop(0)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_function_that_is_killed_at_any_call_loses_and_doubles_nothing(
    stack: Stack, policy: str, pagerduty: Service, moment: str
) -> None:
    """One deployment for each call of the sweep and of the observer, until none is left."""
    waiting, notified, is_killed = list[Any](), 0, True
    while is_killed and len(changes(pagerduty)) == notified:
        notified += 1
        stack.deploy_policy(policy.replace(SHORTER[0], f"{{limit: {notified}h}}"))
        stack.on_call = killing(stack, notified, moment)
        try:
            sweep_and_observe(stack, waiting)
        except Killed:
            stack.start_cold()
        else:
            is_killed = False
            stack.on_call = lambda operation, moment: None
        stack.later(minutes=5)
        sweep_and_observe(stack, waiting)
        stack.notify("pager")

    assert len(changes(pagerduty)) == len(noted(stack)) == notified
    assert notified > 10


def test_a_sweep_whose_message_is_lost_says_it_again(stack: Stack, pagerduty: Service) -> None:
    stack.run("Sweep", {})
    stack.take("ChangeInbox")
    stack.later(minutes=5)
    stack.sweep()
    notify(stack)

    assert len(changes(pagerduty)) == 1


def test_a_service_that_is_away_is_told_later(stack: Stack, pagerduty: Service) -> None:
    pagerduty.answers = [503]
    stack.sweep()
    stack.notify("pager")
    assert pagerduty.answers == []
    stack.later(hours=2)
    stack.notify("pager")

    assert len(changes(pagerduty)) == 2  # of the same deployment, refused and taken
