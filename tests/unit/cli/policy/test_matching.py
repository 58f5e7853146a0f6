"""What `match` can never fit is refused, with what was probably meant; all else is accepted."""

import re
from pathlib import Path
from typing import Final

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from streamwarden.domain.filters import Match
from streamwarden.domain.globs import matcher
from streamwarden_cli.policy.globs import ACCOUNT, REGION, arn_of, can_fit, text
from streamwarden_cli.policy.matching import REGIONS, RESOURCE_TYPES, check_match
from testbed.builders import CHANNEL, KEY_PAIR, WHOLE_ACCOUNT

TYPES = "(expected BASIC, STANDARD, ADVANCED_SD or ADVANCED_HD)"
AN_ARN = "(expected such as arn:aws:ivs:eu-west-1:123456789012:channel/abcdABCDefgh)"
THE_REGIONS = (
    "(expected us-east-1, us-west-2, eu-west-1, eu-central-1, ap-south-1, ap-northeast-1 or "
    "ap-northeast-2)"
)
NAMED = "no channel has a name like '{}': names have up to 128 letters from a to z, digits, - and _"
VALUED = "no tag has a value like '{}': it has only letters, digits, spaces and _ . : / = + - @"
GLOBS = "these are globs, in which * ? and [...] stand for others"
TWELVE = "(expected twelve digits, such as '123456789012')"


def faults(match: Match) -> dict[tuple[str | int, ...], str]:
    """What is wrong, by where."""
    try:
        check_match(match)
    except ValidationError as error:
        return {each["loc"]: str(each["ctx"]["error"]) for each in error.errors()}
    return {}


@pytest.mark.parametrize(
    ("match", "why"),
    [
        (
            Match(type=("STANDRAD",)),
            f"no channel has the type 'STANDRAD'; did you mean 'STANDARD'? {TYPES}",
        ),
        (
            Match(type=("standard",)),
            f"no channel has the type 'standard'; did you mean 'STANDARD'? {TYPES}",
        ),
        (
            Match(type=("ADVANCE?D*",)),
            f"no channel has the type 'ADVANCE?D*'; did you mean 'ADVANCED_SD'? {TYPES}",
        ),
        (Match(type=("",)), f"no channel has the type '' {TYPES}"),
        (Match(type=("[BS]",)), f"no channel has the type '[BS]' {TYPES}"),
        (Match(arn=("KgopvkVuUi7g",)), f"no ARN of IVS is like 'KgopvkVuUi7g' {AN_ARN}"),
        (Match(arn=("arn:aws:s3:::*",)), f"no ARN of IVS is like 'arn:aws:s3:::*' {AN_ARN}"),
        (Match(arn=("*/*/*",)), f"no ARN of IVS is like '*/*/*' {AN_ARN}"),
        (
            Match(arn=("arn:aws:ivs:*:*:chanel/*",)),
            f"no ARN of IVS is like 'arn:aws:ivs:*:*:chanel/*'; did you mean 'channel'? {AN_ARN}",
        ),
        (
            Match(arn=("arn:aws:ivs:eu-west-1:12345:channel/*",)),
            f"no ARN of IVS is like 'arn:aws:ivs:eu-west-1:12345:channel/*' {AN_ARN}",
        ),
        (
            Match(region=("EU-WEST-1",)),
            f"no region of IVS is like 'EU-WEST-1'; did you mean 'eu-west-1'? {THE_REGIONS}",
        ),
        (Match(region=("eu_*",)), f"no region of IVS is like 'eu_*' {THE_REGIONS}"),
        (Match(region=("us-gov-*",)), f"no region of IVS is like 'us-gov-*' {THE_REGIONS}"),
        (
            Match(region=("eu-west-2",)),
            f"no region of IVS is like 'eu-west-2'; did you mean 'us-west-2'? {THE_REGIONS}",
        ),
        (
            Match(region=("eu-west1",)),
            f"no region of IVS is like 'eu-west1'; did you mean 'eu-west-1'? {THE_REGIONS}",
        ),
        (Match(name=("Main Stage",)), f"{NAMED.format('Main Stage')}; {GLOBS}"),
        (Match(name=("Bühne-*",)), f"{NAMED.format('Bühne-*')}; {GLOBS}"),
        (Match(name=("x" * 129,)), f"{NAMED.format('x' * 129)}; {GLOBS}"),
        (
            Match(name=("!test-*",)),
            f"{NAMED.format('!test-*')}; these are globs: for not, use `unless`, or `when` with != "
            "'test-*'",
        ),
        (
            Match(name=("{arena,hall}-*",)),
            f"{NAMED.format('{arena,hall}-*')}; for several, give a list: [arena-*, hall-*]",
        ),
        (
            Match(name=("^arena-.*$",)),
            f"{NAMED.format('^arena-.*$')}; these are globs, not regular expressions: 'arena-*'",
        ),
        (
            Match(tags={"tier": ("^(free|trial)$",)}),
            f"{VALUED.format('^(free|trial)$')}; for several, give a list: [free, trial]",
        ),
        (
            Match(tags={"tier": ("free, trial",)}),
            f"{VALUED.format('free, trial')}; for several, give a list: [free, trial]",
        ),
        (
            Match(tags={"tier": ("“free”",)}),
            f"{VALUED.format('“free”')}; take the quotes away, or write straight ones: free",
        ),
        (
            Match(tags={"tier": (" ",)}),
            "no blank tag matches; for a tag that is not there, write `when: "
            "'!(channel.tags.\"tier\")'`",
        ),
        (Match(tags={"tier": ("[!]a]#",)}), f"{VALUED.format('[!]a]#')}; {GLOBS}"),
        (
            Match(tags={"tier": ("x" * 300,)}),
            "no tag has such a value: it has at most 256 characters, found 300",
        ),
        (
            Match(tags={"a|b": ("x",)}),
            f"{VALUED.format('a|b').replace('value', 'key')}; for several, give a list: [a, b]",
        ),
        (Match(account=("12345",)), f"no account is like '12345' {TWELVE}"),
        (Match(account=("1234-5678-9012",)), f"no account is like '1234-5678-9012' {TWELVE}"),
        (Match(account=("*x",)), f"no account is like '*x' {TWELVE}"),
        (Match(account=("1234567890123*",)), f"no account is like '1234567890123*' {TWELVE}"),
    ],
)
def test_what_fits_nothing(match: Match, why: str) -> None:
    assert list(faults(match).values()) == [why]


