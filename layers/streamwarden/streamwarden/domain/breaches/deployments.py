"""What people are told of a deployment: each once, also of one that goes back to an earlier policy.

What they were told last is known with its rules, so the next one says which of them differ. A
sweep may observe the same deployment twice, or late; neither is news.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from streamwarden.domain.decision import Standing
from streamwarden.domain.notifications.news import News
from streamwarden.domain.state.deployment import (
    DeployedRules,
    Deployment,
    DeploymentChange,
    RuleChanges,
    change_between,
)
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.verdicts import Severity

# The JSON of a message has all of them.
_NAMED_RULES: Final = 10
_COMPARED: Final[Mapping[str, Callable[[Deployment], str]]] = {
    "policy": lambda each: each.policy,
    "version": lambda each: each.version,
    "mode": lambda each: each.mode,
}


def deployed_after(before: Standing, facts: Facts) -> Deployment | None:
    """What people know to be deployed, once they are told the news."""
    observed = _unknown(before, facts)
    return observed.value if observed else before.deployed


def deployment_news(before: Standing, facts: Facts) -> Iterator[News]:
    observed = _unknown(before, facts)
    if observed is not None:
        change = change_between(before.deployed, observed.value)
        yield News(
            name="deployment",
            at=observed.at,
            severity=Severity.MEDIUM,
            title=_title(change),
            text=". ".join(_sentences(change, before.deployed, observed.value)),
            deployment=change,
        )


def _unknown(before: Standing, facts: Facts) -> Stamped[Deployment] | None:
    """The deployment that sweeps observe, unless people know it."""
    controls = facts.state.account_controls
    observed = controls.deployment if controls else None
    if observed is None:
        return None
    is_known = before.deployed is not None and before.deployed.is_same(observed.value)
    return None if is_known else observed


def _title(change: DeploymentChange) -> str:
    after, before = change.after, change.before
    if before is None:
        runs = ", ".join(f"{name} {of(after)}" for name, of in _COMPARED.items())
        return f"first known deployment of stack {after.stack}: {runs}"
    pairs = ((name, of(before), of(after)) for name, of in _COMPARED.items())
    differ = [f"{name} {now} (before {was})" for name, was, now in pairs if now != was]
    return f"stack {after.stack} was deployed: {', '.join(differ) or 'who is told has changed'}"


def _sentences(
    change: DeploymentChange, before: Deployment | None, after: Deployment
) -> Iterator[str]:
    yield f"It runs {_runs(after)}"
    yield f"Before, it ran {_runs(before)}" if before else "No earlier deployment is known"
    if after.rules is not None:
        modes = ", ".join(f"{count} {mode}" for mode, count in change.modes.items())
        yield f"The policy has {len(after.rules)} rules" + (f" ({modes})" if modes else "")
    if before is None:
        return
    yield from _rule_sentences(change.rules, before.rules, after.rules)
    if before.routing != after.routing:
        yield "Who is told has changed"


def _runs(given: Deployment) -> str:
    return f"version {given.version} and policy {given.policy} in mode {given.mode}"


def _rule_sentences(
    changes: RuleChanges | None, before: DeployedRules | None, after: DeployedRules | None
) -> Iterator[str]:
    if changes is None or before is None or after is None:
        yield "Which rules differ is not known: there are too many to remember"
        return
    changed = [_changed(each, before, after) for each in changes.changed]
    found = (("Added", changes.added), ("Removed", changes.removed), ("Changed", changed))
    yield from [f"{word}: {_listed(rules)}" for word, rules in found if rules] or [
        "No rule differs"
    ]


def _changed(rule_id: str, before: DeployedRules, after: DeployedRules) -> str:
    """With its modes, where these differ: people ask first what may act now."""
    earlier, mode = before[rule_id].mode, after[rule_id].mode
    return rule_id if earlier is mode else f"{rule_id} (mode {mode}, before {earlier})"


def _listed(named: Sequence[str]) -> str:
    more = len(named) - _NAMED_RULES
    return ", ".join(named[:_NAMED_RULES]) + (f" and {more} more" if more > 0 else "")
