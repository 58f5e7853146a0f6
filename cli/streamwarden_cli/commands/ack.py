"""`streamwarden ack`: somebody looks after an open incident."""

import argparse
from datetime import datetime

from streamwarden.domain.commands import AcknowledgeIncident
from streamwarden.domain.decision import Incident
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import with_stack
from streamwarden_cli.operate.incidents import acknowledged_in_words
from streamwarden_cli.operate.reading import loader
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import on_channel
from streamwarden_cli.operate.steering.in_words import acknowledgement_in_words
from streamwarden_cli.operate.steering.order import (
    Order,
    add_order_options,
    carry_out,
    nothing_to_do,
    said,
)
from streamwarden_cli.operate.steering.targets import add_channel, channel_of, if_readable


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Acknowledges the open incident of a rule on a channel: people are told once that you "
        "look after it, and are reminded no more. They are told if it becomes worse, and when it "
        "resolves. An incident that opens later needs an acknowledgement of its own."
    )
    add_channel(parser)
    parser.add_argument("--rule", metavar="RULE", required=True, help="the id of the rule")
    add_order_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        arn = channel_of(stack, args.channel)
        incident = _incident(args, stack, arn)
        if incident is not None and incident.acknowledged_at is not None:
            return nothing_to_do(args, stack, f"it is {acknowledged_in_words(incident, now)}")
        return carry_out(args, stack, _order(args, stack, arn, now), now)

    return with_stack(args, act)


def _incident(args: argparse.Namespace, stack: DeployedStack, arn: str) -> Incident | None:
    """None where the caller may not look. Raises InvalidInput where none is open."""
    record = if_readable(lambda: loader(stack)(arn))
    if record is None:
        return None
    incidents = record.standing.incidents
    if args.rule not in incidents:
        hint = did_you_mean(args.rule, incidents)
        raise InvalidInput(f"rule {args.rule} has no open incident on {args.channel}{hint}")
    return incidents[args.rule]


def _order(args: argparse.Namespace, stack: DeployedStack, arn: str, now: datetime) -> Order:
    rule = args.rule
    return Order(
        command=AcknowledgeIncident(rule_id=rule, **said(args, arn, now)),
        effect=on_channel(
            stack,
            arn,
            lambda controls: controls.acknowledgements.get(rule),
            acknowledgement_in_words(rule, args.channel),
        ),
    )
