"""The action kinds, by the word that a policy uses. One new kind is one module here, and no line.

A kind is loaded when it is asked for: a cold start pays for the kinds of its own policy, and
`enforce` for those that it carries out.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, cast

from streamwarden.domain.actions.base.kind import ActionKind

__all__ = ["ACTION_KINDS", "ActionKind"]


class _ActionKinds(Mapping[str, ActionKind]):
    """Reads like a dict of all kinds; each is the class of its module's name, in CamelCase."""

    def __getitem__(self, word: str) -> ActionKind:
        return _load(word)

    def __contains__(self, word: object) -> bool:
        return word in _words()

    def __iter__(self) -> Iterator[str]:
        return iter(_words())

    def __len__(self) -> int:
        return len(_words())


@cache
def _words() -> tuple[str, ...]:
    modules = (module for module in iter_modules(__path__) if not module.ispkg)
    return tuple(sorted(module.name for module in modules))


@cache
def _load(word: str) -> ActionKind:
    if word not in _words():
        raise KeyError(word)
    module = import_module(f"{__name__}.{word}")
    name = "".join(part.capitalize() for part in word.split("_"))
    return cast(ActionKind, getattr(module, name)())


ACTION_KINDS: Final[Mapping[str, ActionKind]] = _ActionKinds()
