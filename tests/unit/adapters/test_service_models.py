"""The models of AWS are what botocore itself reads."""

from pathlib import Path

import pytest
from botocore.loaders import JSONFileLoader, Loader

from streamwarden.adapters.service_models import ServiceModels

DATA = Path(Loader.BUILTIN_DATA_PATH)


@pytest.mark.parametrize("name", ["endpoints", "ivs/2020-07-14/service-2", "ivs/missing"])
def test_a_file_holds_what_botocore_reads(name: str) -> None:
    path = str(DATA / name)

    assert ServiceModels().load_file(path) == JSONFileLoader().load_file(path)
