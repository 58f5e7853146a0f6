"""Only known playback key pairs may sign tokens."""

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.keys.playback_key_allowlist import PlaybackKeyAllowlist
from testbed.builders import KEY_PAIR, at, key_pair_imported, listed
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

ANN = "arn:aws:iam::210987654321:user/ann"
PRINTS = PlaybackKeyAllowlist(fingerprints=("98:0D:1A:A0", "aa:bb"))
NAMES = PlaybackKeyAllowlist(names=("tokens-*", "main"))
BOTH = PlaybackKeyAllowlist(fingerprints=("98:0d:1a:a0",), names=("tokens-*",))
ALLOWED = compliant("the playback key pair is one of those allowed")

CASES = (
    Case(
        title="a fingerprint that is allowed, in the other case",
        check=PRINTS,
        about=KEY_PAIR,
        given=(key_pair_imported(at(), fingerprint="98:0d:1a:a0"),),
        now=at(1),
        found=ALLOWED,
    ),
    Case(
        title="another fingerprint, and who imported it",
        check=PRINTS,
        about=KEY_PAIR,
        given=(key_pair_imported(at(), fingerprint="66:66", by=ANN),),
        now=at(1),
        found=breach(
            "the playback key pair's fingerprint is 66:66, which is not allowed; "
            f"ann ({ANN}) imported it",
            at(),
        ),
    ),
    Case(
        title="another fingerprint that a sweep found",
        check=PRINTS,
        about=KEY_PAIR,
        given=(listed(KEY_PAIR, at(), name="main", fingerprint="66:66"),),
        now=at(1),
        found=breach("the playback key pair's fingerprint is 66:66, which is not allowed", at()),
    ),
    Case(
        title="an unknown fingerprint",
        check=PRINTS,
        about=KEY_PAIR,
        given=(listed(KEY_PAIR, at(), name="main"),),
        now=at(1),
        found=not_applicable("the playback key pair's fingerprint is not known yet"),
    ),
    Case(
        title="a name that is allowed",
        check=NAMES,
        about=KEY_PAIR,
        given=(listed(KEY_PAIR, at(), name="tokens-2026"),),
        now=at(1),
        found=ALLOWED,
    ),
    Case(
        title="another name",
        check=NAMES,
        about=KEY_PAIR,
        given=(key_pair_imported(at(), name="laptop"),),
        now=at(1),
        found=breach("the playback key pair's name is 'laptop', not 'tokens-*' or 'main'", at()),
    ),
    Case(
        title="both: the right name, an unknown fingerprint",
        check=BOTH,
        about=KEY_PAIR,
        given=(listed(KEY_PAIR, at(), name="tokens-1"),),
        now=at(1),
        found=not_applicable("the playback key pair's fingerprint is not known yet"),
    ),
    Case(
        title="both: the right name borrowed by another key",
        check=BOTH,
        about=KEY_PAIR,
        given=(listed(KEY_PAIR, at(), name="tokens-1", fingerprint="66:66"),),
        now=at(1),
        found=breach("the playback key pair's fingerprint is 66:66, which is not allowed", at()),
    ),
    Case(
        title="both: right",
        check=BOTH,
        about=KEY_PAIR,
        given=(listed(KEY_PAIR, at(), name="tokens-1", fingerprint="98:0d:1a:a0"),),
        now=at(1),
        found=ALLOWED,
    ),
    Case(
        title="both: the wrong name says enough",
        check=BOTH,
        about=KEY_PAIR,
        given=(listed(KEY_PAIR, at(), name="laptop"),),
        now=at(1),
        found=breach("the playback key pair's name is 'laptop', not 'tokens-*'", at()),
    ),
)


@each(CASES)
def test_playback_key_allowlist_finds(case: Case) -> None:
    assert_found(case)


def test_it_is_about_key_pairs() -> None:
    assert PRINTS.judges == {ResourceType.PLAYBACK_KEY_PAIR}
    assert PRINTS.needs == Needs(resources=frozenset({ResourceType.PLAYBACK_KEY_PAIR}))


def test_it_says_which_are_allowed() -> None:
    with pytest.raises(ValueError, match="give `fingerprints`, `names` or both"):
        PlaybackKeyAllowlist()
