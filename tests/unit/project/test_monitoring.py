"""What watches a stack: alarms, dashboard and saved queries agree with what the functions emit."""

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from streamwarden.domain.verdicts import Severity
from streamwarden.metric_catalogue import (
    ENFORCE,
    NAMESPACE,
    NOTIFY,
    OBSERVERS,
    ROTATE_KEYS,
    STACK,
    SWEEP,
    catalogue,
)
from streamwarden.observability import __all__ as recorders
from testbed.template import ROOT, Node, template
from tests.unit.project.cloudformation import dead_letter_queues, of_type
from tests.unit.project.message_loops import in_a_loop

METRICS = catalogue()
RUNBOOK = ROOT / "docs" / "runbook.md"
LINK = "https://github.com/streamwarden/streamwarden/blob/main/docs/runbook.md#"
PAGES = {"SweepsMissingAlarm", "QueueAgeAlarm", "DeadLettersAlarm", "BreakerTrippedAlarm"}
ALARMS = of_type("AWS::CloudWatch::Alarm")
(COMPOSITE,) = of_type("AWS::CloudWatch::CompositeAlarm").values()
LONGEST_DESCRIPTION = 1024  # PutMetricAlarm
MOST_METRICS = 10  # CloudWatch User Guide, alarm limits: of an alarm on metric math
LONGEST_LOOK_BACK = 86_400  # PutMetricAlarm: with periods of less than an hour
BOOTSTRAP = ROOT / "layers" / "streamwarden" / "streamwarden" / "bootstrap"
OBSERVABILITY = ROOT / "layers" / "streamwarden" / "streamwarden" / "observability.py"
# What records for a function: its module of bootstrap, and what it shares with others.
MODULES = {
    OBSERVERS: ["observer", "runtime", "../adapters/batches", "../adapters/outbox"],
    ENFORCE: ["enforcer", "runtime", "../adapters/batches"],
    NOTIFY: ["notifier", "runtime", "../adapters/batches"],
    SWEEP: ["sweeper"],
    ROTATE_KEYS: ["rotator", "../adapters/outbox"],
}


class Watched(NamedTuple):
    """A metric that an alarm reads, with its one dimension."""

    namespace: str
    name: str
    dimension: str
    value: Any


def stats_of(alarm: Node) -> list[Node]:
    """What an alarm on metric math reads."""
    return [each["MetricStat"] for each in alarm.get("Metrics", []) if "MetricStat" in each]


def watched(alarm: Node) -> list[Watched]:
    metrics = [
        each["MetricStat"]["Metric"] for each in alarm.get("Metrics", []) if "MetricStat" in each
    ]
    found = []
    for metric in metrics or [alarm]:
        (dimension,) = metric["Dimensions"]
        found.append(
            Watched(
                metric["Namespace"], metric["MetricName"], dimension["Name"], dimension["Value"]
            )
        )
    return found


@cache
def drawn() -> list[list[Any]]:
    """Every metric of the dashboard: namespace, name, dimensions, and options at the end."""
    return [
        metric
        for widget in dashboard()["widgets"]
        if widget["type"] == "metric"
        for metric in widget["properties"]["metrics"]
        if isinstance(metric[0], str)
    ]


def dashboard() -> Node:
    (body,) = (
        each["DashboardBody"]["Fn::Sub"] for each in of_type("AWS::CloudWatch::Dashboard").values()
    )
    found: Node = json.loads(body)
    return found


def own_alarmed() -> set[str]:
    return {
        each.name
        for alarm in ALARMS.values()
        for each in watched(alarm)
        if each.namespace == NAMESPACE
    }


def own_drawn() -> set[str]:
    return {metric[1] for metric in drawn() if metric[0] == NAMESPACE}


def resources_watched(namespace: str, name: str) -> set[str]:
    """The resources whose metric of that name alarms read."""
    return {
        each.value.get("Ref") or each.value["Fn::GetAtt"][0]
        for alarm in ALARMS.values()
        for each in watched(alarm)
        if (each.namespace, each.name) == (namespace, name)
    }


def test_what_is_alarmed_and_drawn_is_emitted_and_the_other_way_round() -> None:
    emitted = {each.title for each in METRICS.values()}

    assert len(emitted) == len(METRICS)
    assert own_alarmed() | own_drawn() == emitted


def uses(file: Path, of: str) -> set[str]:
    """The attributes of a name that a module uses."""
    return {
        node.attr
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == of
    }


