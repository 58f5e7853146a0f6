"""`Tag Change on Resource`: AWS's event for any tag change, should IVS cause it.

Source: Tag Editor user guide, monitoring tag changes. No list says which services do.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ivs_simulator.events.envelopes import DetailType, EnvelopeMetadata, envelope
from ivs_simulator.wire.arns import Arn


def tag_change_event(
    metadata: EnvelopeMetadata,
    arn: str,
    changed: Iterable[str],
    tags: Mapping[str, str],
    version: int,
) -> dict[str, Any]:
    """`tags` is the whole set after the change; `version` counts the changes of the resource."""
    detail = {
        "changed-tag-keys": sorted(changed),
        "tags": dict(tags),
        "service": "ivs",
        "resource-type": Arn.parse(arn).kind,
        "version": version,
    }
    return {**envelope(metadata, DetailType.TAG_CHANGE, [arn], detail), "source": "aws.tag"}
