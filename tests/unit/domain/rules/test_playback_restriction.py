"""A public channel has a restriction policy; a private one would ignore it."""

from streamwarden.domain.inputs import Input
from streamwarden.domain.rules.channel_settings.playback_restriction import PlaybackRestriction
from tests.unit.domain.builders import at, channel_created, channel_listed, channel_updated
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

EU = "arn:aws:ivs:eu-west-1:210987654321:playback-restriction-policy/euOnly"
US = "arn:aws:ivs:us-west-2:210987654321:playback-restriction-policy/usOnly"
ANY = PlaybackRestriction()
ONLY_EU = PlaybackRestriction(policies=("*:playback-restriction-policy/eu*",))
UNKNOWN = not_applicable("the channel's playback restriction is not known yet")
IGNORED = not_applicable(
    "the channel is private, and IVS ignores the playback restriction policy of such a channel"
)
OPEN = "no playback restriction policy is attached: anybody anywhere can watch"
RESTRICTED = compliant("playback is restricted by a policy")


def listed(policy: str, *, authorized: bool = False) -> Input:
    return channel_listed(at(), authorized=authorized, playbackRestrictionPolicyArn=policy)


CASES = (
    Case(title="nothing is known", check=ANY, now=at(), found=UNKNOWN),
    Case(
        title="the policy is not known",
        check=ANY,
        given=(channel_listed(at(), authorized=False),),
        now=at(),
        found=UNKNOWN,
    ),
    Case(
        title="whether it is private is not known",
        check=ANY,
        given=(channel_updated(at(), playbackRestrictionPolicyArn=""),),
        now=at(),
        found=UNKNOWN,
    ),
    Case(
        title="no policy",
        check=ANY,
        given=(listed(""),),
        now=at(1),
        found=breach(OPEN, at()),
    ),
    Case(
        title="a channel created without saying has no policy",
        check=ONLY_EU,
        given=(channel_created(at()),),
        now=at(1),
        found=breach(OPEN, at()),
    ),
    Case(title="any policy", check=ANY, given=(listed(US),), now=at(1), found=RESTRICTED),
    Case(title="the right policy", check=ONLY_EU, given=(listed(EU),), now=at(), found=RESTRICTED),
    Case(
        title="another policy",
        check=ONLY_EU,
        given=(listed(US),),
        now=at(1),
        found=breach(
            f"the playback restriction policy is {US!r}, not '*:playback-restriction-policy/eu*'",
            at(),
        ),
    ),
    Case(
        title="a private channel without a policy",
        check=ANY,
        given=(listed("", authorized=True),),
        now=at(1),
        found=IGNORED,
    ),
    Case(
        title="a private channel with a policy that does nothing",
        check=ONLY_EU,
        given=(listed(US, authorized=True),),
        now=at(1),
        found=IGNORED,
    ),
    Case(
        title="a channel made public counts from then",
        check=ANY,
        given=(listed("", authorized=True), channel_updated(at(2), authorized=False)),
        now=at(3),
        found=breach(OPEN, at(2)),
    ),
)


@each(CASES)
def test_playback_restriction_finds(case: Case) -> None:
    assert_found(case)
