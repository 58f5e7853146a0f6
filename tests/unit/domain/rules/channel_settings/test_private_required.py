"""A private channel is in order, a public one is not."""

from streamwarden.domain.rules.channel_settings.private_required import PrivateRequired
from testbed.builders import at, channel_created, channel_listed, channel_updated
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

PRIVATE = PrivateRequired()
PUBLIC = "the channel is public: anybody with its playback URL can watch without a token"

CASES = (
    Case(
        title="nothing is known",
        check=PRIVATE,
        now=at(),
        found=not_applicable("whether the channel is private is not known yet"),
    ),
    Case(
        title="a private channel",
        check=PRIVATE,
        given=(channel_listed(at(), authorized=True),),
        now=at(1),
        found=compliant("the channel is private"),
    ),
    Case(
        title="a public channel",
        check=PRIVATE,
        given=(channel_listed(at(), authorized=False),),
        now=at(1),
        found=breach(PUBLIC, at()),
    ),
    Case(
        title="a channel created without saying is public",
        check=PRIVATE,
        given=(channel_created(at(), name="studio"),),
        now=at(1),
        found=breach(PUBLIC, at()),
    ),
    Case(
        title="a channel made private",
        check=PRIVATE,
        given=(channel_created(at()), channel_updated(at(1), authorized=True)),
        now=at(1),
        found=compliant("the channel is private"),
    ),
)


@each(CASES)
def test_private_required_finds(case: Case) -> None:
    assert_found(case)
