"""Fifty rules, each said once, and how Streamwarden and Cloud Custodian say it.

A rule is a requirement to an audience: ten audiences times five requirements. A channel breaches
a Streamwarden rule exactly when Custodian's filters select it. Attributes are written as Custodian
writes them: a member of the channel, or `tag:` and a key.

Only what both can say is here. `starvation` and `recording_failed` are not: they need what events
told, and Custodian's filters see resources only.
"""

import json
from dataclasses import dataclass
from typing import Any, Final, Protocol

RESOURCE: Final = "aws.ivs-channel"


@dataclass(frozen=True)
class FilterIndex:
    """`match`: all hold, of several values one is enough. `when`: all hold. `unless`: not all."""

    name: str
    match: tuple[tuple[str, tuple[str, ...]], ...] = ()
    when: tuple[tuple[str, str | bool], ...] = ()
    unless: tuple[tuple[str, str | bool], ...] = ()

    def streamwarden(self) -> dict[str, Any]:
        tags = {_key(name): values for name, values in self.match if _is_tag(name)}
        members = {name: values for name, values in self.match if not _is_tag(name)}
        text: dict[str, Any] = {"match": {"tags": tags, **members}}
        for word, terms in (("when", self.when), ("unless", self.unless)):
            if terms:
                text[word] = " && ".join(_jmespath(*term) for term in terms)
        return text

    def custodian(self) -> list[Any]:
        filters = [_one_of(name, values) for name, values in self.match]
        filters += [{name: value} for name, value in self.when]
        if len(self.unless) == 1:
            [(name, value)] = self.unless
            filters.append({"type": "value", "key": name, "op": "ne", "value": value})
        elif self.unless:
            filters.append({"not": [{name: value} for name, value in self.unless]})
        return filters


class Requirement(Protocol):
    """What a channel of the audience must be like."""

    @property
    def name(self) -> str: ...

    def streamwarden(self) -> dict[str, Any]: ...

    def custodian(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Tagged:
    """Tags that must be there: with any value, a value of a list, or one like a pattern."""

    name: str
    tags: tuple[tuple[str, str | tuple[str, ...] | None], ...]

    def streamwarden(self) -> dict[str, Any]:
        return {
            "kind": "required_tags",
            "params": {"tags": {_key(name): _tag_requirement(value) for name, value in self.tags}},
        }

    def custodian(self) -> dict[str, Any]:
        faults = [_tag_fault(name, value) for name, value in self.tags]
        return faults[0] if len(faults) == 1 else {"or": faults}


@dataclass(frozen=True)
class SecureIngest:
    name: str

    def streamwarden(self) -> dict[str, Any]:
        return {"kind": "insecure_ingest"}

    def custodian(self) -> dict[str, Any]:
        return {"insecureIngest": True}


@dataclass(frozen=True)
class Younger:
    """A moment (`key`, for Custodian) may be `hours` ago."""

    name: str
    kind: str
    key: str
    hours: int

    def streamwarden(self) -> dict[str, Any]:
        return {"kind": self.kind, "params": {"limit": f"{self.hours}h"}}

    def custodian(self) -> dict[str, Any]:
        days = self.hours / 24
        age = {"type": "value", "key": self.key, "value_type": "age"}
        return {**age, "op": "greater-than", "value": days}


FILTERS: Final = (
    FilterIndex("everyone"),
    FilterIndex("production", match=(("tag:environment", ("production",)),)),
    FilterIndex("before-production", match=(("tag:environment", ("staging", "development")),)),
    FilterIndex("live-events", match=(("name", ("live-*",)),)),
    FilterIndex("standard", match=(("type", ("STANDARD",)),)),
    FilterIndex("advanced", match=(("type", ("ADVANCED_HD", "ADVANCED_SD")),)),
    FilterIndex(
        "sports", match=(("tag:team", ("sports",)), ("tag:environment", ("production", "staging")))
    ),
    FilterIndex("low-latency", when=(("latencyMode", "LOW"),)),
    FilterIndex("not-exempt", unless=(("tag:exempt", "true"),)),
    FilterIndex(
        "private",
        when=(("authorized", True),),
        unless=(("tag:tier", "trial"), ("latencyMode", "NORMAL")),
    ),
)
REQUIREMENTS: Final[tuple[Requirement, ...]] = (
    Tagged("labelled", (("tag:owner", None), ("tag:tier", ("gold", "silver", "bronze")))),
    Tagged("cost-center", (("tag:cost-center", "cc-[0-9]{4}"),)),
    SecureIngest("secure-ingest"),
    Younger("airtime", "max_duration", "stream.startTime", 4),
    Younger("fresh-key", "stream_key_age", "streamKey.mintedAt", 30 * 24),
)


def streamwarden_policy() -> str:
    """The policy document; JSON, which is YAML too."""
    rules = [
        {"id": _id(each, chosen), **each.streamwarden(), **chosen.streamwarden()}
        for chosen in FILTERS
        for each in REQUIREMENTS
    ]
    return json.dumps({"version": 1, "rules": rules})


def custodian_policies() -> list[dict[str, Any]]:
    """One policy per rule, named alike, whose filters select what breaches the rule."""
    return [
        {
            "name": _id(each, chosen),
            "resource": RESOURCE,
            "filters": [*chosen.custodian(), each.custodian()],
        }
        for chosen in FILTERS
        for each in REQUIREMENTS
    ]


def _id(requirement: Requirement, filter_index: FilterIndex) -> str:
    return f"{requirement.name}-{filter_index.name}"


def _is_tag(name: str) -> bool:
    return name.startswith("tag:")


def _key(name: str) -> str:
    return name.removeprefix("tag:")


def _jmespath(name: str, value: str | bool) -> str:
    attribute = f'channel.tags."{_key(name)}"' if _is_tag(name) else f"channel.{name}"
    literal = f"'{value}'" if isinstance(value, str) else f"`{json.dumps(value)}`"
    return f"{attribute} == {literal}"


def _one_of(name: str, values: tuple[str, ...]) -> dict[str, Any]:
    if len(values) > 1:
        return {"type": "value", "key": name, "op": "in", "value": list(values)}
    if "*" in values[0]:
        return {"type": "value", "key": name, "op": "glob", "value": values[0]}
    # Not `{name: value}`, which would take the attribute `type` for the type of a filter.
    return {"type": "value", "key": name, "value": values[0]}


def _tag_requirement(value: str | tuple[str, ...] | None) -> dict[str, Any]:
    match value:
        case None:
            return {}
        case str():
            return {"pattern": value}
        case _:
            return {"values": value}


def _tag_fault(name: str, value: str | tuple[str, ...] | None) -> dict[str, Any]:
    match value:
        case None:
            return {name: "absent"}
        case str():
            whole = {"type": "value", "key": name, "op": "regex-case", "value": f"(?:{value})$"}
            return {"not": [whole]}
        case _:
            return {"type": "value", "key": name, "op": "not-in", "value": list(value)}
