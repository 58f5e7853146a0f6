"""Findings as people and programs see them, with what to do about each."""

from collections.abc import Sequence
from typing import Final

from streamwarden_cli.operate.doctor.checks import Checked
from streamwarden_cli.operate.doctor.finding import Health
from streamwarden_cli.operate.sections import Section

_STYLES: Final = {Health.FINE: "green", Health.PROBLEM: "bold red", Health.NOT_KNOWN: "yellow"}
_WORDS: Final = {Health.NOT_KNOWN: "not known"}


def checks_section(checked: Sequence[Checked]) -> Section:
    return Section(
        key="checks",
        title="Checks",
        rows=[
            (
                (_WORDS.get(each.finding.health, each.finding.health), _style(each)),
                each.check,
                each.finding.text,
            )
            for each in checked
        ],
        values=[
            {
                "check": each.check,
                "health": each.finding.health,
                "text": each.finding.text,
                "remedy": each.finding.remedy or None,
                "missing_permission": each.finding.permission or None,
            }
            for each in checked
        ],
    )


def remedies_section(checked: Sequence[Checked]) -> Section:
    """For people: programs read it beside each finding."""
    return Section(
        key="remedies",
        title="What to do",
        rows=[(each.check, each.finding.remedy) for each in checked if each.finding.remedy],
        values=None,
    )


def _style(checked: Checked) -> str:
    return _STYLES[checked.finding.health]
