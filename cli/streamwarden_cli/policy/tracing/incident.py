"""An incident that somebody asks about, as the notification that would be made of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from streamwarden.domain.arn import is_channel_arn, place_of
from streamwarden.domain.globs import is_glob
from streamwarden.domain.ivs import filled_tags
from streamwarden.domain.verdicts import Mode, Notification, NotificationStatus, Severity
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.policy.matching import (
    Fault,
    fault_of_account,
    fault_of_name,
    fault_of_region,
)
from streamwarden_cli.policy.parsed import ParsedPolicy, ParsedRule
from streamwarden_cli.policy.routing.own_words import OWN_WORDS
from streamwarden_cli.policy.tag_globs import remedy_of

# What nobody has said is like no account, no region and no name, and like `*`.
UNKNOWN: Final = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was said of the incident; None is nothing. `channel` is a name or an ARN."""

    rule: str
    severity: Severity | None = None
    status: NotificationStatus = NotificationStatus.OPENED
    channel: str | None = None
    account: str | None = None
    region: str | None = None
    owner: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    def notification(self, policy: ParsedPolicy, at: datetime) -> Notification:
        """Raises InvalidInput for a rule that the policy does not have, or what nothing is like."""
        arn, name = self._resource()
        owner_tag = policy.routing.owner_tag
        tags = filled_tags({owner_tag: self.owner, **self.tags})
        return Notification(
            id="",
            incident="",
            rule_id=self.rule,
            severity=self.severity or _severity_of(self.rule, policy),
            status=self.status,
            resource_arn=arn,
            resource_name=name,
            stream_id=None,
            title="",
            text="",
            at=at,
            owner=tags.get(owner_tag, ""),
            tags=tags,
        )

    def _resource(self) -> tuple[str, str]:
        _check("account", self.account, fault_of_account)
        _check("region", self.region, fault_of_region)
        if self.channel is None or not self.channel.startswith("arn:"):
            _check("channel", self.channel, _fault_of_channel)
            place = f"{self.region or UNKNOWN}:{self.account or UNKNOWN}"
            return f"arn:aws:ivs:{place}:channel/{UNKNOWN}", self.channel or UNKNOWN
        if not is_channel_arn(self.channel):
            raise InvalidInput("--channel: this is not the ARN of a channel of IVS")
        found = place_of(self.channel)
        if self.account not in (None, found.account):
            raise InvalidInput(f"--account: the ARN of the channel has {found.account!r}")
        if self.region not in (None, found.region):
            raise InvalidInput(f"--region: the ARN of the channel has {found.region!r}")
        return self.channel, UNKNOWN


def _check(option: str, given: str | None, fault_of: Fault) -> None:
    """Raises InvalidInput: an incident is of one account, region and channel that there may be."""
    if given is None:
        return
    fault = f"expected one {option}, found the glob {given!r}" if is_glob(given) else None
    if fault := fault or fault_of(given):
        raise InvalidInput(f"--{option}: {fault}")


def _fault_of_channel(name: str) -> str | None:
    if not name:
        return "expected a name or an ARN, found nothing"
    fault = fault_of_name(name)
    return fault and fault.removesuffix(remedy_of(name))  # which is about globs


def notes_on(rule_id: str, policy: ParsedPolicy) -> Iterable[str]:
    """Why nobody may be told whatever the routes say."""
    rule = _rule(rule_id, policy)
    if rule is not None and not rule.document.enabled:
        yield f"rule {rule.id} is switched off, so there is no such incident"
    elif rule is not None and rule.document.mode is Mode.OBSERVE:
        yield f"rule {rule.id} only observes, so nobody is told unless its mode is raised"


def _severity_of(rule_id: str, policy: ParsedPolicy) -> Severity:
    """That of the rule. Raises InvalidInput where there is none."""
    rule = _rule(rule_id, policy)
    if rule is not None:
        return rule.document.severity
    if rule_id in OWN_WORDS:
        raise InvalidInput(
            f"--severity: say how severe it is; {rule_id!r} is no rule, which has one"
        )
    known = [*(each.id for each in _rules(policy)), *OWN_WORDS]
    raise InvalidInput(f"--rule: the policy has no rule {rule_id!r}{did_you_mean(rule_id, known)}")


def _rule(rule_id: str, policy: ParsedPolicy) -> ParsedRule | None:
    return next((each for each in _rules(policy) if each.id == rule_id), None)


def _rules(policy: ParsedPolicy) -> tuple[ParsedRule, ...]:
    return (*policy.rules, *policy.disabled)
