"""A playback key pair may be so old; IVS does not say how old it is."""

from datetime import timedelta

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.keys.playback_key_age import PlaybackKeyAge
from testbed.builders import KEY_PAIR, at, key_pair_imported, listed, tags_set
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    each,
    not_applicable,
    pending,
)

DAYS = 24
CHECK = PlaybackKeyAge(limit=timedelta(days=365))
ANN = "arn:aws:iam::210987654321:user/ann"
IMPORTED = key_pair_imported(at(), by=ANN)
SEEN = listed(KEY_PAIR, at(), name="laptop")

CASES = (
    Case(
        title="nothing is known",
        check=CHECK,
        about=KEY_PAIR,
        now=at(),
        found=not_applicable("nothing is known of the playback key pair"),
    ),
    Case(
        title="imported: a second before the limit",
        check=CHECK,
        about=KEY_PAIR,
        given=(IMPORTED,),
        now=at(365 * DAYS, seconds=-1),
        found=pending(
            "the playback key pair was imported 364d 23h ago; 365d is allowed", at(365 * DAYS)
        ),
    ),
    Case(
        title="imported: exactly at the limit",
        check=CHECK,
        about=KEY_PAIR,
        given=(IMPORTED,),
        now=at(365 * DAYS),
        found=breach(
            "the playback key pair was imported 365d ago, which is the limit", at(365 * DAYS)
        ),
    ),
    Case(
        title="listed a while after its import",
        check=CHECK,
        about=KEY_PAIR,
        given=(listed(KEY_PAIR, at(DAYS), name="laptop"), IMPORTED),
        now=at(366 * DAYS),
        found=breach(
            "the playback key pair was imported 366d ago; 365d is allowed", at(365 * DAYS)
        ),
    ),
    Case(
        title="first seen: a second before the limit",
        check=CHECK,
        about=KEY_PAIR,
        given=(SEEN,),
        now=at(365 * DAYS, seconds=-1),
        found=pending(
            "the playback key pair was first seen 364d 23h ago; 365d is allowed", at(365 * DAYS)
        ),
    ),
    Case(
        title="first seen: beyond the limit",
        check=CHECK,
        about=KEY_PAIR,
        given=(SEEN, tags_set(at(100 * DAYS), {"team": "news"}, arn=KEY_PAIR)),
        now=at(400 * DAYS),
        found=breach(
            "the playback key pair was first seen 400d ago; 365d is allowed", at(365 * DAYS)
        ),
    ),
)


@each(CASES)
def test_playback_key_age_finds(case: Case) -> None:
    assert_found(case)


def test_it_is_about_key_pairs() -> None:
    assert CHECK.judges == {ResourceType.PLAYBACK_KEY_PAIR}
    assert CHECK.needs == Needs(resources=frozenset({ResourceType.PLAYBACK_KEY_PAIR}))
