"""Type, preset, latency and format are judged as far as they are known."""

from typing import Any

import pytest

from streamwarden.domain.rules.channel_settings.channel_type import ChannelType, Multitrack
from streamwarden.domain.verdicts import Finding
from testbed.builders import at, channel_created, channel_listed, channel_updated
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

BASIC = ChannelType(types=("BASIC", "STANDARD"))
SAVING = ChannelType(presets=("CONSTRAINED_BANDWIDTH_DELIVERY",))
FAST = ChannelType(types=("STANDARD",), latency_modes=("LOW",))
CMAF = ChannelType(types=("STANDARD",), containers=("FRAGMENTED_MP4",))
IN_ORDER = compliant("the channel is of an allowed type")
NO_CONTAINER = not_applicable(
    "the channel's container format is not known: listings do not contain it, "
    "only the events of its creation or an update do"
)
NO_MULTITRACK = not_applicable(
    "whether multitrack input is enabled is not known: listings do not contain it, "
    "only the events of the channel's creation or an update do"
)


def multitrack(wanted: str, found: Finding, **configuration: object) -> Case:
    given = channel_updated(at(), multitrackInputConfiguration=configuration)
    return Case(
        title=f"multitrack {wanted}, and it is {configuration}",
        check=ChannelType(multitrack=Multitrack(wanted)),
        given=(given,) if configuration else (channel_listed(at(), type="STANDARD"),),
        now=at(1),
        found=found,
    )


def unlike(found: str, wanted: str) -> Finding:
    return breach(f"multitrack input is {found}, not {wanted}", at())


CASES = (
    Case(
        title="nothing is known",
        check=FAST,
        now=at(),
        found=not_applicable("the channel's type is not known yet"),
    ),
    Case(
        title="an allowed type",
        check=BASIC,
        given=(channel_listed(at(), type="STANDARD"),),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="another type",
        check=BASIC,
        given=(channel_listed(at(), type="ADVANCED_HD"),),
        now=at(1),
        found=breach("the type is 'ADVANCED_HD', not 'BASIC' or 'STANDARD'", at()),
    ),
    Case(
        title="a channel created without saying is STANDARD, TS and of low latency",
        check=CMAF,
        given=(channel_created(at()),),
        now=at(1),
        found=breach("the container format is 'TS', not 'FRAGMENTED_MP4'", at()),
    ),
    Case(
        title="several faults, since the first of them",
        check=FAST,
        given=(channel_updated(at(1), type="BASIC"), channel_updated(at(), latencyMode="NORMAL")),
        now=at(2),
        found=breach(
            "the type is 'BASIC', not 'STANDARD'; the latency mode is 'NORMAL', not 'LOW'", at()
        ),
    ),
    Case(
        title="an allowed preset",
        check=SAVING,
        given=(channel_listed(at(), type="ADVANCED_HD", preset="CONSTRAINED_BANDWIDTH_DELIVERY"),),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="another preset",
        check=SAVING,
        given=(channel_listed(at(), type="ADVANCED_HD", preset="HIGHER_BANDWIDTH_DELIVERY"),),
        now=at(1),
        found=breach(
            "the preset is 'HIGHER_BANDWIDTH_DELIVERY', not 'CONSTRAINED_BANDWIDTH_DELIVERY'",
            at(),
        ),
    ),
    Case(
        title="a channel that has no preset",
        check=SAVING,
        given=(channel_listed(at(), type="STANDARD", preset=""),),
        now=at(1),
        found=IN_ORDER,
    ),
    Case(
        title="a format that listings do not tell",
        check=CMAF,
        given=(channel_listed(at(), type="STANDARD"),),
        now=at(1),
        found=NO_CONTAINER,
    ),
    Case(
        title="a fault is one although another member is not known",
        check=CMAF,
        given=(channel_listed(at(), type="BASIC"),),
        now=at(1),
        found=breach("the type is 'BASIC', not 'STANDARD'", at()),
    ),
    multitrack("forbidden", NO_MULTITRACK),
    multitrack("forbidden", IN_ORDER, enabled=False),
    multitrack("forbidden", unlike("allowed", "forbidden"), enabled=True, policy="ALLOW"),
    multitrack("forbidden", unlike("required", "forbidden"), enabled=True, policy="REQUIRE"),
    multitrack("allowed", unlike("forbidden", "allowed"), enabled=False, policy="ALLOW"),
    multitrack("allowed", IN_ORDER, enabled=True, policy="ALLOW"),
    multitrack("allowed", IN_ORDER, enabled=True, policy="REQUIRE"),
    multitrack("required", unlike("forbidden", "required"), enabled=False, policy="REQUIRE"),
    multitrack("required", unlike("allowed", "required"), enabled=True, policy="ALLOW"),
    multitrack("required", IN_ORDER, enabled=True, policy="REQUIRE"),
)


@each(CASES)
def test_channel_type_finds(case: Case) -> None:
    assert_found(case)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "give at least one of types, presets, latency_modes, containers or multitrack"),
        ({"types": ("BASIC", "HUGE")}, "`types`: expected BASIC or STANDARD or .*, found 'HUGE'"),
        ({"presets": ("FAST",)}, "`presets`: expected HIGHER_.*, found 'FAST'"),
        ({"latency_modes": ("low",)}, "`latency_modes`: expected NORMAL or LOW, found 'low'"),
        ({"containers": ("CMAF",)}, "`containers`: expected TS or FRAGMENTED_MP4, found 'CMAF'"),
    ],
)
def test_what_ivs_does_not_know_is_refused(params: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ChannelType(**params)
