"""Alarms, dashboard and saved queries as they are deployed, and metrics that reach an alarm.

The local AWS calculates no metric math. What such alarms watch is compared as it stands in the
template: tests/unit/project/test_monitoring.py.
"""

import json
from typing import Any

from streamwarden.metric_catalogue import (
    LIVE_STREAMS,
    NAMESPACE,
    SWEEPS_FINISHED,
    catalogue,
)
from streamwarden_cli.local.access import REGION
from streamwarden_cli.local.deployment import STACK_NAME
from tests.stack.account import Account, eventually


def alarm_named(account: Account, logical_id: str) -> dict[str, Any]:
    """A metric alarm as CloudWatch describes it."""
    resource = account.client("cloudformation").describe_stack_resource(
        StackName=STACK_NAME, LogicalResourceId=logical_id
    )
    name = resource["StackResourceDetail"]["PhysicalResourceId"]
    answer = account.client("cloudwatch").describe_alarms(
        AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    found: list[dict[str, Any]] = answer["MetricAlarms"] + answer["CompositeAlarms"]
    (alarm,) = found
    return alarm


def state_of(account: Account, logical_id: str) -> str:
    return str(alarm_named(account, logical_id)["StateValue"])


def set_state(account: Account, logical_id: str, state: str) -> None:
    account.client("cloudwatch").set_alarm_state(
        AlarmName=alarm_named(account, logical_id)["AlarmName"],
        StateValue=state,
        StateReason="a test",
    )


def test_a_finished_sweep_is_a_metric_and_its_alarm_is_fine(account: Account) -> None:
    account.sweep()

    eventually(lambda: state_of(account, "SweepsMissingAlarm") == "OK")
    metrics = account.client("cloudwatch").list_metrics(
        Namespace=NAMESPACE, Dimensions=[{"Name": "service", "Value": STACK_NAME}]
    )["Metrics"]
    names = {each["MetricName"] for each in metrics}
    assert {SWEEPS_FINISHED.title, LIVE_STREAMS.title} <= names
    assert names <= {each.title for each in catalogue().values()}


def test_one_alarm_says_whether_streamwarden_works(account: Account) -> None:
    account.sweep()
    eventually(lambda: state_of(account, "SweepsMissingAlarm") == "OK")
    set_state(account, "QueueAgeAlarm", "OK")
    assert state_of(account, "NotWorkingAlarm") == "OK"

    set_state(account, "QueueAgeAlarm", "ALARM")

    assert state_of(account, "NotWorkingAlarm") == "ALARM"
    set_state(account, "QueueAgeAlarm", "OK")


def test_a_page_reaches_who_subscribes_to_pages_and_nobody_else(account: Account) -> None:
    sqs, sns = account.client("sqs"), account.client("sns")
    urls = {}
    for name, topic in (
        ("pages", account.outputs.page_topic_arn),
        ("warnings", account.outputs.warning_topic_arn),
    ):
        urls[name] = sqs.create_queue(QueueName=f"listening-to-{name}")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=urls[name], AttributeNames=["QueueArn"])
        arn = attributes["Attributes"]["QueueArn"]
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        sqs.set_queue_attributes(QueueUrl=urls[name], Attributes={"Policy": policy})
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    set_state(account, "DeadLettersAlarm", "ALARM")

    messages = eventually(lambda: sqs.receive_message(QueueUrl=urls["pages"]).get("Messages"))
    alarm = json.loads(json.loads(messages[0]["Body"])["Message"])
    assert "docs/runbook.md#dead-letters" in alarm["AlarmDescription"]
    assert "Messages" not in sqs.receive_message(QueueUrl=urls["warnings"])
    set_state(account, "DeadLettersAlarm", "OK")


def test_dashboard_and_saved_queries_have_the_name_of_the_stack(account: Account) -> None:
    dashboard = account.client("cloudwatch").get_dashboard(DashboardName=f"{STACK_NAME}-{REGION}")
    queries = account.client("logs").describe_query_definitions()["queryDefinitions"]

    body = json.loads(dashboard["DashboardBody"])
    assert "${" not in dashboard["DashboardBody"]
    assert len(body["widgets"]) == 10
    assert {each["name"].partition("/")[0] for each in queries} == {STACK_NAME}
    assert {group for each in queries for group in each["logGroupNames"]} >= {
        f"/aws/lambda/{STACK_NAME}/enforce"
    }
