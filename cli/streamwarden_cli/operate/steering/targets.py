"""What an order is about: a channel by its name or ARN, a rule by its id."""

import argparse
import sys
from collections.abc import Callable

from streamwarden.domain.arn import ResourceType, place_of, resource_type_of
from streamwarden.domain.globs import is_glob, matcher
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.operate.policy import PolicyNotRead, deployed_policy
from streamwarden_cli.operate.reading import find, read_entries
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.policy.routing.own_words import OWN_WORDS


def add_channel(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("channel", metavar="CHANNEL", help="a channel by its name, id or ARN")


def channel_of(stack: DeployedStack, given: str) -> str:
    """The ARN of a channel by its name, id or ARN; that of an ARN also without a record.

    Raises InvalidInput, PermanentError, TemporaryError.
    """
    if resource_type_of(given) is None:
        channels = [
            each
            for each in read_entries(stack)
            if resource_type_of(each.resource_arn) is ResourceType.CHANNEL
        ]
        return find(channels, given).resource_arn
    if resource_type_of(given) is not ResourceType.CHANNEL:
        raise InvalidInput(f"{given}: expected a channel")
    if place_of(given) != stack.place:
        raise InvalidInput(
            f"{given}: the stack {stack.name} looks after account {stack.place.account} "
            f"in {stack.place.region}"
        )
    return given


def check_rule(stack: DeployedStack, rule_id: str) -> None:
    """Refuses a rule that the deployed policy has not, if the caller may read the policy.

    The observer refuses it too, but by a dead letter. Raises InvalidInput.
    """
    rules = _rules(stack)
    if rules is not None and rule_id not in rules:
        hint = did_you_mean(rule_id, rules)
        raise InvalidInput(f"the deployed policy has no rule {rule_id!r}{hint}")


def check_rules(stack: DeployedStack, glob: str) -> None:
    """As `check_rule`, of a glob: no rule has such an id, nor has what no rule has opened."""
    rules = _rules(stack)
    if rules is None or any(map(matcher((glob,)), (*rules, *OWN_WORDS))):
        return
    what = f"rule like {glob!r}" if is_glob(glob) else f"rule {glob!r}"
    raise InvalidInput(f"the deployed policy has no {what}{did_you_mean(glob, rules)}")


def check_channels(stack: DeployedStack, glob: str) -> None:
    """Refuses a name that nothing has, if the caller may look. Raises InvalidInput.

    A glob may be about channels of tomorrow, and an ARN about one that has no record yet.
    """
    entries = if_readable(lambda: read_entries(stack))
    if entries is None or resource_type_of(glob) is not None:
        return
    names = {each.name for each in entries if each.name}
    if any(map(matcher((glob,)), (*names, *(each.resource_arn for each in entries)))):
        return
    if is_glob(glob):
        print(f"warning: nothing that is known has a name or ARN like {glob!r}", file=sys.stderr)
    else:
        hint = did_you_mean(glob, names)
        raise InvalidInput(f"{glob!r}: no resource that is known has this name{hint}")


def _rules(stack: DeployedStack) -> list[str] | None:
    """The ids of the rules of the deployed policy; None for a caller who may not read it."""
    try:
        return [each.id for each in deployed_policy(stack).policy.rules]
    except PolicyNotRead:
        return None


def if_readable[T](read: Callable[[], T]) -> T | None:
    """What is read; None for a caller who may only send; the observer refuses the command."""
    try:
        return read()
    except (PermanentError, TemporaryError):
        return None
