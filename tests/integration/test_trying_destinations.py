"""`streamwarden notify test` of every kind but SNS: what a service gets, and what people are told
when it takes nothing: the secret or the resource by its name, and what to do.
"""

import json
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Final

import pytest

from streamwarden.bootstrap import runtime
from tests.integration.conftest import Deploy
from tests.integration.driver import ACCOUNT, REGION, Stack
from tests.integration.loopback import Service, serving

KEY: Final = "0123456789abcdef0123456789ABCDEF"
PREFIX: Final = "streamwarden/destinations"
BUS: Final = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/incidents"
TLS: Final = "rules:\n  - {id: tls, kind: insecure_ingest, mode: notify}\n"


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as made:
        yield made


def deployed(deploy: Deploy, name: str, **spec: Any) -> Stack:
    """A stack with one destination."""
    destinations = json.dumps({name: spec})
    return deploy(f"version: 1\ndestinations: {destinations}\n{TLS}")


def put_secret(stack: Stack, name: str, text: str) -> None:
    secrets = stack.client("secretsmanager")
    secrets.create_secret(Name=f"{PREFIX}/{name}", SecretString=text)


def answer_to(call: str, code: str = "", message: str = "", **answer: Any) -> None:
    """What AWS answers to a call of the function, in place of moto."""

    def instead(**_: Any) -> tuple[Any, dict[str, Any]]:
        status = 403 if code else 200
        error = {"Error": {"Code": code, "Message": message}} if code else {}
        return SimpleNamespace(status_code=status, headers={}), {**error, **answer}

    emitter = runtime.session().get_component("event_emitter")
    emitter.register(f"before-call.{call}", instead)


def tried(stack: Stack, name: str) -> dict[str, str]:
    """What became of each sample, with the reason; all of them were sent."""
    answer = stack.run("Notify", {"test": name})
    assert answer.get("reason", "") == ""
    return {
        each["sample"]: f"{each['answer']}: {each['reason']}" if "reason" in each else "taken"
        for each in answer["tried"]
    }


def pager(deploy: Deploy, service: Service) -> Stack:
    options = {"address": service.address}
    return deployed(deploy, "pager", kind="pagerduty", secret="pd", options=options)


def chat(deploy: Deploy) -> Stack:
    return deployed(deploy, "chat", kind="teams", secret="room")


def test_pagerduty_has_one_alert_that_is_resolved_and_two_change_events(
    deploy: Deploy, service: Service
) -> None:
    stack = pager(deploy, service)
    put_secret(stack, "pd", KEY)

    answers = tried(stack, "pager")

    assert set(answers.values()) == {"taken"}
    assert [(path, body.get("event_action")) for path, body in service.received] == [
        *[("/v2/enqueue", "trigger")] * 3,
        ("/v2/enqueue", "acknowledge"),
        ("/v2/enqueue", "resolve"),
        *[("/v2/change/enqueue", None)] * 2,
    ]
    assert len({body["dedup_key"] for _, body in service.received if "dedup_key" in body}) == 1


def test_teams_gets_a_card_of_each_kind(deploy: Deploy, service: Service) -> None:
    stack = chat(deploy)
    put_secret(stack, "room", f"{service.address}/workflow")

    answers = tried(stack, "chat")

    assert set(answers.values()) == {"taken"}
    cards = [body["attachments"][0]["content"] for _, body in service.received]
    assert len(cards) == len(answers) == 8
    assert all("test-of-streamwarden" in json.dumps(each) for each in cards)


