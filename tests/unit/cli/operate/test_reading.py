"""A name means one resource, or the answer says which there are."""

import pytest

from streamwarden.domain.arn import parse_arn
from streamwarden.services.records import FleetEntry
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.operate.reading import find
from testbed.builders import CHANNEL, KEY_PAIR, OTHER_CHANNEL

STUDIO = FleetEntry(resource_arn=CHANNEL, digest="", name="studio")
OTHER = FleetEntry(resource_arn=OTHER_CHANNEL, digest="", name="studio")
GONE = FleetEntry(resource_arn=OTHER_CHANNEL, digest="", name="studio", is_gone=True)
PAIR = FleetEntry(resource_arn=KEY_PAIR, digest="")


@pytest.mark.parametrize(
    ("entries", "given", "found"),
    [
        ([STUDIO, PAIR], "studio", STUDIO),
        ([STUDIO, PAIR], parse_arn(KEY_PAIR).resource_id, PAIR),
        ([GONE, STUDIO], "studio", STUDIO),
        ([GONE], "studio", GONE),
    ],
)
def test_a_name_or_an_id_means_what_exists_before_what_is_gone(
    entries: list[FleetEntry], given: str, found: FleetEntry
) -> None:
    assert find(entries, given) == found


def test_of_a_name_that_several_bear_all_arns_are_listed() -> None:
    with pytest.raises(InvalidInput) as refused:
        find([STUDIO, OTHER], "studio")

    assert str(refused.value).splitlines()[1:] == [f"  {each}" for each in (CHANNEL, OTHER_CHANNEL)]


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="did you mean 'studio'"):
        find([STUDIO], "studoi")
