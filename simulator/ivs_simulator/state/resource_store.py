"""Resource stores: resources in the order of their creation, found by ARN.

A page of a listing costs the same wherever it begins.
"""

from bisect import bisect_right
from collections.abc import Iterator, MutableMapping
from itertools import count

from ivs_simulator.state.resources import StreamKey
from ivs_simulator.wire.errors import not_found


class ResourceStore[T](MutableMapping[str, T]):
    """A mapping that numbers its items, so that a listing can go on after a number."""

    def __init__(self) -> None:
        self._held: dict[str, T] = {}
        self._numbers: dict[str, int] = {}
        self._order: list[int] = []
        self._names: dict[int, str] = {}
        self._next = count()

    def __getitem__(self, name: str) -> T:
        return self._held[name]

    def __setitem__(self, name: str, item: T) -> None:
        if name not in self._held:
            number = next(self._next)
            self._numbers[name] = number
            self._names[number] = name
            self._order.append(number)
        self._held[name] = item

    def __delitem__(self, name: str) -> None:
        del self._held[name]
        number = self._numbers.pop(name)
        del self._names[number]
        del self._order[bisect_right(self._order, number) - 1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, name: object) -> bool:
        return name in self._held

    def named(self, arn: str) -> T:
        """The item with this ARN; raises ResourceNotFoundException."""
        if arn not in self._held:
            raise not_found(arn)
        return self._held[arn]

    def after(self, number: int) -> Iterator[tuple[int, T]]:
        """The items added after the one with this number, each with its own number."""
        for position in range(bisect_right(self._order, number), len(self._order)):
            found = self._order[position]
            yield found, self._held[self._names[found]]


class StreamKeyStore(ResourceStore[StreamKey]):
    """The stream keys, also found by channel and by value."""

    def __init__(self) -> None:
        super().__init__()
        self._by_value: dict[str, StreamKey] = {}
        self._by_channel: dict[str, dict[str, StreamKey]] = {}

    def __setitem__(self, name: str, item: StreamKey) -> None:
        super().__setitem__(name, item)
        self._by_value[item.value] = item
        self._by_channel.setdefault(item.channel_arn, {})[name] = item

    def __delitem__(self, name: str) -> None:
        key = self[name]
        super().__delitem__(name)
        del self._by_value[key.value]
        del self._by_channel[key.channel_arn][name]

    def of_channel(self, channel_arn: str) -> list[StreamKey]:
        return list(self._by_channel.get(channel_arn, {}).values())

    def with_value(self, value: str) -> StreamKey | None:
        return self._by_value.get(value)
