"""Who made a channel is asked when no tag says whose it is."""

import pytest

from streamwarden.domain.rules.tags.owner_from_creator import OwnerFromCreator
from streamwarden.domain.rules.tags.tagged import Taggable
from testbed.builders import (
    AD_CONFIGURATION,
    COMPOSITION,
    ads_created,
    at,
    channel_created,
    channel_listed,
    facts_from,
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

CHECK = OwnerFromCreator(tag="owner")
ANN = "arn:aws:sts::210987654321:assumed-role/studio/ann@example.com"
MISSING = f"tag 'owner' is missing; the channel was created by studio ({ANN})"
CREATOR = {"owner": "ann@example.com"}
OWNED = compliant("tag 'owner' says whose channel it is")

CASES = (
    Case(
        title="the creator is not known",
        check=CHECK,
        given=(channel_listed(at()),),
        now=at(1),
        found=not_applicable("who created the channel is not known"),
    ),
    Case(
        title="a channel without an owner",
        check=CHECK,
        given=(channel_created(at(), tags={"team": "a"}, by=ANN),),
        now=at(1),
        found=breach(MISSING, at(), own_tags=CREATOR),
    ),
    Case(
        title="an ad configuration without an owner",
        check=OwnerFromCreator(tag="owner", on=(Taggable.AD_CONFIGURATION,)),
        about=AD_CONFIGURATION,
        given=(ads_created(at(), by=ANN),),
        now=at(1),
        found=breach(MISSING.replace("channel", "ad configuration"), at(), own_tags=CREATOR),
    ),
    Case(
        title="a composition without an owner",
        check=OwnerFromCreator(tag="owner", on=(Taggable.COMPOSITION,)),
        about=COMPOSITION,
        given=(real_time_made(COMPOSITION, at(), by=ANN, state="STARTING"),),
        now=at(1),
        found=breach(MISSING.replace("channel", "composition"), at(), own_tags=CREATOR),
    ),
    Case(
        title="a channel created with an owner",
        check=CHECK,
        given=(channel_created(at(), tags={"owner": "b"}, by=ANN),),
        now=at(1),
        found=OWNED,
    ),
    Case(
        title="a channel whose creator is not known has an owner",
        check=CHECK,
        given=(channel_listed(at(), tags={"owner": "b"}),),
        now=at(1),
        found=OWNED,
    ),
    Case(
        title="an owner without a name",
        check=CHECK,
        given=(channel_created(at(), tags={"owner": " "}, by=ANN),),
        now=at(1),
        found=breach(MISSING.replace("missing", "blank"), at(), own_tags=CREATOR),
    ),
    Case(
        title="an owner named later",
        check=CHECK,
        given=(channel_created(at(), by=ANN), tags_set(at(1), {"owner": "b"})),
        now=at(2),
        found=OWNED,
    ),
    Case(
        title="an owner removed",
        check=CHECK,
        given=(
            channel_created(at(), tags={"owner": "b"}, by=ANN),
            tags_removed(at(1), "owner"),
        ),
        now=at(2),
        found=breach(MISSING, at(1), own_tags=CREATOR),
    ),
)


@each(CASES)
def test_owner_from_creator_finds(case: Case) -> None:
    assert_found(case)


def test_the_tag_has_a_key() -> None:
    with pytest.raises(ValueError, match="expected the key of the owner's tag"):
        OwnerFromCreator(tag="")


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [("owner", " ", "tag 'owner' is blank"), ("owner", "ann", ""), ("team", " ", "")],
)
def test_a_blank_owner_is_at_fault(key: str, value: str, fault: str) -> None:
    assert CHECK.fault_of_tag(key, value) == fault


@pytest.mark.parametrize(
    ("arn", "owner"),
    [
        (ANN, "ann@example.com"),
        ("arn:aws:sts::210987654321:assumed-role/pipeline/botocore-session-1", "pipeline"),
        ("arn:aws:iam::210987654321:user/field/kim,berlin", "kim_berlin"),
        ("arn:aws:iam::210987654321:root", "root"),
    ],
)
def test_the_creator_is_named_as_a_tag_can_hold_it(arn: str, owner: str) -> None:
    found = CHECK.judge(facts_from(channel_created(at(), by=arn)), at(1))

    assert found.own_tags == {"owner": owner}
