"""Only some may change tags that others rely on."""

from copy import replace

import pytest

from streamwarden.domain.rules.tags.protected_tags import ProtectedTags
from streamwarden.domain.rules.tags.tagged import Taggable
from testbed.builders import (
    AD_CONFIGURATION,
    INGEST,
    ads_created,
    at,
    channel_created,
    channel_listed,
    real_time_made,
    tags_removed,
    tags_set,
)
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

CHECK = ProtectedTags(
    tags=("cost-*", "tier"), by=("*:role/billing", "arn:aws:iam::210987654321:user/ann")
)
ANN = "arn:aws:iam::210987654321:user/ann"
BOB = "arn:aws:iam::210987654321:user/staff/bob"
BILLING = "arn:aws:iam::210987654321:role/billing"
SESSION = "arn:aws:sts::210987654321:assumed-role/billing/nightly"
UNTOUCHED = not_applicable("no change of a protected tag was seen")
IN_ORDER = compliant("no other caller changed protected tags in the last 24h")
BY_BOB = breach("protected tags were changed: 'tier' by bob", at(), recheck_at=at(24))
BY_BOB_WHO_FOUND_PRO = replace(BY_BOB, own_tags={"tier": "pro"})
PIPELINE = "arn:aws:iam::210987654321:role/pipeline"

