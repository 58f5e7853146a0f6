"""Tags can be required on all that carries tags, and in upper or lower case."""

from datetime import datetime
from typing import Any

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.inputs import Input
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.tags.required_tags import RequiredTags
from streamwarden.domain.rules.tags.requirement import TagRequirement, ValueCase
from streamwarden.domain.rules.tags.tagged import Tagged
from streamwarden.domain.verdicts import PlannedAction
from testbed.builders import (
    CONFIGURATION,
    KEY,
    KEY_PAIR,
    NEW_KEY,
    REAL_TIME_MADE,
    RESTRICTION,
    at,
    channel_created,
    channel_listed,
    compiled_rule,
    configuration_created,
    decide_on,
    key_created,
    key_deleted,
    key_observed,
    key_pair_imported,
    listed,
    policy_of,
    real_time_made,
    restriction_created,
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

TEAM = {"team": TagRequirement(), "env": TagRequirement(values=("prod", "test"))}
EVERYWHERE = RequiredTags(tags=TEAM, on=tuple(Tagged))
OF_KEY = RequiredTags(tags=TEAM, on=(Tagged.STREAM_KEY,))
OF_BOTH = RequiredTags(tags=TEAM, on=(Tagged.CHANNEL, Tagged.STREAM_KEY))
RIGHT = {"team": "news", "env": "prod"}
IN_ORDER = compliant("all required tags are in order")
OWNED = RequiredTags(
    tags={
        "owner": TagRequirement(pattern="team-[a-z]+"),
        "env": TagRequirement(values=("prod", "test")),
        "cost": TagRequirement(),
    }
)
BILLED = RequiredTags(
    tags={
        "cost*": TagRequirement(values=("CC-*",)),
        "team": TagRequirement(values=("news", "tv-?")),
    }
)
OWNED_TAGS = {"owner": "team-a", "env": "prod", "cost": "0"}


def channel_with_key(key_tags: dict[str, str], tags: dict[str, str], when: datetime) -> Any:
    """A channel that was listed an hour before its key."""
    return (channel_listed(at(), tags=tags), key_observed(when, tags=key_tags))


CHANNEL_CASES = (
    Case(
        title="all in order",
        check=OWNED,
        given=(channel_listed(at(), tags=OWNED_TAGS),),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="one missing",
        check=OWNED,
        given=(channel_listed(at(), tags={"owner": "team-a", "env": "prod"}),),
        now=at(1),
        found=breach("tag 'cost' is missing", at(), settled=("owner", "env")),
    ),
    Case(
        title="a blank value satisfies nothing",
        check=RequiredTags(tags={"cost": TagRequirement(), "team": TagRequirement(pattern=".*")}),
        given=(channel_listed(at(), tags={"cost": "", "team": " "}),),
        now=at(1),
        found=breach("tag 'cost' is blank; tag 'team' is blank", at()),
    ),
    Case(
        title="the pattern is for the whole value",
        check=OWNED,
        given=(channel_listed(at(), tags={**OWNED_TAGS, "owner": "team-a!"}),),
        now=at(1),
        found=breach(
            "tag 'owner' is 'team-a!', which does not match 'team-[a-z]+'",
            at(),
            settled=("env", "cost"),
        ),
    ),
    Case(
        title="a value not of the list, told with every other fault",
        check=OWNED,
        given=(channel_listed(at(), tags={"owner": "team-a", "env": "Prod"}),),
        now=at(1),
        found=breach(
            "tag 'env' is 'Prod', not one of prod, test; tag 'cost' is missing",
            at(),
            settled=("owner",),
        ),
    ),
    Case(
        title="put in order since it was listed",
        check=OWNED,
        given=(channel_listed(at(), tags={}), tags_set(at(1), OWNED_TAGS)),
        now=at(2),
        found=IN_ORDER,
    ),
    Case(
        title="keys differ by case",
        check=RequiredTags(tags={"owner": TagRequirement()}),
        given=(channel_listed(at(), tags={"Owner": "team-a"}),),
        now=at(1),
        found=breach("tag 'Owner' is there, 'owner' is required", at()),
    ),
    Case(
        title="values and keys may be globs",
        check=BILLED,
        given=(channel_listed(at(), tags={"cost-center": "CC-1234", "team": "tv-1"}),),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="no tag is like a glob, and a value is like none of the list",
        check=BILLED,
        given=(channel_listed(at(), tags={"team": "tv-10"}),),
        now=at(1),
        found=breach("no tag is like 'cost*'; tag 'team' is 'tv-10', not one of news, tv-?", at()),
    ),
    Case(
        title="each tag that is like a glob is judged",
        check=BILLED,
        given=(
            channel_listed(at(), tags={"cost-center": "CC-1", "cost-code": "7", "team": "news"}),
        ),
        now=at(1),
        found=breach(
            "tag 'cost-code' is '7', not one of CC-*", at(), settled=("cost-center", "team")
        ),
    ),
    Case(
        title="a glob that is satisfied settles the tags that are like it, but none at fault",
        check=RequiredTags(
            tags={
                "cost*": TagRequirement(),
                "cost-center": TagRequirement(),
                "cost-code": TagRequirement(values=("CC-*",)),
            }
        ),
        given=(channel_listed(at(), tags={"cost-code": "7", "costs": "1", "env": "prod"}),),
        now=at(1),
        found=breach(
            "tag 'cost-center' is missing; tag 'cost-code' is '7', not one of CC-*",
            at(),
            settled=("costs",),
        ),
    ),
)
KEY_CASES = (
    Case(
        title="key: nothing is known of it",
        check=OF_KEY,
        given=(channel_listed(at(), tags=RIGHT),),
        now=at(1),
        found=not_applicable("the tags of the stream key are not known yet"),
    ),
    Case(
        title="key: it was seen, its tags were not",
        check=OF_KEY,
        given=(channel_listed(at()), key_observed(at())),
        now=at(1),
        found=not_applicable("the tags of the stream key are not known yet"),
    ),
    Case(
        title="key: there is none",
        check=OF_KEY,
        given=(channel_created(at()), key_deleted(at(1))),
        now=at(2),
        found=not_applicable("the channel has no stream key"),
    ),
    Case(
        title="key: in order, whatever the channel's own tags are",
        check=OF_KEY,
        given=channel_with_key(RIGHT, {}, at(1)),
        now=at(2),
        found=IN_ORDER,
    ),
    Case(
        title="key: one missing and one wrong; the channel's are not touched",
        check=OF_KEY,
        given=channel_with_key({"env": "dev"}, {"team": "a"}, at(1)),
        now=at(2),
        found=breach(
            "stream key: tag 'team' is missing; tag 'env' is 'dev', not one of prod, test",
            at(1),
            settled=("team", "env"),
        ),
    ),
    Case(
        title="key: a new one came without tags",
        check=OF_KEY,
        given=(key_created(at(), tags=RIGHT), key_created(at(1), key_arn=NEW_KEY, tags={})),
        now=at(2),
        found=breach(
            "stream key: tag 'team' is missing; tag 'env' is missing",
            at(1),
            settled=("team", "env"),
        ),
    ),
    Case(
        title="key: put in order",
        check=OF_KEY,
        given=(*channel_with_key({}, {}, at(1)), tags_set(at(2), RIGHT, arn=KEY)),
        now=at(3),
        found=IN_ORDER,
    ),
    Case(
        title="both: the channel in order, its key unknown",
        check=OF_BOTH,
        given=(channel_listed(at(), tags=RIGHT),),
        now=at(1),
        found=compliant(
            "all required tags of the channel are in order; those of its stream key are not "
            "known yet"
        ),
    ),
    Case(
        title="both: the channel in order, without a key",
        check=OF_BOTH,
        given=(channel_listed(at(), tags=RIGHT), key_observed(at(), None)),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="both: the channel is wrong, its key unknown",
        check=OF_BOTH,
        given=(channel_listed(at(), tags={"env": "prod"}),),
        now=at(1),
        found=breach("tag 'team' is missing", at(), settled=("env",)),
    ),
    Case(
        title="both: only the key is wrong, so the channel's tags are settled",
        check=OF_BOTH,
        given=channel_with_key({"team": "news"}, RIGHT, at(1)),
        now=at(2),
        found=breach("stream key: tag 'env' is missing", at(1), settled=("team", "env")),
    ),
    Case(
        title="both: both are wrong, since the first of the two",
        check=OF_BOTH,
        given=channel_with_key({"team": "news"}, {"env": "prod"}, at(1)),
        now=at(2),
        found=breach(
            "tag 'team' is missing; stream key: tag 'env' is missing", at(), settled=("env",)
        ),
    ),
    Case(
        title="both: in order",
        check=OF_BOTH,
        given=channel_with_key(RIGHT, RIGHT, at(1)),
        now=at(2),
        found=IN_ORDER,
    ),
)


def other_cases(arn: str, made_right: Input, made_wrong: Input) -> tuple[Case, ...]:
    name = arn.split(":")[5].partition("/")[0]
    return (
        Case(
            title=f"{name}: made with its tags",
            check=EVERYWHERE,
            about=arn,
            given=(made_right,),
            now=at(1),
            found=IN_ORDER,
        ),
        Case(
            title=f"{name}: made without",
            check=EVERYWHERE,
            about=arn,
            given=(made_wrong,),
            now=at(1),
            found=breach("tag 'team' is missing; tag 'env' is missing", at()),
        ),
        Case(
            title=f"{name}: listed, and put in order since",
            check=EVERYWHERE,
            about=arn,
            given=(listed(arn, at(), tags={"env": "prod"}), tags_set(at(1), RIGHT, arn=arn)),
            now=at(2),
            found=IN_ORDER,
        ),
        Case(
            title=f"{name}: lost a tag",
            check=EVERYWHERE,
            about=arn,
            given=(made_right, tags_removed(at(1), "team", arn=arn)),
            now=at(2),
            found=breach("tag 'team' is missing", at(1), settled=("env",)),
        ),
    )


CASES = (
    *CHANNEL_CASES,
    *KEY_CASES,
    *other_cases(KEY_PAIR, key_pair_imported(at(), tags=RIGHT), key_pair_imported(at())),
    *other_cases(
        CONFIGURATION, configuration_created(at(), tags=RIGHT), configuration_created(at())
    ),
    *other_cases(RESTRICTION, restriction_created(at(), tags=RIGHT), restriction_created(at())),
    *(
        case
        for arn in REAL_TIME_MADE
        for case in other_cases(
            arn, real_time_made(arn, at(), tags=RIGHT), real_time_made(arn, at())
        )
    ),
    Case(
        title="case: as required",
        check=RequiredTags(tags={"team": TagRequirement(case=ValueCase.LOWER)}),
        given=(channel_listed(at(), tags={"team": "news-2"}),),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="case: a capital among them",
        check=RequiredTags(tags={"team": TagRequirement(case=ValueCase.LOWER)}),
        given=(channel_listed(at(), tags={"team": "News"}),),
        now=at(1),
        found=breach("tag 'team' is 'News', not in lower case", at()),
    ),
    Case(
        title="case: before the pattern, which would say less",
        check=RequiredTags(tags={"cc": TagRequirement(pattern="CC-\\d", case=ValueCase.UPPER)}),
        given=(channel_listed(at(), tags={"cc": "cc-1"}),),
        now=at(1),
        found=breach("tag 'cc' is 'cc-1', not in upper case", at()),
    ),
    Case(
        title="case: and the pattern",
        check=RequiredTags(tags={"cc": TagRequirement(pattern="CC-\\d", case=ValueCase.UPPER)}),
        given=(channel_listed(at(), tags={"cc": "CC-"}),),
        now=at(1),
        found=breach("tag 'cc' is 'CC-', which does not match 'CC-\\\\d'", at()),
    ),
    Case(
        title="case: a key that only looks alike",
        check=RequiredTags(tags={"team": TagRequirement()}),
        given=(channel_listed(at(), tags={"TEAM": "news"}),),
        now=at(1),
        found=breach("tag 'TEAM' is there, 'team' is required", at()),
    ),
    Case(
        title="case: both keys are there",
        check=RequiredTags(tags={"team": TagRequirement()}),
        given=(channel_listed(at(), tags={"TEAM": "b", "team": "b"}),),
        now=at(1),
        found=IN_ORDER,
    ),
)


@each(CASES)
def test_required_tags_finds(case: Case) -> None:
    assert_found(case)


KEYS_ONLY = Needs(stream_keys=True)


@pytest.mark.parametrize(
    ("on", "judges", "needs"),
    [
        (("channel",), {"channel"}, Needs()),
        (("stream_key",), {"channel"}, KEYS_ONLY),
        (("channel", "stream_key"), {"channel"}, KEYS_ONLY),
        (
            ("playback_key_pair",),
            {"playback_key_pair"},
            Needs(resources=frozenset({ResourceType.PLAYBACK_KEY_PAIR})),
        ),
        (
            tuple(Tagged),
            set(Tagged) - {Tagged.STREAM_KEY},
            Needs(
                resources=frozenset(LISTED_TYPES),
                stream_keys=True,
            ),
        ),
    ],
)
def test_what_it_is_about_decides_what_a_sweep_reads(
    on: tuple[str, ...], judges: set[str], needs: Needs
) -> None:
    check = RequiredTags(tags=TEAM, on=tuple(map(Tagged, on)))

    assert check.judges == {ResourceType(each) for each in judges}
    assert check.needs == needs


def test_it_must_be_about_something() -> None:
    with pytest.raises(ValueError, match="`on`: name at least one of channel, stream_key, "):
        RequiredTags(tags=TEAM, on=())


def test_tags_of_a_stream_key_are_asked_for_by_name() -> None:
    with pytest.raises(ValueError, match="`tags`: expected keys without"):
        RequiredTags(tags={"cost*": TagRequirement()}, on=(Tagged.STREAM_KEY,))


def test_values_must_be_written_as_required() -> None:
    with pytest.raises(ValueError, match="`values`: expected upper case only, found 'Prod'"):
        TagRequirement(values=("TEST", "Prod"), case=ValueCase.UPPER)


def test_a_tag_requirement_has_a_pattern_or_values() -> None:
    with pytest.raises(ValueError, match="either `pattern` or `values`, not both"):
        TagRequirement(pattern="a", values=("a",))


def test_a_pattern_must_be_a_regular_expression() -> None:
    with pytest.raises(ValueError, match="`pattern` is not a regular expression"):
        TagRequirement(pattern="team-[")


def test_required_tags_names_at_least_one() -> None:
    with pytest.raises(ValueError, match="name at least one tag"):
        RequiredTags(tags={})


def test_a_tag_that_is_missing_is_set_although_a_glob_like_it_is_satisfied() -> None:
    tags: dict[str, Any] = {"cost*": {}, "cost-center": {}}
    action = PlannedAction(kind="tag", tags={"cost-center": "CC-1"})
    policy = policy_of(compiled_rule("required_tags", {"tags": tags}, action))

    decision = decide_on(policy, at(1), channel_listed(at(), tags={"costs": "1"}))

    assert [each.tags for each in decision.actions] == [{"cost-center": "CC-1"}]
