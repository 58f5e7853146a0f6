"""Accounts that have more streams or viewers than AWS allows them."""

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.inputs import Input
from streamwarden.domain.ivs import AccountQuota
from streamwarden.domain.rules.account.account_limit import AccountLimit
from testbed.builders import (
    CHANNEL,
    WHOLE_ACCOUNT,
    account_limit,
    at,
    limit_breach,
    stream_start,
)
from tests.unit.domain.rules.cases import Case, assert_found, breach, compliant, each

ANY = AccountLimit()
VIEWERS = AccountLimit(limits=(AccountQuota.CONCURRENT_VIEWERS,))
WITHIN = compliant("IVS reported no exceeded limit in the last 1h")
BROADCASTS = "Concurrent Broadcasts was 101 active streams; 100 is allowed"


def too_many_viewers(hours: float, minutes: float = 0) -> Input:
    return account_limit(
        at(hours, minutes), "Concurrent Viewers", limit=15_000, excess=412, unit="viewers"
    )


@each(
    (
        Case(title="nothing is known", check=ANY, about=WHOLE_ACCOUNT, now=at(), found=WITHIN),
        Case(
            title="one stream too many",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(account_limit(at()),),
            now=at(0, 1),
            found=breach(BROADCASTS, at(), recheck_at=at(1)),
        ),
        Case(
            title="again and again, with the figures of the last time",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(
                account_limit(at(), excess=30),
                account_limit(at(0, 59)),
                account_limit(at(1, 58), excess=1_150),
            ),
            now=at(2),
            found=breach(
                "Concurrent Broadcasts was 1,250 active streams; 100 is allowed (3 times)",
                at(),
                recheck_at=at(2, 58),
            ),
        ),
        Case(
            title="both limits",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(account_limit(at(0, 10)), too_many_viewers(0, 5)),
            now=at(0, 11),
            found=breach(
                f"{BROADCASTS}, and Concurrent Viewers was 15,412 viewers; 15,000 is allowed",
                at(0, 5),
                recheck_at=at(1, 10),
            ),
        ),
        Case(
            title="one of them an hour ago",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(account_limit(at(0, 10)), too_many_viewers(0, 5)),
            now=at(1, 5),
            found=breach(BROADCASTS, at(0, 10), recheck_at=at(1, 10)),
        ),
        Case(
            title="a moment before the hour is over",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(account_limit(at()),),
            now=at(0, 59, 59),
            found=breach(BROADCASTS, at(), recheck_at=at(1)),
        ),
        Case(
            title="an hour later",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(account_limit(at()),),
            now=at(1),
            found=WITHIN,
        ),
        Case(
            title="after a pause of an hour it is another breach",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(account_limit(at()), account_limit(at(1))),
            now=at(1),
            found=breach(BROADCASTS, at(1), recheck_at=at(2)),
        ),
        Case(
            title="a limit that the rule does not name",
            check=VIEWERS,
            about=WHOLE_ACCOUNT,
            given=(account_limit(at()),),
            now=at(0, 1),
            found=WITHIN,
        ),
        Case(
            title="the clock of IVS is ahead",
            check=ANY,
            about=WHOLE_ACCOUNT,
            given=(account_limit(at(0, 1)),),
            now=at(),
            found=breach(BROADCASTS, at(), recheck_at=at(1, 1)),
        ),
        Case(
            title="the limits of a channel are not the account's",
            check=ANY,
            about=CHANNEL,
            given=(stream_start(at()), limit_breach(at(0, 1))),
            now=at(0, 2),
            found=WITHIN,
        ),
    )
)
def test_account_limit_finds(case: Case) -> None:
    assert_found(case)


def test_it_is_about_the_account_and_can_do_nothing() -> None:
    assert ANY.judges == {ResourceType.ACCOUNT}
    assert ANY.traits == frozenset()


def test_a_rule_about_no_limit_is_refused() -> None:
    with pytest.raises(
        ValueError, match="name at least one of Concurrent Broadcasts, Concurrent V"
    ):
        AccountLimit(limits=())
