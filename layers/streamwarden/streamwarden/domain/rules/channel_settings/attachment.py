"""What rules about an attachment of a channel share: a list of the allowed ARNs."""

from datetime import datetime

from streamwarden.domain.globs import Texts, format_texts, matcher
from streamwarden.domain.rules.channel_settings.setting_breach import breach_by
from streamwarden.domain.rules.check import Judge
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding


def one_of(globs: Texts, judge: Judge, *, attached: Finding, setting: str, what: str) -> Judge:
    """`judge` with one more demand: the ARN must match a glob wherever `judge` finds `attached`."""
    is_allowed, wanted = matcher(globs), format_texts(globs)

    def judge_which(facts: Facts, now: datetime) -> Finding:
        found = judge(facts, now)
        if found is not attached:
            return found
        arn = facts.state.settings[setting]
        if is_allowed(arn.value):
            return found
        return breach_by({setting: arn}, f"the {what} is {arn.value!r}, not {wanted}", now)

    return judge_which
