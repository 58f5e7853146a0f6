"""Storage configurations: the bucket that compositions and participants are recorded to."""

from typing import Final

from ivs_simulator.operations.real_time_resources import RealTimeResource

STORAGE_CONFIGURATIONS: Final = RealTimeResource(
    kind="storage-configuration",
    shape="StorageConfiguration",
    defaults={"name": "", "s3": {}},
)
