"""What nobody has used for long is an orphan; what nothing is known of is none."""

from datetime import timedelta

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.channel_settings.orphans import Orphans, Usable
from testbed.builders import (
    CONFIGURATION,
    KEY_PAIR,
    RESTRICTION,
    at,
    channel_created,
    channel_listed,
    configuration_created,
    listed,
    restriction_created,
    session_created,
    stream_end,
    stream_listed,
    stream_not_listed,
    stream_start,
    tags_set,
)
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
    pending,
)

DAYS = 24
CHECK = Orphans(unused=timedelta(days=90))
BUSY = compliant("the channel is in use")
USED = compliant("channels use it")

CHANNEL_CASES = (
    Case(
        title="a channel of which nothing is known",
        check=CHECK,
        now=at(),
        found=not_applicable("nothing is known of the channel yet"),
    ),
    Case(
        title="a channel never live: a second before the limit",
        check=CHECK,
        given=(channel_listed(at()),),
        now=at(90 * DAYS, seconds=-1),
        found=pending(
            "the channel was never live and first seen 89d 23h ago; 90d is allowed", at(90 * DAYS)
        ),
    ),
    Case(
        title="a channel never live: exactly at the limit",
        check=CHECK,
        given=(channel_created(at()), tags_set(at(30 * DAYS), {"a": "b"})),
        now=at(90 * DAYS),
        found=breach(
            "the channel was never live and first seen 90d ago, which is the limit", at(90 * DAYS)
        ),
    ),
    Case(
        title="a session that never got on the air is no use",
        check=CHECK,
        given=(channel_listed(at()), session_created(at(1)), stream_not_listed(at(2))),
        now=at(90 * DAYS),
        found=breach(
            "the channel was never live and first seen 90d ago, which is the limit", at(90 * DAYS)
        ),
    ),
    Case(
        title="a stream counts from its end: a second before the limit",
        check=CHECK,
        given=(channel_listed(at()), stream_start(at(DAYS)), stream_end(at(2 * DAYS))),
        now=at(92 * DAYS, seconds=-1),
        found=pending("the channel was last on the air 89d 23h ago; 90d is allowed", at(92 * DAYS)),
    ),
    Case(
        title="a stream counts from its end: exactly at the limit",
        check=CHECK,
        given=(channel_listed(at()), stream_start(at(DAYS)), stream_end(at(2 * DAYS))),
        now=at(92 * DAYS),
        found=breach("the channel was last on the air 90d ago, which is the limit", at(92 * DAYS)),
    ),
    Case(
        title="a stream that only listings saw",
        check=CHECK,
        given=(
            channel_listed(at()),
            stream_listed(at(DAYS), start_time=at(DAYS, minutes=-30)),
            stream_not_listed(at(2 * DAYS)),
        ),
        now=at(91 * DAYS),
        found=breach("the channel was last on the air 90d ago, which is the limit", at(91 * DAYS)),
    ),
    Case(
        title="a stream that no listing calls healthy counts from its start",
        check=CHECK,
        given=(
            channel_listed(at()),
            stream_listed(at(2 * DAYS), start_time=at(DAYS), health="STARVING"),
            stream_not_listed(at(3 * DAYS)),
        ),
        now=at(91 * DAYS),
        found=breach("the channel was last on the air 90d ago, which is the limit", at(91 * DAYS)),
    ),
    Case(
        title="a channel that is on the air for a hundred days",
        check=CHECK,
        given=(channel_listed(at()), stream_start(at())),
        now=at(100 * DAYS),
        found=BUSY,
    ),
    Case(
        title="a channel about to go live again",
        check=CHECK,
        given=(channel_listed(at()), session_created(at(100 * DAYS))),
        now=at(100 * DAYS),
        found=BUSY,
    ),
)


