"""`streamwarden history`: what happened on a resource, in order."""

from collections.abc import Iterable
from typing import Any

from msgspec import to_builtins

from streamwarden_cli.operate.record_history import HistoryItem
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.wording import format_moment


def history_section(history: Iterable[HistoryItem]) -> Section:
    history = [*history]
    return Section(
        key="history",
        title="What happened (UTC)",
        headings=("time", "what", "rule or stream", "by", ""),
        rows=[_row(each) for each in history],
        values=[values_of(each) for each in history],
        empty="nothing is known",
    )


def values_of(each: HistoryItem) -> dict[str, Any]:
    return {
        "at": each.at,
        "what": each.what,
        "rule": each.rule_id or None,
        "mode": each.mode,
        "stream_id": each.stream_id or None,
        "author": each.author or None,
        "text": each.text,
        "grounds": each.grounds and to_builtins(each.grounds),
    }


def _row(each: HistoryItem) -> Row:
    about = each.rule_id or each.stream_id
    return format_moment(each.at), each.what.value, about, each.author, each.text
