"""How much of its quotas the account uses: what sweeps counted, or what the fleet index says."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.rules.account.quota_headroom import COUNTED, Quota, QuotaHeadroom
from streamwarden_cli.report.inventory import Inventory
from streamwarden_cli.report.table import Bar, Cell, Column, Part, Slice, Table

_SHORT: Final = 0.8


class _Used(NamedTuple):
    number: int
    at: datetime


class _Allowed(NamedTuple):
    """`says` is who says so: a rule, or AWS for every account. `at` is the share of a breach."""

    number: int
    says: str
    at: float = _SHORT


def quotas_part(inventory: Inventory) -> Part:
    used, allowed = _used(inventory), _allowed(inventory)
    short = sum(
        used[each].number / allowed[each].number >= allowed[each].at
        for each in Quota
        if each in used
    )
    return Part(
        key="quotas",
        title="Quota headroom",
        lead="How much of what IVS allows to the account in this region is in use. A rule of kind "
        "quota_headroom has sweeps count it, and knows the quotas that AWS has raised.",
        figure=f"{short:,} short",
        tables=(
            Table(
                key="quotas",
                caption="Quotas of the account in this region",
                columns=(
                    Column("quota", "quota"),
                    Column("in_use", "in use"),
                    Column("allowed", "allowed"),
                    Column("headroom", "headroom"),
                    Column("", "share"),
                    Column("allowed_by", "allowed by"),
                    Column("counted_at", "counted at"),
                ),
                rows=[_row(each, used.get(each), allowed[each]) for each in Quota],
                empty="",
            ),
        ),
    )


def _row(quota: Quota, used: _Used | None, allowed: _Allowed) -> tuple[Cell, ...]:
    name = quota.value.replace("_", " ")
    if used is None:
        return name, None, allowed.number, None, None, allowed.says, None
    share = used.number / allowed.number
    tone = "breach" if share >= allowed.at else "count"
    bar = Bar(
        (Slice(min(used.number, allowed.number), tone),), allowed.number, f"{share:.0%} in use"
    )
    headroom = max(0, allowed.number - used.number)
    return name, used.number, allowed.number, headroom, bar, allowed.says, used.at


def _used(inventory: Inventory) -> Mapping[Quota, _Used]:
    return {**dict(_of_the_index(inventory)), **dict(_counted_by_sweeps(inventory))}


def _counted_by_sweeps(inventory: Inventory) -> Iterator[tuple[Quota, _Used]]:
    for _, facts in inventory.existing:
        if facts.resource_type is ResourceType.ACCOUNT:
            for quota, counted in COUNTED.items():
                known = facts.state.settings.get(counted.member)
                if known is not None and isinstance(known.value, int):
                    yield quota, _Used(known.value, known.at)


def _of_the_index(inventory: Inventory) -> Iterator[tuple[Quota, _Used]]:
    """Every stack knows its channels and its live streams."""
    channels = [
        facts for _, facts in inventory.existing if facts.resource_type is ResourceType.CHANNEL
    ]
    live = [facts.live for facts in channels if facts.live]
    yield Quota.CHANNELS, _Used(len(channels), inventory.now)
    yield Quota.CONCURRENT_STREAMS, _Used(len(live), inventory.now)
    viewers = [each.viewers.value for each in live if each.viewers]
    if viewers:
        yield Quota.CONCURRENT_VIEWS, _Used(sum(viewers), inventory.now)


def _allowed(inventory: Inventory) -> Mapping[Quota, _Allowed]:
    found = {each: _Allowed(COUNTED[each].default, "default of AWS") for each in Quota}
    for rule in inventory.policy.about(ResourceType.ACCOUNT).rules:
        if isinstance(rule.check, QuotaHeadroom):
            for quota in rule.check.only:
                raised = rule.check.quotas.get(quota)
                says = "default of AWS" if raised is None else f"rule {rule.id}"
                count = raised if raised is not None else COUNTED[quota].default
                found[quota] = _Allowed(count, says, rule.check.at)
    return found
