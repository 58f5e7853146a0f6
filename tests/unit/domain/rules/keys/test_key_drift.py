"""Only some may make and delete stream keys."""

import pytest

from streamwarden.domain.rules.keys.key_drift import KeyDrift
from testbed.builders import NEW_KEY, at, channel_created, key_created, key_deleted
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

ROTATOR = "arn:aws:iam::210987654321:role/rotator"
SESSION = "arn:aws:sts::210987654321:assumed-role/rotator/nightly"
BOB = "arn:aws:iam::210987654321:user/bob"
CHECK = KeyDrift(by=("*:role/rotator",))
UNTOUCHED = not_applicable("no creation or deletion of a stream key was seen")
IN_ORDER = compliant("the stream key was last changed by an allowed caller")
REPLACED = breach(f"the stream key was replaced by bob ({BOB})", at(), recheck_at=at(24))

CASES = (
    Case(title="nothing is known", check=CHECK, now=at(), found=UNTOUCHED),
    Case(
        title="the key of a new channel is nobody's drift",
        check=CHECK,
        given=(channel_created(at(), by=BOB),),
        now=at(1),
        found=UNTOUCHED,
    ),
    Case(
        title="a change by nobody that the record names",
        check=CHECK,
        given=(key_created(at()),),
        now=at(1),
        found=breach("the stream key was replaced by an unknown caller", at(), recheck_at=at(24)),
    ),
    Case(
        title="made by a session of a role that may",
        check=CHECK,
        given=(key_created(at(), by=SESSION, role=ROTATOR),),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="made by somebody else",
        check=CHECK,
        given=(key_created(at(), by=BOB),),
        now=at(1),
        found=REPLACED,
    ),
    Case(
        title="deleted by somebody else",
        check=CHECK,
        given=(key_deleted(at(), by=BOB),),
        now=at(1),
        found=breach(f"the stream key was deleted by bob ({BOB})", at(), recheck_at=at(24)),
    ),
    Case(
        title="made by somebody else, and deleted by nobody that the record names",
        check=CHECK,
        given=(key_created(at(), by=BOB), key_deleted(at(1))),
        now=at(2),
        found=breach("the stream key was deleted by an unknown caller", at(1), recheck_at=at(25)),
    ),
    Case(
        title="a second before it is a day old",
        check=CHECK,
        given=(key_created(at(), by=BOB),),
        now=at(24, seconds=-1),
        found=REPLACED,
    ),
    Case(
        title="a day old",
        check=CHECK,
        given=(key_created(at(), by=BOB),),
        now=at(24),
        found=not_applicable("the last change of the stream key is more than 24h old"),
    ),
    Case(
        title="replaced by an allowed author",
        check=CHECK,
        given=(
            key_created(at(), by=BOB),
            key_created(at(1), key_arn=NEW_KEY, by=SESSION, role=ROTATOR),
        ),
        now=at(2),
        found=IN_ORDER,
    ),
    Case(
        title="replaced after an allowed author",
        check=CHECK,
        given=(
            key_created(at(-1), by=SESSION, role=ROTATOR),
            key_created(at(), key_arn=NEW_KEY, by=BOB),
        ),
        now=at(2),
        found=REPLACED,
    ),
)


@each(CASES)
def test_key_drift_finds(case: Case) -> None:
    assert_found(case)


def test_somebody_may() -> None:
    with pytest.raises(ValueError, match="name at least one who may"):
        KeyDrift(by=())
