"""The rules that somebody asks a view for: nothing is said of a rule that there is not.

An answer would read as if all were well.
"""

import sys
from collections.abc import Callable, Iterable

from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.operate.policy import PolicyInUse, PolicyNotRead
from streamwarden_cli.policy.routing.own_words import OWN_WORDS


def check_rules(
    asked: Iterable[str], known: Iterable[str], policy: Callable[[], PolicyInUse]
) -> None:
    """Each is one of those that are known otherwise, such as of old, or is of the policy.

    The policy is read only where it is needed. Raises InvalidInput.
    """
    there = {*known, *OWN_WORDS}
    unknown = [each for each in asked if each not in there]
    if not unknown:
        return
    try:
        rules = there.union(each.id for each in policy().policy.rules)
    except PolicyNotRead:
        what = f"whether there is a rule {unknown[0]!r} is not known"
        print(f"warning: {what}: the deployed policy cannot be read", file=sys.stderr)
        return
    for each in unknown:
        if each not in rules:
            raise InvalidInput(f"--rule: there is no rule {each!r}{did_you_mean(each, rules)}")
