"""The breakers of a stack as people see them: one line a rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from streamwarden.adapters.dynamodb.controls import DynamoBreakers
from streamwarden.domain.breaker import EVERY_RULE, WINDOW, limit_of, release_of, tripped_since
from streamwarden.domain.duration import format_duration
from streamwarden.domain.state.controls import AccountControls, BreakerRelease
from streamwarden.domain.state.merge import Stamped
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.wording import format_moment_ago


@dataclass(frozen=True, slots=True)
class BreakerState:
    """How many actions of a rule have passed in the window, and since when it is tripped."""

    rule_id: str
    passed: int
    tripped_at: datetime | None
    release: Stamped[BreakerRelease] | None


def read_breakers(
    stack: DeployedStack, controls: AccountControls, rules: Iterable[str], now: datetime
) -> list[BreakerState]:
    """Raises PermanentError, TemporaryError."""
    breakers = DynamoBreakers(stack.client("dynamodb"), stack.table_name)
    return [
        BreakerState(
            rule_id,
            sum(now - each.at < WINDOW for each in stored.breaker.passed),
            tripped_since(controls, rule_id),
            release_of(controls, rule_id),
        )
        for rule_id in sorted(rules)
        for stored in [breakers.load(stack.place, rule_id)]
    ]


def rules_with_breakers(controls: AccountControls) -> set[str]:
    """Those that have tripped or were released; what only counts has nothing to be told of."""
    return {*controls.tripped, *controls.releases} - {EVERY_RULE}


def breakers_section(
    breakers: Sequence[BreakerState], controls: AccountControls, now: datetime
) -> Section:
    live = controls.live_streams.value if controls.live_streams else None
    limit, span = limit_of(live), format_duration(WINDOW)
    return Section(
        key="breakers",
        title=f"Breakers: a rule may carry out {limit} destructive actions in {span}",
        headings=("rule", "passed", "tripped", "last release"),
        rows=[_row(each, now) for each in breakers],
        values=[
            {
                "rule": each.rule_id,
                "passed": each.passed,
                "limit": limit,
                "tripped_at": each.tripped_at,
                "released_at": each.release and each.release.at,
            }
            for each in breakers
        ],
        empty="none has tripped",
    )


def _row(breaker: BreakerState, now: datetime) -> Row:
    tripped = (
        (format_moment_ago(breaker.tripped_at, now), "bold red") if breaker.tripped_at else "no"
    )
    return breaker.rule_id, f"{breaker.passed:,}", tripped, _released(breaker, now)


def _released(breaker: BreakerState, now: datetime) -> str:
    release = breaker.release
    if release is None:
        return "-"
    return f"{format_moment_ago(release.at, now)}: {release.value.reason} ({release.value.author})"
