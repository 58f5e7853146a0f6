"""What is done to a channel apart from breaches: a quarantine, a release, an operator's stop."""

from collections.abc import Iterator
from datetime import datetime

from streamwarden.domain.state.orders import OrderedStop, Orders, Quarantine
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.wording import format_moment, format_moment_ago


def orders_section(orders: Orders, now: datetime) -> Section:
    values = {
        "quarantine": orders.quarantine,
        "released_at": orders.release.at if orders.release else None,
        "stop": orders.stop,
    }
    return Section("orders", "Orders", [*_rows(orders, now)], values)


def _rows(orders: Orders, now: datetime) -> Iterator[Row]:
    if orders.quarantine is not None:
        yield from _quarantine_rows(orders.quarantine, now)
    if orders.release is not None:
        since = format_moment_ago(orders.release.at, now)
        yield "released", (f"{since}; a new stream key is not seen yet", "yellow")
    if orders.stop is not None:
        yield "stop", _describe_stop(orders.stop, now)


def _quarantine_rows(quarantine: Quarantine, now: datetime) -> Iterator[Row]:
    until = format_moment(quarantine.until) if quarantine.until else "it is released"
    since = format_moment_ago(quarantine.since, now)
    yield "quarantined", (f"since {since}, until {until}", "yellow")
    yield "ordered by", f"{quarantine.ordered_by}: {quarantine.reason}"
    if quarantine.strike_count:
        last = quarantine.strikes[-1]
        text = f"{quarantine.strike_count}, the last one {format_moment_ago(last.at, now)}"
        yield "strikes", f"{text} ({last.stream_id})"
    if quarantine.held:
        yield "held", (quarantine.held, "yellow")


def _describe_stop(stop: OrderedStop, now: datetime) -> str:
    stream = stop.stream_id or "the live stream"
    return f"{stream}, by {stop.author} {format_moment_ago(stop.at, now)}: {stop.reason}"
