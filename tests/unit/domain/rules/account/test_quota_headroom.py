"""Accounts that come near their quotas."""

from typing import Any

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.inputs import Input
from streamwarden.domain.rules.account.quota_headroom import Quota, QuotaHeadroom
from testbed.builders import WHOLE_ACCOUNT, account_limit, at, listed
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

ANY = QuotaHeadroom()
STREAMS = QuotaHeadroom(only=(Quota.CONCURRENT_STREAMS,), at=0.55)
RAISED = QuotaHeadroom(quotas={Quota.CONCURRENT_STREAMS: 500})
ALL_USED = QuotaHeadroom(only=(Quota.PLAYBACK_KEY_PAIRS,), at=1)
UNCOUNTED = not_applicable(
    "how much of the quotas is in use is not known yet; the next sweep counts it"
)
PLENTY = compliant("less than 80% of each quota is in use")


def counted(hours: float = 0, **counts: Any) -> Input:
    return listed(WHOLE_ACCOUNT, at(hours), **counts)


@each(
    (
        Case(title="never counted", check=ANY, about=WHOLE_ACCOUNT, now=at(), found=UNCOUNTED),
        Case(
            title="known by its events alone",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(account_limit(at()),),
            now=at(1),
            found=UNCOUNTED,
        ),
        Case(
            title="counted, but not what the rule looks at",
            check=ALL_USED,
            about=WHOLE_ACCOUNT,
            given=(counted(channels=4_999),),
            now=at(1),
            found=UNCOUNTED,
        ),
        Case(
            title="not counted any more",
            check=ALL_USED,
            about=WHOLE_ACCOUNT,
            given=(counted(playbackKeyPairs=3), counted(1, playbackKeyPairs=None)),
            now=at(1),
            found=UNCOUNTED,
        ),
        Case(
            title="enough of everything",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(
                counted(
                    channels=3_999,
                    concurrentStreams=79,
                    concurrentViews=11_999,
                    recordingConfigurations=15,
                    playbackKeyPairs=2,
                    playbackRestrictionPolicies=0,
                ),
            ),
            now=at(1),
            found=PLENTY,
        ),
        Case(
            title="exactly the share",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(counted(concurrentStreams=80),),
            now=at(1),
            found=breach("80 of 100 concurrent streams (80%) in use", at()),
        ),
        Case(
            title="a share that has no exact number",
            check=STREAMS,
            about=WHOLE_ACCOUNT,
            given=(counted(concurrentStreams=55),),
            now=at(1),
            found=breach("55 of 100 concurrent streams (55%) in use", at()),
        ),
        Case(
            title="several quotas, in their own order",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(counted(playbackKeyPairs=3, concurrentStreams=82, concurrentViews=14_999),),
            now=at(1),
            found=breach(
                "82 of 100 concurrent streams (82%), 14,999 of 15,000 concurrent views (99%), "
                "3 of 3 playback key pairs (100%) in use",
                at(),
            ),
        ),
        Case(
            title="all of them, and more than AWS gives everybody",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(
                counted(
                    channels=7_000,
                    recordingConfigurations=16,
                    playbackRestrictionPolicies=3,
                ),
            ),
            now=at(1),
            found=breach(
                "7,000 of 5,000 channels (140%), 16 of 20 recording configurations (80%), "
                "3 of 3 playback restriction policies (100%) in use",
                at(),
            ),
        ),
        Case(
            title="AWS has raised it",
            check=RAISED,
            about=WHOLE_ACCOUNT,
            given=(counted(concurrentStreams=399),),
            now=at(1),
            found=PLENTY,
        ),
        Case(
            title="and it is short again",
            check=RAISED,
            about=WHOLE_ACCOUNT,
            given=(counted(concurrentStreams=400),),
            now=at(1),
            found=breach("400 of 500 concurrent streams (80%) in use", at()),
        ),
        Case(
            title="only when nothing is left",
            check=ALL_USED,
            about=WHOLE_ACCOUNT,
            given=(counted(playbackKeyPairs=2, concurrentStreams=100),),
            now=at(1),
            found=compliant("less than 100% of each quota is in use"),
        ),
        Case(
            title="the last count counts",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(counted(concurrentStreams=99), counted(1, concurrentStreams=9)),
            now=at(2),
            found=PLENTY,
        ),
    )
)
def test_quota_headroom_finds(case: Case) -> None:
    assert_found(case)


def test_sweeps_list_only_what_is_looked_at() -> None:
    account = ResourceType.ACCOUNT

    assert ANY.judges == {account}
    assert STREAMS.needs.resources == {account}
    assert ALL_USED.needs.resources == {account, ResourceType.PLAYBACK_KEY_PAIR}
    assert ANY.needs.resources == {
        account,
        ResourceType.PLAYBACK_KEY_PAIR,
        ResourceType.PLAYBACK_RESTRICTION_POLICY,
        ResourceType.RECORDING_CONFIGURATION,
    }


@pytest.mark.parametrize("share", [0, -0.1, 1.01, 80, float("nan")])
def test_what_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="`at`: expected a share above 0 and up to 1, found"):
        QuotaHeadroom(at=share)


def test_a_rule_about_no_quota_is_refused() -> None:
    with pytest.raises(ValueError, match="`only`: name at least one of channels, concurrent_str"):
        QuotaHeadroom(only=())


def test_a_quota_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="`quotas`: expected channels of 1 or more, found 0"):
        QuotaHeadroom(quotas={Quota.CHANNELS: 0})


def test_a_quota_that_is_not_looked_at_is_refused() -> None:
    with pytest.raises(ValueError, match="channels is not among those that `only` names"):
        QuotaHeadroom(quotas={Quota.CHANNELS: 9}, only=(Quota.CONCURRENT_VIEWS,))