def uses(arn: str, noun: str) -> tuple[Case, ...]:
    nobody = listed(arn, at(), name="old", channels=0)
    return (
        Case(
            title=f"{noun}: not counted yet",
            check=CHECK,
            about=arn,
            given=(
                configuration_created(at()) if arn == CONFIGURATION else restriction_created(at()),
            ),
            now=at(100 * DAYS),
            found=not_applicable("how many channels use it is not known yet"),
        ),
        Case(
            title=f"{noun}: in use",
            check=CHECK,
            about=arn,
            given=(listed(arn, at(), name="new", channels=2),),
            now=at(100 * DAYS),
            found=USED,
        ),
        Case(
            title=f"{noun}: a second before the limit",
            check=CHECK,
            about=arn,
            given=(nobody,),
            now=at(90 * DAYS, seconds=-1),
            found=pending(
                f"no channel has used the {noun} for 89d 23h; 90d is allowed", at(90 * DAYS)
            ),
        ),
        Case(
            title=f"{noun}: exactly at the limit",
            check=CHECK,
            about=arn,
            given=(nobody,),
            now=at(90 * DAYS),
            found=breach(
                f"no channel has used the {noun} for 90d, which is the limit", at(90 * DAYS)
            ),
        ),
        Case(
            title=f"{noun}: its tags changed in between",
            check=CHECK,
            about=arn,
            given=(nobody, listed(arn, at(50 * DAYS), tags={"a": "b"}, name="old", channels=0)),
            now=at(90 * DAYS),
            found=breach(
                f"no channel has used the {noun} for 90d, which is the limit", at(90 * DAYS)
            ),
        ),
        Case(
            title=f"{noun}: used in between",
            check=CHECK,
            about=arn,
            given=(
                nobody,
                listed(arn, at(50 * DAYS), name="old", channels=1),
                listed(arn, at(80 * DAYS), name="old", channels=0),
            ),
            now=at(100 * DAYS),
            found=pending(
                f"no channel has used the {noun} for 20d; 90d is allowed", at(170 * DAYS)
            ),
        ),
    )


KEY_PAIR_CASES = (
    Case(
        title="key pair: a channel is private",
        check=CHECK,
        about=KEY_PAIR,
        given=(listed(KEY_PAIR, at(), name="laptop", channels=1),),
        now=at(100 * DAYS),
        found=USED,
    ),
    Case(
        title="key pair: no channel is private",
        check=CHECK,
        about=KEY_PAIR,
        given=(listed(KEY_PAIR, at(), name="laptop", channels=0),),
        now=at(91 * DAYS),
        found=breach(
            "the playback key pair has no use: no channel has been private for 91d; 90d is allowed",
            at(90 * DAYS),
        ),
    ),
)


@each(
    (
        *CHANNEL_CASES,
        *KEY_PAIR_CASES,
        *uses(CONFIGURATION, "recording configuration"),
        *uses(RESTRICTION, "playback restriction policy"),
    )
)
def test_orphans_finds(case: Case) -> None:
    assert_found(case)


@pytest.mark.parametrize(
    ("on", "listings"),
    [
        ((Usable.CHANNEL,), set()),
        ((Usable.RECORDING_CONFIGURATION,), {ResourceType.RECORDING_CONFIGURATION}),
        (
            tuple(Usable),
            {
                ResourceType.PLAYBACK_KEY_PAIR,
                ResourceType.RECORDING_CONFIGURATION,
                ResourceType.PLAYBACK_RESTRICTION_POLICY,
            },
        ),
    ],
)
def test_what_it_looks_at_decides_what_a_sweep_lists(
    on: tuple[Usable, ...], listings: set[ResourceType]
) -> None:
    check = Orphans(on=on)

    assert check.judges == {ResourceType(each) for each in on}
    assert check.needs == Needs(resources=frozenset(listings))


def test_it_must_look_at_something() -> None:
    with pytest.raises(ValueError, match="`on`: name at least one of channel, playback_key"):
        Orphans(on=())
