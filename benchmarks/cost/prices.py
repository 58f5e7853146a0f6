"""List prices of AWS in us-east-1, in one place, with the page of AWS that states them.

AWS fills the figures into its pages in the browser, so a stored copy of a page has hardly any. On
2026-11-28 they were compared with what there is:

- Events of AWS services: the copy of AWS's own page has the figure, in an example.
- Everything else is not confirmed by AWS. Guides by others, of 2024 to 2026, give these figures for
  us-east-1. Three of them differ: one has $0.40 also for FIFO queues of SQS, one has Scheduler for
  free, one has twice the figures for DynamoDB, which are those of before 2024-11-01.

Nobody has looked at the pages themselves in a browser, or at a bill.

Free tiers are left out. So is what does not grow with inputs: metrics (per metric and month),
storage, alarms, sweeps, and the polls of empty queues.
"""

from typing import Final

from msgspec import Struct

# On-demand DynamoDB has had these prices since 2024-11-01, the others for longer.
AS_OF: Final = "2026-11-28: list prices of us-east-1, most of them by guides that quote AWS"


class Price(Struct, frozen=True):
    """Dollars for a million units, and the page that says so."""

    dollars_a_million: float
    page: str

    def of(self, units: float) -> float:
        """Dollars."""
        return self.dollars_a_million * units / 1_000_000


_LAMBDA: Final = "https://aws.amazon.com/lambda/pricing/"
_DYNAMODB: Final = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
_SQS: Final = "https://aws.amazon.com/sqs/pricing/"
_EVENTBRIDGE: Final = "https://aws.amazon.com/eventbridge/pricing/"
_SNS: Final = "https://aws.amazon.com/sns/pricing/"
_CLOUDWATCH: Final = "https://aws.amazon.com/cloudwatch/pricing/"

# By the name of what is counted.
PRICES: Final = {
    "Lambda requests": Price(0.20, _LAMBDA),
    "Lambda GB-seconds (arm64)": Price(13.3334, _LAMBDA),
    "SQS requests (standard queues)": Price(0.40, _SQS),
    "SQS requests (FIFO queues)": Price(0.50, _SQS),
    # What is published; e-mail costs $2 for 100,000 beside that.
    "SNS requests": Price(0.50, _SNS),
    "DynamoDB read request units": Price(0.125, _DYNAMODB),
    "DynamoDB write request units": Price(0.625, _DYNAMODB),
    # Events of AWS services are free on the default bus, and so is their delivery in the account.
    "EventBridge events of AWS services": Price(0.0, _EVENTBRIDGE),
    "Scheduler invocations": Price(1.00, _EVENTBRIDGE),
    # $0.50 a gigabyte, which is a thousand million bytes.
    "CloudWatch Logs bytes": Price(0.0005, _CLOUDWATCH),
}
