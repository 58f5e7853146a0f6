"""How much waits in the queues of a stack, and for how long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from streamwarden.domain.duration import format_duration
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.stack import DeployedStack

_URL: Final = "Url"
_DEAD_LETTERS: Final = "DeadLetters"
_COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
# SQS reports each metric every minute; of a queue that nobody uses, it stops after six hours.
_LOOKED_BACK: Final = timedelta(minutes=10)
_PERIOD_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """A queue by the name of its output. `oldest` is None where no metric says it."""

    name: str
    waiting: int
    in_flight: int
    oldest: timedelta | None = None

    @property
    def has_dead_letters(self) -> bool:
        return holds_dead_letters(self.name)


def holds_dead_letters(name: str) -> bool:
    """Of a queue by the name of its output; the tests of the template hold the names to it."""
    return name.endswith(_DEAD_LETTERS)


def queue_urls(outputs: Mapping[str, str]) -> dict[str, str]:
    """The URL of each queue that an output names, in the order of the template."""
    queues = ("Inbox", "Queue", _DEAD_LETTERS)
    return {
        name.removesuffix(_URL): value
        for name, value in outputs.items()
        if name.endswith(_URL) and name.removesuffix(_URL).endswith(queues)
    }


def read_queues(stack: DeployedStack, now: datetime) -> list[QueueDepth]:
    """Each queue that an output names, in the order of the template. Raises ClientError."""
    urls = queue_urls(stack.outputs)
    ages = _read_ages(stack, urls, now)
    sqs = stack.client("sqs")
    return [_depth(sqs, name, url, ages.get(name)) for name, url in urls.items()]


def queues_section(queues: Iterable[QueueDepth]) -> Section:
    ordered = sorted(queues, key=lambda each: each.has_dead_letters)
    return Section(
        key="queues",
        title="Queues",
        headings=("queue", "waiting", "in flight", "oldest"),
        rows=[_row(each) for each in ordered],
        values=[
            {
                "queue": each.name,
                "waiting": each.waiting,
                "in_flight": each.in_flight,
                "oldest_seconds": each.oldest and each.oldest.total_seconds(),
                "has_dead_letters": each.has_dead_letters,
            }
            for each in ordered
        ],
    )


def _row(queue: QueueDepth) -> Row:
    style = "bold red" if queue.has_dead_letters and queue.waiting else ""
    oldest = "-" if queue.oldest is None else format_duration(queue.oldest)
    return (queue.name, style), (f"{queue.waiting:,}", style), f"{queue.in_flight:,}", oldest


def _depth(sqs: Any, name: str, url: str, oldest: timedelta | None) -> QueueDepth:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[*_COUNTS])
    waiting, in_flight, delayed = (int(answer["Attributes"][each]) for each in _COUNTS)
    return QueueDepth(name, waiting + delayed, in_flight, oldest)


def _read_ages(
    stack: DeployedStack, urls: Mapping[str, str], now: datetime
) -> dict[str, timedelta]:
    """By one call of CloudWatch: SQS itself does not say how old a message is.

    Where CloudWatch may not be read, no age is known, and the depths still are.
    """
    names = [*urls]
    queries = [_age_query(f"q{number}", urls[name]) for number, name in enumerate(names)]
    try:
        answer = stack.client("cloudwatch").get_metric_data(
            MetricDataQueries=queries, StartTime=now - _LOOKED_BACK, EndTime=now
        )
    except (ClientError, BotoCoreError):
        return {}
    newest = {
        each["Id"]: each["Values"][0] for each in answer["MetricDataResults"] if each["Values"]
    }
    return {
        name: timedelta(seconds=newest[f"q{number}"])
        for number, name in enumerate(names)
        if f"q{number}" in newest
    }


def _age_query(query_id: str, url: str) -> dict[str, Any]:
    metric = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": url.rpartition("/")[2]}],
    }
    return {
        "Id": query_id,
        "MetricStat": {"Metric": metric, "Period": _PERIOD_SECONDS, "Stat": "Maximum"},
    }
