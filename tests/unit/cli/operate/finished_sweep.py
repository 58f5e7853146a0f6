"""What a sweep leaves behind that has read everything."""

from typing import Final

from streamwarden.services.unfinished_sweep import FinishedSweep
from testbed.builders import at

LAST: Final = FinishedSweep(
    began_at=at(0, 55),
    finished_at=at(0, 56),
    decided_under="enforce:4f",
    channels=2,
    streams=1,
    differences=3,
    outdated=0,
    rechecked=0,
)
