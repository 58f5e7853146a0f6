"""The table of checks. One more check is one more function and one more line here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden_cli.operate.doctor import account, deployment, reach, switches, work
from streamwarden_cli.operate.doctor.examined import Examined
from streamwarden_cli.operate.doctor.finding import Finding, Health, not_read, on_local_aws
from streamwarden_cli.operate.policy import PolicyNotRead

_UNREADABLE: Final = (ClientError, BotoCoreError, PermanentError, TemporaryError, PolicyNotRead)


@dataclass(frozen=True, slots=True)
class Check:
    """`look` yields problems as it finds them; what it yields before an error counts.

    `is_of_account`: what it looks at is of an account, and the local AWS needs none.
    """

    name: str
    look: Callable[[Examined], Iterable[Finding]]
    is_of_account: bool = False


CHECKS: Final = (
    Check("IVS", account.ivs_answers),
    Check("real-time", account.real_time_answers),
    Check("concurrency", account.concurrency),
    Check("IVS quotas", account.quotas),
    Check("trail", account.trail, is_of_account=True),
    Check("subscriptions", reach.subscriptions, is_of_account=True),
    Check("secrets", reach.secrets),
    Check("stack", deployment.stack_status),
    Check("drift", deployment.drift),
    Check("event rules", switches.event_rules),
    Check("event sources", switches.event_sources),
    Check("schedules", switches.schedules),
    Check("functions", switches.functions),
    Check("version", deployment.version),
    Check("policy", deployment.policy),
    Check("sweeps", work.sweeps),
    Check("destinations", reach.destinations),
    Check("dead letters", work.dead_letters),
)


@dataclass(frozen=True, slots=True)
class Checked:
    check: str
    finding: Finding


def examine(examined: Examined, checks: Iterable[Check] = CHECKS) -> Iterator[Checked]:
    """All that every check finds. One that cannot read what it looks at stops no other."""
    is_local = examined.stack.is_local
    for check in checks:
        if is_local and check.is_of_account:
            continue
        for each in _findings(check, examined):
            yield Checked(check.name, on_local_aws(each) if is_local else each)


def _findings(check: Check, examined: Examined) -> list[Finding]:
    """Beside a problem, what is fine of the same check is not worth a line."""
    found: list[Finding] = []
    try:
        found.extend(check.look(examined))
    except _UNREADABLE as error:
        found.append(not_read(error, is_local=examined.stack.is_local))
    return [each for each in found if each.health is not Health.FINE] or found