def test_a_bus_gets_an_event_of_each_kind(deploy: Deploy) -> None:
    stack = deployed(deploy, "bus", kind="eventbridge", target=BUS)
    events, sqs = stack.client("events"), stack.client("sqs")
    events.create_event_bus(Name="incidents")
    url = sqs.create_queue(QueueName="received")["QueueUrl"]
    pattern = json.dumps({"source": ["streamwarden.streamwarden"]})
    events.put_rule(Name="all", EventBusName="incidents", EventPattern=pattern)
    target = {"Id": "one", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:received"}
    events.put_targets(Rule="all", EventBusName="incidents", Targets=[target])

    answers = tried(stack, "bus")

    assert set(answers.values()) == {"taken"}
    stack.refs["received"] = url
    notified = Counter(each.body["detail"]["incident"]["status"] for each in stack.take("received"))
    assert notified == Counter(
        opened=1, escalated=2, acknowledged=1, resolved=1, warning=1, changed=1
    )


def test_security_hub_has_findings_that_are_all_resolved(deploy: Deploy) -> None:
    stack = deployed(deploy, "hub", kind="security_hub")
    # moto does not know it.
    answer_to("securityhub.BatchUpdateFindings", ProcessedFindings=[], UnprocessedFindings=[])

    answers = tried(stack, "hub")

    assert set(answers.values()) == {"taken"}
    found = stack.client("securityhub").get_findings()["Findings"]
    assert {each["RecordState"] for each in found} == {"ARCHIVED"}
    assert len(found) == 4  # the incident, and the three of the digest


@pytest.mark.parametrize(
    ("kind", "secret"), [("pagerduty", "pd"), ("teams", "room"), ("slack", "x"), ("webhook", "y")]
)
def test_a_secret_that_is_missing_is_named_with_the_command(
    deploy: Deploy, kind: str, secret: str
) -> None:
    stack = deployed(deploy, "one", kind=kind, secret=secret)

    answer = stack.run("Notify", {"test": "one"})

    assert not answer["tried"]
    assert answer["reason"] == (
        f"destination 'one': there is no secret {PREFIX}/{secret}: aws secretsmanager "
        f"create-secret --name {PREFIX}/{secret} --secret-string file://FILE"
    )


def test_a_key_that_pagerduty_does_not_know_is_looked_for_in_its_secret(
    deploy: Deploy, service: Service
) -> None:
    stack = pager(deploy, service)
    put_secret(stack, "pd", KEY)
    service.answers, service.words = [400] * 7, "Invalid routing key"

    answers = tried(stack, "pager")

    remedy = f"Invalid routing key; check the secret {PREFIX}/pd"
    assert all(each.startswith("not taken: PagerDuty answered 400") for each in answers.values())
    assert all(each.endswith(remedy) for each in answers.values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("my-key", "must hold an integration key of 32 letters and digits"),
        ('{"a": "b", "c": "d"}', "it holds JSON with 2 values"),
    ],
)
def test_a_secret_that_holds_something_else_is_named_and_not_quoted(
    deploy: Deploy, service: Service, text: str, said: str
) -> None:
    stack = pager(deploy, service)
    put_secret(stack, "pd", text)

    reason = stack.run("Notify", {"test": "pager"})["reason"]

    assert reason.startswith(f"destination 'pager': the secret {PREFIX}/pd ")
    assert said in reason
    assert f"aws secretsmanager put-secret-value --secret-id {PREFIX}/pd" in reason
    assert text not in reason


def test_a_workflow_that_is_gone_is_looked_for_in_its_secret(
    deploy: Deploy, service: Service
) -> None:
    stack = chat(deploy)
    put_secret(stack, "room", f"{service.address}/workflow")
    service.answers = [404] * 8

    answers = tried(stack, "chat")

    (said,) = set(answers.values())
    assert said.startswith("not taken: Microsoft Teams answered 404: ")
    assert said.endswith(f"; check the secret {PREFIX}/room")
    assert "workflow" not in said


def test_a_bus_that_is_missing_is_named(deploy: Deploy) -> None:
    stack = deployed(deploy, "bus", kind="eventbridge", target=BUS)

    (said,) = set(tried(stack, "bus").values())

    assert said == (
        "not taken: events:PutEvents: ResourceNotFoundException: Event bus incidents does not "
        "exist.; make the bus, or name another as `target` in the policy"
    )


@pytest.mark.parametrize(
    ("spec", "call", "code", "remedy"),
    [
        (
            {"kind": "eventbridge", "target": BUS},
            "events.PutEvents",
            "AccessDeniedException",
            "name the bus in the parameter DestinationBusArns of the stack; a bus of another "
            "account must allow the role of notify, too",
        ),
        (
            {"kind": "security_hub"},
            "securityhub.BatchImportFindings",
            "AccessDeniedException",
            "set the parameter SecurityHubFindings=true of the stack",
        ),
        (
            {"kind": "security_hub"},
            "securityhub.BatchImportFindings",
            "InvalidAccessException",
            "enable Security Hub in the account and region of the stack",
        ),
        (
            {"kind": "sns", "target": f"arn:aws:sns:{REGION}:{ACCOUNT}:other"},
            "sns.Publish",
            "AuthorizationError",
            "name the topic in the parameter DestinationTopicArns of the stack; a topic of another "
            "account must allow the role of notify, too",
        ),
    ],
)
def test_what_aws_denies_is_told_with_what_allows_it(
    deploy: Deploy, spec: dict[str, Any], call: str, code: str, remedy: str
) -> None:
    stack = deployed(deploy, "one", **spec)
    answer_to(call, code, "no")

    refused = {each for each in tried(stack, "one").values() if each != "taken"}

    action = call.replace(".", ":")
    assert refused == {f"not taken: {action}: {code}: no; {remedy}"}
