"""Listings of an account that is full: complete, without repeats, and no dearer towards the end."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain, pairwise
from typing import Any, SupportsIndex, overload

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivs_simulator.state.resource_store import ResourceStore
from ivs_simulator.world import World

ACCOUNT, REGION = "444455556666", "eu-central-1"
NOW = datetime(2026, 3, 14, 18, tzinfo=UTC)
CHANNELS, STREAMS = 5_000, 100

type Touched = Callable[[], int]


def call(world: World, operation: str, **params: Any) -> dict[str, Any]:
    return world.call(operation, params, account=ACCOUNT, region=REGION)


def create(world: World, name: str) -> str:
    return str(call(world, "CreateChannel", name=name)["channel"]["arn"])


def go_live(world: World, arn: str) -> str:
    key_value = world.key_value(arn)
    assert key_value is not None
    return world.go_live(key_value).stream_id


def pages(world: World, operation: str, **params: Any) -> Iterator[list[Any]]:
    """The listing page by page, each asked for when it is wanted."""
    member = operation.removeprefix("List").lower()
    answer = call(world, operation, **params)
    yield answer[member]
    while "nextToken" in answer:
        answer = call(world, operation, **params, nextToken=answer["nextToken"])
        yield answer[member]


@pytest.fixture(scope="module")
def full() -> World:
    """As many channels and live streams as an account may have in a region by default."""
    world = World(lambda: NOW)
    arns = [create(world, f"channel-{number}") for number in range(CHANNELS)]
    for arn in arns[:: CHANNELS // STREAMS]:
        go_live(world, arn)
    return world


class Watched(list[int]):
    """A list that counts how often one of its entries is read."""

    looks = 0

    @overload
    def __getitem__(self, place: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> list[int]: ...
    def __getitem__(self, place: SupportsIndex | slice) -> Any:
        self.looks += 1
        return super().__getitem__(place)

    def __iter__(self) -> Iterator[int]:
        self.looks += len(self)
        return super().__iter__()


def watched(store: ResourceStore[Any], monkeypatch: pytest.MonkeyPatch) -> Watched:
    order = Watched(store._order)
    monkeypatch.setattr(store, "_order", order)
    return order


@pytest.fixture
def yielded(monkeypatch: pytest.MonkeyPatch) -> Touched:
    """How many items the resource stores have given to listings so far."""
    after, handed_out = ResourceStore.after, list[int]()

    def counted(store: ResourceStore[Any], number: int) -> Iterator[tuple[int, Any]]:
        for place, item in after(store, number):
            handed_out.append(place)
            yield place, item

    monkeypatch.setattr(ResourceStore, "after", counted)
    return lambda: len(handed_out)


def test_every_channel_exactly_once(full: World) -> None:
    listed = list(pages(full, "ListChannels", maxResults=100))
    assert [len(page) for page in listed] == [100] * 50
    names = [each["name"] for each in chain(*listed)]
    assert names == [f"channel-{number}" for number in range(CHANNELS)]


def test_every_stream_exactly_once(full: World) -> None:
    listed = list(pages(full, "ListStreams", maxResults=10))
    assert [len(page) for page in listed] == [10] * 10
    live = {each["channelArn"] for each in chain(*listed)}
    assert live == set(full.account_region(ACCOUNT, REGION).streaming)
    assert len(live) == STREAMS


@pytest.mark.parametrize(("operation", "size"), [("ListChannels", 100), ("ListStreams", 10)])
def test_each_page_touches_as_much_as_any_other(
    full: World, yielded: Touched, operation: str, size: int
) -> None:
    touched = [0, *(yielded() for _ in pages(full, operation, maxResults=size))]
    per_page = [later - earlier for earlier, later in pairwise(touched)]
    # One more than is shown is read, to know that there is more.
    assert set(per_page[:-1]) == {size + 1}
    assert per_page[-1] == size


def test_finding_the_place_of_a_page_is_no_walk(
    full: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = watched(full.account_region(ACCOUNT, REGION).channels, monkeypatch)
    looks = [0, *(order.looks for _ in pages(full, "ListChannels", maxResults=100))]
    per_page = [later - earlier for earlier, later in pairwise(looks)]
    # A search by halves looks at 13 of 5,000 at most; then come the 101 themselves.
    assert len(per_page) == 50
    assert all(100 <= each <= 101 + 13 for each in per_page)


# What happens to an account between one page and the next: channels made, and some deleted.
changes = st.lists(
    st.tuples(st.integers(0, 3), st.lists(st.integers(0, 10_000), max_size=4)),
    min_size=1,
    max_size=12,
)


@given(changes=changes, size=st.integers(1, 7))
def test_channels_that_come_and_go_between_pages(
    changes: list[tuple[int, list[int]]], size: int
) -> None:
    world = World(lambda: NOW)
    lasting = [create(world, f"old-{number}") for number in range(20)]
    present, shown = list(lasting), list[str]()
    todo = iter(changes)
    for page in pages(world, "ListChannels", maxResults=size):
        shown += [each["arn"] for each in page]
        made, deleted = next(todo, (0, []))
        present += [create(world, f"new-{number}") for number in range(made)]
        for choice in deleted[: len(present)]:
            call(world, "DeleteChannel", arn=present.pop(choice % len(present)))
    assert len(shown) == len(set(shown))
    assert {arn for arn in lasting if arn in present} <= set(shown)


@given(changes=changes, size=st.integers(1, 7))
def test_streams_that_come_and_go_between_pages(
    changes: list[tuple[int, list[int]]], size: int
) -> None:
    world = World(lambda: NOW)
    arns = [create(world, f"channel-{number}") for number in range(30)]
    lasting = {arn: go_live(world, arn) for arn in arns[:20]}
    live, shown = dict(lasting), list[str]()
    todo = iter(changes)
    for page in pages(world, "ListStreams", maxResults=size):
        shown += [each["streamId"] for each in page]
        started, stopped = next(todo, (0, []))
        for arn in [each for each in arns if each not in live][:started]:
            live[arn] = go_live(world, arn)
        for choice in stopped[: len(live)]:
            arn = list(live)[choice % len(live)]
            call(world, "StopStream", channelArn=arn)
            del live[arn]
    assert len(shown) == len(set(shown))
    assert {stream for stream in lasting.values() if stream in live.values()} <= set(shown)