@pytest.mark.parametrize(
    "match",
    [
        Match(),
        Match(type=("BASIC", "ADV*", "STAND?RD", "ADVANCED_[SH]D", "[!A]*", "*")),
        Match(arn=(CHANNEL, KEY_PAIR, WHOLE_ACCOUNT, "*", "*:channel/*", "arn:aws:ivs:*", "*abc*")),
        Match(arn=("arn:aws:ivs:eu-[cw]*:21098765432?:*/*", "*:stage/*", "*:public-key/[!0-9]*")),
        Match(region=("eu-west-1", "eu-*", "??-*-[0-9]", "ap-*-2")),
        Match(account=("210987654321", "2*", "????????????", "[0-9]*[!5]")),
        Match(region=("us-*", "??-????-1*", "eu-[!w]*")),
        Match(name=("arena-*", "a_[!b]?", "", "x" * 128), tags={"any*": ("a z", "[!a|]*")}),
        Match(tags={"Ort": ("Zürich", "café .:/=+-@", "[“a]", "y" * 256 + "*")}),
    ],
)
def test_what_may_fit_something(match: Match) -> None:
    assert faults(match) == {}


def test_all_that_is_wrong_comes_at_once_with_its_place() -> None:
    match = Match(type=("BASIC", "BASCI"), region=("EU",), account=("1", "2"))

    assert faults(match).keys() == {("type", 1), ("region",), ("account", 0), ("account", 1)}


def test_the_regions_are_those_in_which_the_stack_deploys() -> None:
    template = (Path(__file__).parents[4] / "template.yaml").read_text()
    named = re.search(r"RegionHasIvs:.*?- \[([^]]*)\]", template, flags=re.DOTALL)

    assert named is not None
    assert tuple(named[1].split(", ")) == REGIONS


def test_the_types_of_resources_are_those_of_the_api() -> None:
    session, found = botocore.session.get_session(), set()
    for service in ("ivs", "ivs-realtime"):
        model = session.get_service_model(service)
        for name in model.shape_names:
            pattern = str(model.shape_for(name).metadata.get("pattern", ""))
            found |= set(re.findall(r"arn:aws:ivs:[^:]+:[^:]+:([a-z-]+)/", pattern))

    assert set(RESOURCE_TYPES) == found | {"account"}


PIECES: Final = [*"*?[]!-:/aZ09", "channel", "arn:aws:ivs:", "eu-west-1", "[a-z]", "[!:]", "[]-]"]
globs = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@given(
    globs | st.sampled_from(["*channel/*", "arn:aws:ivs:eu-*:??????*:[b-d]*"]),
    st.from_regex(
        r"arn:aws:ivs:[a-z]{2}(-[a-z]{1,5}){1,2}-[0-9]:[0-9]{12}:channel/[a-zA-Z0-9-]{1,9}",
        fullmatch=True,
    ),
)
def test_a_glob_that_fits_an_arn_is_never_refused(glob: str, arn: str) -> None:
    if matcher((glob,))(arn):
        assert can_fit(glob, arn_of("channel"))


@given(globs, st.lists(st.sampled_from("aZ09-:/"), max_size=6).map("".join))
def test_a_glob_fits_a_text_exactly_if_it_matches_it(glob: str, entry: str) -> None:
    assert can_fit(glob, text(entry)) is bool(matcher((glob,))(entry))


@given(
    globs,
    st.from_regex(r"[a-z]{2}(-[a-z]{1,5}){1,2}-[0-9]", fullmatch=True),
    st.from_regex("[0-9]{12}", fullmatch=True),
)
def test_places_that_match_are_never_refused(glob: str, region: str, account: str) -> None:
    accepts = matcher((glob,))

    assert can_fit(glob, REGION) or not accepts(region)
    assert can_fit(glob, ACCOUNT) or not accepts(account)