@cache
def metrics_by_recorder() -> dict[str, set[str]]:
    """The members of the catalogue that each function of `observability` emits."""
    found: dict[str, set[str]] = {}
    for node in ast.parse(OBSERVABILITY.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            text = ast.unparse(node)
            found[node.name] = set(re.findall(r"metric_catalogue\.([A-Z_]+)", text))
            if "_COUNTED_AS[" in text:
                found[node.name] |= {
                    name for name, each in METRICS.items() if each.title.startswith("Actions")
                } - {"ACTIONS_REQUESTED"}
    return found


@pytest.mark.parametrize("emitter", MODULES)
def test_a_function_emits_what_the_catalogue_says(emitter: str) -> None:
    called: set[str] = set()
    for module in MODULES[emitter]:
        file = (BOOTSTRAP / f"{module}.py").resolve()
        called |= uses(file, "observability")
        called |= {each for each in recorders if re.search(rf"\b{each}\(", file.read_text())}

    emitted = {name for each in called for name in metrics_by_recorder().get(each, set())}
    assert emitted == {name for name, each in METRICS.items() if emitter in each.emitters}


def test_every_metric_is_of_the_stack_and_another_dimension_has_few_values() -> None:
    shared = template()["Globals"]["Function"]["Environment"]["Variables"]
    dimensions = {each.dimension for each in METRICS.values()} - {""}

    assert shared["POWERTOOLS_SERVICE_NAME"] == {"Ref": "AWS::StackName"}
    assert shared["POWERTOOLS_METRICS_NAMESPACE"] == NAMESPACE
    for alarm in ALARMS.values():
        for each in watched(alarm):
            assert not isinstance(each.value, str), each
            if each.namespace == NAMESPACE:
                assert (each.dimension, each.value) == (STACK, {"Ref": "AWS::StackName"})
    for metric in drawn():
        if metric[0] == NAMESPACE:
            assert metric[2:4] == [STACK, "${AWS::StackName}"]
    assert dimensions == {"severity"}
    assert {metric[5] for metric in drawn() if metric[4:5] == ["severity"]} == set(Severity)


def test_dashboards_of_two_regions_have_names_of_their_own() -> None:
    """An account has one list of dashboards for all regions (CloudWatch User Guide)."""
    (made,) = of_type("AWS::CloudWatch::Dashboard").values()

    assert made["DashboardName"] == {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"}


def test_what_watching_costs_is_what_there_is() -> None:
    cost = (ROOT / "docs" / "cost.md").read_text()
    read = sum(len(watched(each)) for each in ALARMS.values())
    emitted = sum(len(Severity) if each.dimension else 1 for each in METRICS.values())

    assert f"alarms: {read} metrics" in cost
    assert f"metrics: {emitted} ($0.30 each)" in cost


def test_every_queue_is_watched_for_its_age_or_for_its_dead_letters() -> None:
    dead_letters = dead_letter_queues()
    working = set(of_type("AWS::SQS::Queue")) - dead_letters
    aged = {
        metric[3].strip("${}").removesuffix(".QueueName")
        for metric in drawn()
        if metric[0] == "AWS/SQS"
    }

    assert resources_watched("AWS/SQS", "ApproximateAgeOfOldestMessage") == working == aged
    assert resources_watched("AWS/SQS", "ApproximateNumberOfMessagesVisible") == dead_letters


def test_every_function_is_watched_for_errors_and_throttles_and_loops_for_what_is_dropped() -> None:
    functions = set(of_type("AWS::Serverless::Function"))

    assert resources_watched("AWS/Lambda", "Errors") == functions
    assert resources_watched("AWS/Lambda", "Throttles") == functions
    assert resources_watched("AWS/Lambda", "RecursiveInvocationsDropped") == in_a_loop()
    assert resources_watched("AWS/Scheduler", "InvocationDroppedCount") == {"TimerGroup"}


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_keeps_within_what_cloudwatch_takes(name: str) -> None:
    alarm = ALARMS[name]
    stats = stats_of(alarm)
    results = [each for each in alarm.get("Metrics", []) if each.get("ReturnData", True)]
    (period,) = {each["Period"] for each in stats} or {alarm.get("Period")}
    periods = alarm["EvaluationPeriods"]
    if periods == {"Ref": "SweepIntervalMinutes"}:
        periods = template()["Parameters"]["SweepIntervalMinutes"]["MaxValue"]

    assert len(stats) <= MOST_METRICS
    assert len(results) == (1 if stats else 0)
    assert period % 60 == 0
    assert period * periods <= LONGEST_LOOK_BACK
    assert len(alarm["AlarmDescription"]) <= LONGEST_DESCRIPTION


@pytest.mark.parametrize("name", ALARMS)
def test_pages_and_warnings_go_to_topics_of_their_own(name: str) -> None:
    topic = "PageTopic" if name in PAGES else "WarningTopic"

    assert ALARMS[name]["AlarmActions"] == ALARMS[name]["OKActions"] == [{"Ref": topic}]


def test_a_missing_sweep_is_a_breach_after_three_intervals() -> None:
    alarm = ALARMS["SweepsMissingAlarm"]

    # So many times three minutes as an interval has minutes.
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (180, {"Ref": "SweepIntervalMinutes"})
    assert alarm["TreatMissingData"] == "breaching"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)


def test_one_state_says_whether_streamwarden_works() -> None:
    assert "Streamwarden is not working" in COMPOSITE["AlarmDescription"]
    assert set(re.findall(r"\$\{(\w+)\}", COMPOSITE["AlarmRule"]["Fn::Sub"])) < PAGES
    assert "AlarmActions" not in COMPOSITE, (
        "its causes page, and nobody is woken twice for one thing"
    )


def sections() -> dict[str, str]:
    """The sections of the runbook, by the anchors that GitHub gives their headings."""
    parts = re.split(r"^## (.+)$", RUNBOOK.read_text(), flags=re.MULTILINE)[1:]
    titles, texts = parts[::2], parts[1::2]
    anchors = (re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in titles)
    return dict(zip(anchors, texts, strict=True))


@pytest.mark.parametrize("alarm", [*ALARMS, "NotWorkingAlarm"])
def test_an_alarm_links_to_what_it_means_where_to_look_first_and_what_to_do(alarm: str) -> None:
    description = template()["Resources"][alarm]["Properties"]["AlarmDescription"]
    anchor = description.partition(LINK)[2]

    section = sections()[anchor]
    assert [
        each for each in ("Meaning:", "First look:", "Fix:") if f"**{each}**" not in section
    ] == []
    assert f"`{alarm}`" in section


def test_every_section_of_the_runbook_about_an_alarm_is_linked_by_it() -> None:
    named = re.findall(r"`(\w+Alarm)`", RUNBOOK.read_text())

    assert sorted(set(named)) == sorted([*ALARMS, "NotWorkingAlarm"])


@pytest.mark.parametrize("topic", ["AlertTopic", "PageTopic", "WarningTopic"])
def test_every_topic_is_encrypted_and_reaches_the_address_for_alerts(topic: str) -> None:
    subscribed = {each["TopicArn"]["Ref"] for each in of_type("AWS::SNS::Subscription").values()}

    assert of_type("AWS::SNS::Topic")[topic]["KmsMasterKeyId"] == {
        "Fn::GetAtt": ["AlertKey", "Arn"]
    }
    assert topic in subscribed


def test_alarms_may_publish_to_the_topics_of_alarms_and_notify_to_its_own() -> None:
    allowed = {
        policy["Topics"][0]["Ref"]: [
            each["Principal"] for each in policy["PolicyDocument"]["Statement"]
        ]
        for policy in of_type("AWS::SNS::TopicPolicy").values()
    }

    service = {"Service": "cloudwatch.amazonaws.com"}
    notify = {"AWS": {"Fn::GetAtt": ["NotifyRole", "Arn"]}}
    assert allowed == {"AlertTopic": [notify], "PageTopic": [service], "WarningTopic": [service]}


def logged() -> set[str]:
    """The messages of the lines that `observability` writes."""
    return set(re.findall(r'logger\.\w+\(\s*"(.+?)"', OBSERVABILITY.read_text()))


def test_saved_queries_ask_for_lines_and_groups_that_there_are() -> None:
    messages = logged() | {"message failed", "message not dead-lettered"}
    groups = {json.dumps({"Ref": each}) for each in of_type("AWS::Logs::LogGroup")}
    queries = of_type("AWS::Logs::QueryDefinition")

    assert queries
    for name, query in queries.items():
        asked = re.findall(r'message (?:!?= |in )(\[.*?\]|".*?")', query["QueryString"])
        assert {each for text in asked for each in re.findall(r'"(.*?)"', text)} <= messages, name
        assert {json.dumps(each) for each in query["LogGroupNames"]} <= groups, name
