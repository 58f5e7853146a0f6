"""Viewers of a private channel, by the ids that its playback tokens carry."""

from typing import Annotated

from msgspec import Meta, Struct

# The most of one BatchStartViewerSessionRevocation, and of the ids that it takes (API Reference).
MOST_VIEWERS = 20


class Viewer(Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """One viewer, and up to which version sessions are meant: by default the first, as in IVS."""

    id: Annotated[str, Meta(min_length=1, max_length=40)]
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


type Viewers = Annotated[tuple[Viewer, ...], Meta(max_length=MOST_VIEWERS)]
