"""Channels that no automation of the operator made."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.globs import Texts, format_texts, matcher
from streamwarden.domain.rules.check import Check, Judge, breach, compliant
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding


class UnmanagedChannel(Check, frozen=True):
    """A channel must have a sign that it is managed: the tag `tag`, or a name that matches `names`.

    One of the two is enough. `values` are globs of the tag's value. A blank value is no sign.
    `names` are globs of channel names.
    Data: names and tags in `ListChannels`, CloudTrail channel and tag calls. Costs no IVS call.
    """

    needs_settings: ClassVar = True
    demands_tags: ClassVar = True

    tag: str | None = None
    values: Texts = ()
    names: Texts = ()

    def __post_init__(self) -> None:
        if not self.tag and not self.names:
            raise ValueError("give `tag`, `names` or both: what tells managed channels apart")
        if self.values and not self.tag:
            raise ValueError("`values` are those of a tag; give `tag` too")

    @property
    def tag_keys(self) -> Texts:
        return (self.tag,) if self.tag else ()

    @property
    def tag_values(self) -> Iterable[tuple[tuple[str, ...], str]]:
        return [(("values",), each) for each in self.values]

    def fault_of_tag(self, key: str, value: str) -> str:
        if key != self.tag or self.names:
            return ""
        if not value.strip():
            return f"tag {key!r} is blank"
        if not self.values or matcher(self.values)(value):
            return ""
        return f"tag {key!r} is {value!r}, not {format_texts(self.values)}"

    def prepare(self) -> Judge:
        is_tagged, is_named = _tag_test(self.tag, self.values), _name_test(self.names)
        reason, keys = self._describe_fault(), self.tag_keys

        def judge(facts: Facts, now: datetime) -> Finding:
            if is_tagged(facts) or is_named(facts):
                return _MANAGED
            return breach(
                reason,
                about=RESOURCE,
                since=min(facts.state.first_seen_at or now, now),
                compared={"name": facts.name, "tags": {key: facts.tags.get(key) for key in keys}},
            )

        return judge

    def _describe_fault(self) -> str:
        tag = f"tag {self.tag!r}" + (f" as {format_texts(self.values)}" if self.values else "")
        lacks = [tag] if self.tag else []
        lacks += [f"name like {format_texts(self.names)}"] if self.names else []
        return f"the channel is not managed: it has no {' and no '.join(lacks)}"


type _Test = Callable[[Facts], object]

_MANAGED: Final = compliant("the channel is managed")


def _tag_test(tag: str | None, values: Texts) -> _Test:
    if not tag:
        return _never
    is_right = matcher(values or ("*",))
    return lambda facts: tag in facts.filled_tags and is_right(facts.filled_tags[tag])


def _name_test(names: Texts) -> _Test:
    if not names:
        return _never
    is_right = matcher(names)
    return lambda facts: is_right(facts.name)


def _never(_: Facts) -> bool:
    return False
