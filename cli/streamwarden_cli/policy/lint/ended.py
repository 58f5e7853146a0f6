"""Exemptions that have ended: the rule judges what its author once exempted."""

from collections.abc import Iterator
from datetime import datetime

from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule


def ended_exemptions(rule: ParsedRule, now: datetime) -> Iterator[LintWarning]:
    exemption = rule.document.exemption
    if exemption and exemption.until and exemption.until <= now:
        message = f"the exemption ended on {exemption.until:%Y-%m-%d %H:%M} UTC"
        yield about(rule, "unless", message, "remove it, or let it end later")
