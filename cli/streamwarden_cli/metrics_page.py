"""docs/metrics.md: the metrics that the functions emit, read off their catalogue."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from streamwarden.metric_catalogue import NAMESPACE, STACK, Metric, catalogue
from streamwarden_cli.shipped import CHECKOUT

PATH: Final[Path] = CHECKOUT / "docs" / "metrics.md"

_INTRODUCTION: Final = f"""# Metrics

<!-- Generated from streamwarden/metric_catalogue.py by `make reference`. Do not edit. -->

The functions write these metrics into their logs in CloudWatch's embedded metric format. They are
in the namespace `{NAMESPACE}`. Their dimension `{STACK}` is the name of the stack. A metric with
another dimension has it in the column "by". What is counted and is none is not written. So the sum
of a quiet hour is missing, and not zero.

Alarms read some of them, and the dashboard of the stack draws the others. [runbook.md](runbook.md)
says what each alarm means. Alarms and dashboard also read metrics of AWS: of SQS, Lambda and
EventBridge Scheduler.
"""


def rendered() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *_sections()])


def _sections() -> Iterator[str]:
    for emitters, metrics in groupby(_ordered(), lambda each: each.emitters):
        rows = [_row(each) for each in metrics]
        heading = " and ".join(emitters)
        yield f"## From {heading}\n\n| metric | unit | by | meaning |\n| --- | --- | --- | --- |"
        yield "\n".join(rows) + "\n"


def _ordered() -> list[Metric]:
    """By who emits them; each in the order of the catalogue."""
    groups = list(dict.fromkeys(each.emitters for each in catalogue().values()))
    return sorted(catalogue().values(), key=lambda each: groups.index(each.emitters))


def _row(metric: Metric) -> str:
    return f"| `{metric.title}` | {metric.unit} | {metric.dimension} | {metric.meaning} |"
