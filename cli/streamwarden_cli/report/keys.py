"""How old keys are: stream keys, and the key pairs that sign for private channels. Never a value,
which no record has."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from streamwarden.domain.arn import ResourceType, label_of
from streamwarden.domain.duration import format_duration
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Status, Verdict
from streamwarden_cli.report.inventory import Inventory
from streamwarden_cli.report.table import Bar, Column, Part, Slice, Table, Word

_RULE_KINDS: Final = frozenset({"stream_key_age", "playback_key_age"})
_SAID: Final = frozenset({Status.BREACH, Status.PENDING, Status.COMPLIANT, Status.EXEMPT})
# Up to how many days, the oldest last.
_AGES: Final = (30, 90, 180, 365)


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and since when it is known to exist. It `is_older` perhaps: nobody saw it made."""

    facts: Facts
    since: datetime
    is_older: bool
    is_replaced: bool

    @property
    def noun(self) -> str:
        is_pair = self.facts.resource_type is ResourceType.PLAYBACK_KEY_PAIR
        return "playback key pair" if is_pair else "stream key"


def keys_part(inventory: Inventory) -> Part:
    keys = sorted(
        (key for _, facts in inventory.existing for key in _keys(facts)),
        key=lambda each: (each.since, each.facts.name),
    )
    return Part(
        key="keys",
        title="Key ages",
        lead="IVS does not say when a key was made. An age is at least what it says here where "
        "nobody saw that.",
        figure=f"{len(keys):,}",
        tables=(_by_age(keys, inventory.now), _oldest(keys, inventory)),
    )


def _keys(facts: Facts) -> Iterator[Key]:
    match facts.resource_type:
        case ResourceType.CHANNEL:
            key, since = facts.stream_key, facts.key_minted_at
            if not facts.has_no_key and since is not None:
                is_older = key is None or key.minted_at is None
                yield Key(facts, since, is_older, facts.rotation_begun_at is not None)
        case ResourceType.PLAYBACK_KEY_PAIR:
            since = facts.state.first_seen_at
            if since is not None:
                # Only the event of the import knows the creator.
                yield Key(facts, since, facts.state.creator is None, is_replaced=False)
        case _:
            return


def _by_age(keys: Sequence[Key], now: datetime) -> Table:
    counts = Counter((_bucket(now - each.since), each.noun) for each in keys)
    sums = [sum(counts[number, noun] for noun in _NOUNS) for number in range(len(_BUCKETS))]
    most = max(sums, default=0)
    rows = [
        (
            label,
            *(counts[number, noun] for noun in _NOUNS),
            Bar((Slice(sums[number], "count"),), most, f"{sums[number]:,} keys") if most else None,
        )
        for number, label in enumerate(_BUCKETS)
    ]
    return Table(
        key="keys-by-age",
        caption="Keys by age",
        columns=(
            Column("age", "age"),
            Column("stream_keys", "stream keys"),
            Column("playback_key_pairs", "playback key pairs"),
            Column("", "together"),
        ),
        rows=rows if keys else (),
        empty="No key is known.",
    )


def _oldest(keys: Sequence[Key], inventory: Inventory) -> Table:
    return Table(
        key="keys",
        caption="Keys, the oldest first",
        columns=(
            Column("resource", "channel or key pair"),
            Column("resource_arn"),
            Column("key", "key"),
            Column("", "age"),
            Column("age_seconds"),
            Column("is_at_least"),
            Column("known_since", "known since"),
            Column("rule", "by rule"),
            Column("is_being_replaced", "being replaced"),
        ),
        rows=[
            (
                label_of(each.facts.arn, each.facts.name),
                each.facts.arn,
                each.noun,
                _age_in_words(each, inventory.now),
                inventory.now - each.since,
                "yes" if each.is_older else "no",
                each.since,
                _judged(inventory.verdicts.get(each.facts.arn, ())),
                Word("yes") if each.is_replaced else "no",
            )
            for each in keys
        ],
        empty="No key is known.",
    )


def _age_in_words(key: Key, now: datetime) -> str:
    return f"{'at least ' if key.is_older else ''}{format_duration(now - key.since)}"


def _judged(verdicts: Sequence[Verdict]) -> str:
    return ", ".join(
        f"{each.rule_id}: {each.status}"
        for each in verdicts
        if each.kind in _RULE_KINDS and each.status in _SAID
    )


def _bucket(age: timedelta) -> int:
    return sum(age >= timedelta(days=each) for each in _AGES)


_NOUNS: Final = ("stream key", "playback key pair")
_BUCKETS: Final = (
    f"under {_AGES[0]} days",
    *(f"{low} to {high} days" for low, high in pairwise(_AGES)),
    f"{_AGES[-1]} days and more",
)
