"""Places are named as AWS names them."""

import botocore.session
import pytest

from streamwarden.domain.notifications.places import region_in_words

SESSION = botocore.session.get_session()


@pytest.mark.parametrize("region", SESSION.get_available_regions("ivs"))
def test_a_region_with_ivs_has_the_name_that_aws_gives_it(region: str) -> None:
    endpoints = SESSION.get_component("data_loader").load_data("endpoints")
    name = endpoints["partitions"][0]["regions"][region]["description"]

    assert region_in_words(region) == f"{name} {region}"


def test_a_region_without_a_name_is_its_code() -> None:
    assert region_in_words("mars-north-1") == "mars-north-1"
