"""Who watches: the views of each stream, and what playback keeps of its viewers.

Plain state. `broadcasting.viewers` decides who may watch and what a stream shows of it.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from ivs_simulator.playback.claims import PlaybackToken
from ivs_simulator.playback.revocations import Revocations
from ivs_simulator.state.resources import Session


@dataclass(slots=True, eq=False, repr=False)
class View:
    """One viewer in front of one stream; with what its token granted, on a private channel."""

    id: str
    views: "StreamViews"
    started_at: datetime
    granted: PlaybackToken | None = None
    left_at: datetime | None = None

    def __repr__(self) -> str:
        # Without the token's content and the views beside this one.
        shown = "playing" if self.is_playing else "over"
        return f"<View {self.id} of {self.channel_arn}, {self.stream_id}: {shown}>"

    @property
    def channel_arn(self) -> str:
        return self.views.session.channel_arn

    @property
    def stream_id(self) -> str:
        return self.views.session.stream_id

    @property
    def is_playing(self) -> bool:
        """No view outlives its stream."""
        return self.left_at is None and self.views.session.is_live

    def leave(self, at: datetime) -> None:
        """The viewer closes the player; a view that ended before keeps its time."""
        if self.is_playing:
            self.left_at = at
            self.views.let_go(self)


@dataclass(slots=True, eq=False)
class StreamViews:
    """The views of one stream, and those that are over but may still show in its count."""

    session: Session
    playing: dict[str, View] = field(default_factory=dict)
    left: deque[View] = field(default_factory=deque)

    def add(self, view: View) -> None:
        self.playing[view.id] = view

    def let_go(self, view: View) -> None:
        del self.playing[view.id]
        self.left.append(view)

    def shown(self, at: datetime, *, appears_after: timedelta, vanishes_after: timedelta) -> int:
        """The views that a count shows at this time; views that begin or end appear in it late."""
        self._forget_left_by(at - vanishes_after)
        began_by = at - appears_after
        counted = chain(self.playing.values(), self.left)
        return sum(view.started_at <= began_by for view in counted)

    def _forget_left_by(self, moment: datetime) -> None:
        """Time only grows, so the views that ended first are first."""
        while self.left and (left_at := self.left[0].left_at) is not None and left_at <= moment:
            self.left.popleft()


@dataclass(slots=True)
class Views:
    """All viewers of one account region. Revocations and spent tokens are kept for ever."""

    revocations: Revocations = field(default_factory=Revocations)
    spent_tokens: set[UUID] = field(default_factory=set)
    # Per channel: how many readings of its viewer count are going to time out.
    timeouts: dict[str, int] = field(default_factory=dict)
    is_quota_broken: bool = False
    _views: dict[tuple[str, str], StreamViews] = field(default_factory=dict)

    def of(self, session: Session) -> StreamViews:
        """The views of this stream; those of streams that are over are forgotten."""
        place = (session.channel_arn, session.stream_id)
        views = self._views.get(place)
        if views is None or views.session is not session:
            live = {name: each for name, each in self._views.items() if each.session.is_live}
            views = StreamViews(session)
            self._views = {**live, place: views}
        return views
