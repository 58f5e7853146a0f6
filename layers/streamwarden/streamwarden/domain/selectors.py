"""Whom a rule is about: `match` on plain attributes, `when` and `unless` in JMESPath."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar, Final

import jmespath

from streamwarden.domain.facts import Facts

_TEXTS: Final = "text or a list of texts"


class _WrittenOneOrMore:
    """Lets pydantic read one text where several may stand. pydantic alone calls the hooks."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: Callable[[Any], dict[str, Any]]
    ) -> dict[str, Any]:
        return {
            "type": "function-before",
            "function": {"type": "no-info", "function": _read_one_or_more},
            "schema": handler(source),
        }

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: Callable[[Any], dict[str, Any]]
    ) -> dict[str, Any]:
        texts = {"type": ["string", "array"], "items": {"type": "string"}, "minItems": 1}
        return {**texts, "description": _TEXTS}


def _read_one_or_more(value: object) -> object:
    if value == []:
        raise ValueError(f"expected {_TEXTS}, found an empty list")
    return (value,) if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], _WrittenOneOrMore()]


@dataclass(frozen=True)
class Match:
    """All that is given must hold; of several globs one is enough. An absent tag never matches."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    tags: Mapping[str, Texts] = field(default_factory=dict)
    name: Texts = ()
    type: Texts = ()

    def mismatch(self, facts: Facts) -> str | None:
        """Why the channel is not meant, in words; None when it is."""
        for key, globs in self.tags.items():
            value = facts.tags.get(key)
            if value is None:
                return f"the channel has no tag {key!r}"
            if not _matches(value, globs):
                return f"tag {key!r} is {value!r}, not {_say(globs)}"
        for attribute, globs in (("name", self.name), ("type", self.type)):
            value = str(facts.settings.get(attribute, ""))
            if globs and not _matches(value, globs):
                return f"the channel's {attribute} is {value!r}, not {_say(globs)}"
        return None

    @property
    def is_empty(self) -> bool:
        return not (self.tags or self.name or self.type)


@dataclass(frozen=True)
class Selector:
    """`match`, `when` and `unless` of one rule, compiled once."""

    match: Match = field(default_factory=Match)
    when: str | None = None
    unless: str | None = None
    _when: Any = field(init=False, repr=False, compare=False, default=None)
    _unless: Any = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        """Raises ValueError for an expression that is not JMESPath."""
        object.__setattr__(self, "_when", compile_expression(self.when) if self.when else None)
        object.__setattr__(
            self, "_unless", compile_expression(self.unless) if self.unless else None
        )

    @property
    def needs_settings(self) -> bool:
        return not self.match.is_empty or bool(self.when) or bool(self.unless)

    def mismatch(self, facts: Facts) -> str | None:
        """Why the rule does not apply to the channel; None when it does."""
        mismatch = self.match.mismatch(facts)
        if mismatch is not None:
            return mismatch
        if self._when is not None and not _holds(self._when, facts.document):
            return f"`when: {self.when}` does not hold"
        return None

    def excuse(self, facts: Facts) -> str | None:
        """Why a channel that the rule is about is exempt from it; None when it is not."""
        if self._unless is not None and _holds(self._unless, facts.document):
            return f"`unless: {self.unless}` holds"
        return None


def compile_expression(text: str) -> Any:
    """A compiled JMESPath expression. Raises ValueError saying where it is wrong."""
    try:
        return jmespath.compile(text)
    except jmespath.exceptions.JMESPathError as error:
        raise ValueError(f"not a JMESPath expression: {error}") from error


def _holds(expression: Any, document: Mapping[str, Any]) -> bool:
    """An expression that does not fit a channel (`contains` of a tag it lacks) does not hold."""
    try:
        return _is_true(expression.search(document))
    except jmespath.exceptions.JMESPathTypeError:
        return False


def _is_true(value: object) -> bool:
    """Truth as JMESPath defines it: null, false and empty values are false, 0 is true."""
    return value not in (None, False, "", [], {}) or (value == 0 and not isinstance(value, bool))


def _matches(value: str, globs: Texts) -> bool:
    return any(fnmatchcase(value, each) for each in globs)


def _say(globs: Texts) -> str:
    return " or ".join(repr(each) for each in globs)
