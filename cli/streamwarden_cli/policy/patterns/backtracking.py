"""How often Python may have to begin again before it knows that a text does not match.

Python goes each way through the automaton that a text allows, one after the other. Where two ways
lead from a part back to itself over the same text, each turn doubles their number. Elsewhere the
ways are counted: a loop that may be left at any character has as many as the text is long.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

from streamwarden_cli.policy.patterns.automaton import LONGEST, Automaton

# Two loops that may be left anywhere: some 50 ms at worst, and 1 ms for what people write.
_MOST_WAYS: Final = 2 * LONGEST**2

type Pair = tuple[int, int]


def may_be_slow(automaton: Automaton) -> bool:
    """Whether a text within the limits of tags can take longer than some milliseconds."""
    loops = list(_components(automaton))
    if any(_doubles(automaton, loop) for loop in loops):
        return True
    if any(map(may_be_slow, automaton.asides)):
        return True
    aside = sum(_ways(each, list(_components(each))) for each in automaton.asides)
    return _ways(automaton, loops) * max(1, aside) > _MOST_WAYS


def _components(automaton: Automaton) -> Iterator[tuple[int, ...]]:
    """Parts that lead back to each other; what comes later first (Tarjan, 1972)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    for root in range(len(automaton.takes)):
        todo = [] if root in index else [(root, iter(automaton.follows[root]))]
        while todo:
            part, following = todo[-1]
            if part not in index:
                index[part] = low[part] = len(index)
                stack.append(part)
                on_stack.add(part)
            for after in following:
                if after not in index:
                    todo.append((after, iter(automaton.follows[after])))
                    break
                if after in on_stack:
                    low[part] = min(low[part], index[after])
            else:
                todo.pop()
                if todo:
                    before = todo[-1][0]
                    low[before] = min(low[before], low[part])
                if low[part] == index[part]:
                    position = stack.index(part)
                    yield tuple(stack[position:])
                    on_stack -= set(stack[position:])
                    del stack[position:]


def _doubles(automaton: Automaton, loop: Sequence[int]) -> bool:
    """Whether two ways over the same text lead from one part of a loop to one part of it."""
    within = set(loop)
    follows = {part: [each for each in automaton.follows[part] if each in within] for part in loop}
    waiting: list[Pair] = []
    for after in follows.values():
        if any(one == other and automaton.takes[one] for one, other in combinations(after, 2)):
            return True
        waiting += _overlapping(automaton, combinations(after, 2))
    seen: set[Pair] = set()
    while waiting:
        pair = waiting.pop()
        if pair in seen:
            continue
        seen.add(pair)
        one, other = pair
        both = ((left, right) for left in follows[one] for right in follows[other])
        for left, right in _overlapping(automaton, both):
            if left == right:
                return True
            waiting.append((left, right))
    return False


def _overlapping(automaton: Automaton, pairs: Iterable[Pair]) -> Iterator[Pair]:
    takes = automaton.takes
    return ((one, other) for one, other in pairs if takes[one] & takes[other])


def _ways(automaton: Automaton, loops: Iterable[Sequence[int]]) -> int:
    """At most so many ways are there through the automaton for one text."""
    ways: dict[int, int] = {}
    for loop in loops:
        within, follows = set(loop), [automaton.follows[part] for part in loop]
        exits = [each for after in follows for each in after if each not in within]
        is_loop = any(each in within for after in follows for each in after)
        if is_loop and all(_is_one_way(automaton, after) for after in follows):
            found = max((ways[each] for each in exits), default=1)
        else:
            found = _most(automaton, exits, ways) * (LONGEST if is_loop else 1)
        ways.update(dict.fromkeys(loop, found))
    return _most(automaton, automaton.whole.first, ways)


def _is_one_way(automaton: Automaton, after: Sequence[int]) -> bool:
    """Whether the next character says which part takes it."""
    return not any(_overlapping(automaton, combinations(after, 2)))


def _most(automaton: Automaton, parts: Sequence[int], ways: dict[int, int]) -> int:
    """The ways from here, for the character that allows most."""
    if _is_one_way(automaton, parts):
        return max((ways[each] for each in parts), default=1)
    bits = range(len(automaton.alphabet.characters))
    return max(
        sum(ways[each] for each in parts if automaton.takes[each] >> bit & 1) for bit in bits
    )


def matches_no_tag(automaton: Automaton, characters: int | None = None) -> bool:
    """Whether no value of a tag matches: it asks for characters that no tag has.

    With `characters`, a value has no others.
    """
    whole = automaton.whole
    usable = automaton.alphabet.of_tags if characters is None else characters
    if whole.empty:
        return False
    waiting, seen = list(whole.first), set[int]()
    while waiting:
        part = waiting.pop()
        if part in seen or not automaton.takes[part] & usable:
            continue
        seen.add(part)
        waiting += automaton.follows[part]
    return seen.isdisjoint(whole.last)
