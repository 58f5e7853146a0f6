"""CloudWatch of the local AWS, where MiniStack 1.5 lacks what a template can ask for.

It has composite alarms by its API and not in templates, refuses metric math in the alarms of a
template, knows no saved queries, and leaves metrics that stand in log lines there. Alarms on metric
math are kept and described here, and change their state by SetAlarmState alone. SQS, Lambda and
Scheduler emit no metrics here.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from importlib import import_module
from typing import Any, Final
from uuid import uuid4

COMPOSITE_ALARM: Final = "AWS::CloudWatch::CompositeAlarm"
QUERY_DEFINITION: Final = "AWS::Logs::QueryDefinition"
_DESCRIBE_QUERIES: Final = "Logs_20140328.DescribeQueryDefinitions"
# What an alarm on one metric has, and one on metric math has not.
_OF_ONE_METRIC: Final = (
    "Dimensions",
    "ExtendedStatistic",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "Unit",
)

type Properties = Mapping[str, Any]
type Made = tuple[str, dict[str, Any]]


def know_monitoring() -> None:
    _take_composite_alarms()
    _take_metric_math()
    _take_saved_queries()
    _read_metrics_from_logs()


def metrics_of(message: str) -> Iterator[dict[str, Any]]:
    """The metrics in a line of a log, each as the arguments of MiniStack's `record_metric`.

    Source: CloudWatch User Guide, Specification: Embedded metric format.
    """
    line = _parsed(message)
    for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
        for names in directive["Dimensions"]:
            dimensions = {name: line[name] for name in names}
            for metric in directive["Metrics"]:
                values = line[metric["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    yield {
                        "namespace": directive["Namespace"],
                        "metric_name": metric["Name"],
                        "value": value,
                        "unit": metric.get("Unit", "None"),
                        "dimensions": dimensions,
                    }


def _parsed(message: str) -> Mapping[str, Any]:
    if '"_aws"' not in message:
        return {}
    try:
        line = json.loads(message[message.index("{") :])
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _handlers() -> dict[str, Any]:
    """What MiniStack does for each type of resource."""
    found: dict[str, Any] = import_module(
        "ministack.services.cloudformation.provisioners"
    )._RESOURCE_HANDLERS
    return found


def _take_composite_alarms() -> None:
    cloudwatch = import_module("ministack.services.cloudwatch")

    def put(name: str, properties: Properties) -> Made:
        request = {**properties, "AlarmName": name}
        status, _, body = cloudwatch._put_composite_alarm({}, request, False, True)
        if status != HTTPStatus.OK:
            raise ValueError(f"{COMPOSITE_ALARM}: {body!r}")
        return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        return put(str(properties.get("AlarmName") or f"{stack_name}-{logical_id}"), properties)

    def update(name: str, before: Properties, properties: Properties, stack_name: str) -> Made:
        return put(str(properties.get("AlarmName") or name), properties)

    def delete(name: str, properties: Properties) -> None:
        cloudwatch._composite_alarms.pop(name, None)

    _handlers()[COMPOSITE_ALARM] = {"create": create, "update": update, "delete": delete}


def _take_metric_math() -> None:
    provisioners = import_module("ministack.services.cloudformation.provisioners")
    record = provisioners._cw_metric_alarm_record

    def metric_alarm_record(name: str, properties: Properties) -> dict[str, Any]:
        metrics = properties.get("Metrics")
        if not metrics:
            return dict(record(name, properties))
        of_one = {**properties, "Metrics": [], "MetricName": "-", "Namespace": "-"}
        alarm = {
            key: value for key, value in record(name, of_one).items() if key not in _OF_ONE_METRIC
        }
        return {**alarm, "Metrics": metrics}

    vars(provisioners).update(_cw_metric_alarm_record=metric_alarm_record)


def _take_saved_queries() -> None:
    """Keeps them, and answers DescribeQueryDefinitions. What they would find is not asked here."""
    app, responses = import_module("ministack.app"), import_module("ministack.core.responses")
    answer, kept = app.SERVICE_HANDLERS["logs"], dict[str, dict[str, Any]]()

    def put(query_id: str, properties: Properties) -> Made:
        kept[query_id] = {
            "queryDefinitionId": query_id,
            "name": properties["Name"],
            "queryString": properties["QueryString"],
            "logGroupNames": list(properties.get("LogGroupNames", [])),
        }
        return query_id, {"QueryDefinitionId": query_id}

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        return put(str(uuid4()), properties)

    def update(query_id: str, before: Properties, properties: Properties, stack: str) -> Made:
        return put(query_id, properties)

    def delete(query_id: str, properties: Properties) -> None:
        kept.pop(query_id, None)

    async def answer_queries_too(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any
    ) -> Any:
        if headers.get("x-amz-target") == _DESCRIBE_QUERIES:
            return responses.json_response({"queryDefinitions": list(kept.values())})
        return await answer(method, path, headers, body, query)

    _handlers()[QUERY_DEFINITION] = {"create": create, "update": update, "delete": delete}
    app.SERVICE_HANDLERS["logs"] = answer_queries_too


def _read_metrics_from_logs() -> None:
    """Metrics of the embedded format, with the alarms that read them."""
    logs = import_module("ministack.services.cloudwatch_logs")
    cloudwatch = import_module("ministack.services.cloudwatch")
    append = logs._append_log_events

    def append_log_events(stream: Any, events: Iterable[Mapping[str, Any]]) -> Any:
        lines = list(events)
        names = set[str]()
        for metric in (each for line in lines for each in metrics_of(line["message"])):
            cloudwatch.record_metric(**metric)
            names.add(metric["metric_name"])
        # Only those that read one of them: each looks through all that was ever recorded.
        for alarm in [*cloudwatch._alarms.values()]:
            if alarm.get("MetricName") in names:
                cloudwatch._evaluate_alarm(alarm)
        return append(stream, lines)

    vars(logs).update(_append_log_events=append_log_events)