CASES = (
    Case(title="nothing is known", check=CHECK, now=at(), found=UNTOUCHED),
    Case(
        title="tags given at creation are no change",
        check=CHECK,
        given=(channel_created(at(), tags={"tier": "pro"}, by=BOB),),
        now=at(1),
        found=UNTOUCHED,
    ),
    Case(
        title="on an ad configuration, which is set back",
        check=ProtectedTags(
            tags=("tier",), by=("*:role/billing",), on=(Taggable.AD_CONFIGURATION,)
        ),
        about=AD_CONFIGURATION,
        given=(
            ads_created(at(-1), tags={"tier": "pro"}, by=BOB),
            tags_set(at(), {"tier": "x"}, by=BOB, arn=AD_CONFIGURATION),
        ),
        now=at(1),
        found=BY_BOB_WHO_FOUND_PRO,
    ),
    Case(
        title="on an ingest configuration, which is set back",
        check=ProtectedTags(
            tags=("tier",), by=("*:role/billing",), on=(Taggable.INGEST_CONFIGURATION,)
        ),
        about=INGEST,
        given=(
            real_time_made(INGEST, at(-1), tags={"tier": "pro"}, by=BOB),
            tags_set(at(), {"tier": "x"}, by=BOB, arn=INGEST),
        ),
        now=at(1),
        found=BY_BOB_WHO_FOUND_PRO,
    ),
    Case(
        title="another tag",
        check=CHECK,
        given=(tags_set(at(), {"team": "a"}, by=BOB),),
        now=at(1),
        found=UNTOUCHED,
    ),
    Case(
        title="a change by nobody that the record names",
        check=CHECK,
        given=(tags_set(at(), {"tier": "free"}),),
        now=at(1),
        found=breach(
            "protected tags were changed: 'tier' by an unknown caller", at(), recheck_at=at(24)
        ),
    ),
    Case(
        title="a change by an allowed author",
        check=CHECK,
        given=(tags_set(at(), {"tier": "pro"}, by=ANN),),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="a change by a session of a role that may",
        check=CHECK,
        given=(tags_set(at(), {"tier": "pro"}, by=SESSION, role=BILLING),),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="a change by somebody else",
        check=CHECK,
        given=(tags_set(at(), {"tier": "pro", "team": "a"}, by=BOB),),
        now=at(1),
        found=BY_BOB,
    ),
    Case(
        title="a removal by somebody else",
        check=CHECK,
        given=(tags_removed(at(), "tier", by=BOB),),
        now=at(1),
        found=BY_BOB,
    ),
    Case(
        title="a second before it is a day old",
        check=CHECK,
        given=(tags_set(at(), {"tier": "pro"}, by=BOB),),
        now=at(24, seconds=-1),
        found=BY_BOB,
    ),
    Case(
        title="a day old",
        check=CHECK,
        given=(tags_set(at(), {"tier": "pro"}, by=BOB),),
        now=at(24),
        found=IN_ORDER,
    ),
    Case(
        title="put right by an allowed author",
        check=CHECK,
        given=(tags_set(at(), {"tier": "pro"}, by=BOB), tags_set(at(1), {"tier": "free"}, by=ANN)),
        now=at(2),
        found=IN_ORDER,
    ),
    Case(
        title="another tag put right by an allowed author",
        check=CHECK,
        given=(tags_set(at(), {"tier": "pro"}, by=BOB), tags_set(at(1), {"cost-a": ""}, by=ANN)),
        now=at(2),
        found=BY_BOB,
    ),
    Case(
        title="two changes, until the first is a day old",
        check=CHECK,
        given=(
            tags_set(at(2), {"cost-a": ""}, by="arn:aws:iam::210987654321:root"),
            tags_set(at(), {"tier": "pro"}, by=BOB),
        ),
        now=at(3),
        found=breach(
            "protected tags were changed: 'tier' by bob, 'cost-a' by root", at(), recheck_at=at(24)
        ),
    ),
    Case(
        title="two changes, of which one is a day old",
        check=CHECK,
        given=(
            tags_set(at(2), {"cost-a": ""}, by="arn:aws:iam::210987654321:root"),
            tags_set(at(), {"tier": "pro"}, by=BOB),
        ),
        now=at(24),
        found=breach("protected tags were changed: 'cost-a' by root", at(2), recheck_at=at(26)),
    ),
    Case(
        title="the earlier value was listed",
        check=CHECK,
        given=(channel_listed(at(-2), tags={"tier": "pro"}), tags_set(at(), {"tier": "x"}, by=BOB)),
        now=at(1),
        found=BY_BOB_WHO_FOUND_PRO,
    ),
    Case(
        title="the earlier value was set by an allowed author",
        check=CHECK,
        given=(tags_set(at(-2), {"tier": "pro"}, by=ANN), tags_set(at(), {"tier": "x"}, by=BOB)),
        now=at(1),
        found=BY_BOB_WHO_FOUND_PRO,
    ),
    Case(
        title="the earlier value was removed by somebody else",
        check=CHECK,
        given=(channel_created(at(-2), tags={"tier": "pro"}), tags_removed(at(), "tier", by=BOB)),
        now=at(1),
        found=BY_BOB_WHO_FOUND_PRO,
    ),
    Case(
        title="a listing shows the new value before CloudTrail tells of the change",
        check=CHECK,
        given=(
            channel_listed(at(-2), tags={"tier": "pro"}),
            channel_listed(at(minutes=5), tags={"tier": "x"}),
            tags_set(at(), {"tier": "x"}, by=BOB),
        ),
        now=at(1),
        found=BY_BOB_WHO_FOUND_PRO,
    ),
    Case(
        title="two others change it one after the other",
        check=CHECK,
        given=(
            channel_listed(at(-2), tags={"tier": "pro"}),
            tags_set(at(-1), {"tier": "y"}, by=PIPELINE),
            tags_set(at(), {"tier": "x"}, by=BOB),
        ),
        now=at(1),
        found=BY_BOB_WHO_FOUND_PRO,
    ),
    Case(
        title="the earlier value is there again",
        check=CHECK,
        given=(
            channel_listed(at(-2), tags={"tier": "pro"}),
            tags_set(at(), {"tier": "x"}, by=BOB),
            tags_set(at(1), {"tier": "pro"}, by=PIPELINE),
        ),
        now=at(2),
        found=IN_ORDER,
    ),
    Case(
        title="an allowed author had removed it before",
        check=CHECK,
        given=(
            channel_listed(at(-3), tags={"tier": "pro"}),
            tags_removed(at(-2), "tier", by=ANN),
            tags_set(at(), {"tier": "x"}, by=BOB),
        ),
        now=at(1),
        found=BY_BOB,
    ),
    Case(
        title="a change in the future of a slow clock",
        check=CHECK,
        given=(tags_set(at(seconds=2), {"tier": "pro"}, by=BOB),),
        now=at(),
        found=breach(
            "protected tags were changed: 'tier' by bob", at(), recheck_at=at(24, seconds=2)
        ),
    ),
)


@each(CASES)
def test_protected_tags_finds(case: Case) -> None:
    assert_found(case)


@pytest.mark.parametrize(("tags", "by"), [((), ("a",)), (("a",), ())])
def test_tags_and_allowed_authors_are_named(tags: tuple[str, ...], by: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="name at least one of `tags`, and of `by`"):
        ProtectedTags(tags=tags, by=by)
