"""Metrics that stand in lines of a log, in CloudWatch's embedded format."""

import json

import pytest

from ivs_simulator.local_aws.monitoring import metrics_of

LINE = {
    "_aws": {
        "Timestamp": 1,
        "CloudWatchMetrics": [
            {
                "Namespace": "Streamwarden",
                "Dimensions": [["service", "severity"]],
                "Metrics": [{"Name": "Open", "Unit": "Count"}, {"Name": "Age"}],
            }
        ],
    },
    "service": "streamwarden",
    "severity": "high",
    "Open": [2.0, 3.0],
    "Age": 7.0,
}


@pytest.mark.parametrize("before", ["", "[INFO] "])
def test_each_value_is_a_metric_with_the_dimensions_of_its_line(before: str) -> None:
    found = [*metrics_of(before + json.dumps(LINE))]

    assert [(each["metric_name"], each["value"], each["unit"]) for each in found] == [
        ("Open", 2.0, "Count"),
        ("Open", 3.0, "Count"),
        ("Age", 7.0, "None"),
    ]
    assert {each["namespace"] for each in found} == {"Streamwarden"}
    assert found[0]["dimensions"] == {"service": "streamwarden", "severity": "high"}


@pytest.mark.parametrize(
    "line", ["START RequestId: 1", '{"message": "decided"}', '{"_aws" {', "[1]"]
)
def test_another_line_holds_none(line: str) -> None:
    assert [*metrics_of(line)] == []
