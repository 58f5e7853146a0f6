"""Reads the files in which botocore describes AWS, with msgspec.

Most of what a client costs is reading them (docs/decisions/0001).
"""

import gzip
from pathlib import Path
from typing import Any

import msgspec
from botocore.loaders import JSONFileLoader


class ServiceModels(JSONFileLoader):
    """botocore's reader, for files that hold the same: the path has no ending."""

    def load_file(self, file_path: str) -> Any:
        """None where there is no such file, as botocore expects."""
        plain, packed = Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")
        if plain.is_file():
            return msgspec.json.decode(plain.read_bytes())
        if packed.is_file():
            return msgspec.json.decode(gzip.decompress(packed.read_bytes()))
        return None
