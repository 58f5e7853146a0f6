"""Silences in force as people see them: one line each."""

from datetime import datetime

from streamwarden.domain.notifications.silences import silenced_in_words
from streamwarden.domain.state.controls import AccountControls
from streamwarden_cli.operate.sections import Section
from streamwarden_cli.operate.wording import format_moment_ago


def silences_section(controls: AccountControls, now: datetime) -> Section:
    silences = controls.silences_at(now)
    return Section(
        key="silences",
        title="Silences",
        headings=("id", "nothing is told of", "until", "reason"),
        rows=[
            (
                each.id,
                (silenced_in_words(each), "yellow"),
                format_moment_ago(each.until, now),
                f"{each.reason} ({each.author})",
            )
            for each in silences
        ],
        values=[
            {
                "id": each.id,
                "rule": each.rule,
                "channel": each.channel,
                "owner": each.owner,
                "severity": each.severity,
                "until": each.until,
                "reason": each.reason,
                "author": str(each.author),
            }
            for each in silences
        ],
        empty="none: everything is told",
    )
