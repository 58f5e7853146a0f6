"""The picture, bitrate and codecs that an encoder may send."""

from collections.abc import Callable, Mapping
from copy import replace
from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.globs import Texts
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.check import (
    ON_AIR,
    Judge,
    LiveCheck,
    breach,
    compliant,
    not_applicable,
)
from streamwarden.domain.rules.counts import CountCheck
from streamwarden.domain.rules.live_sessions import ingest_limits as limits
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding, NearLimit

# Encoders show kilobits and IVS counts bits: a ceiling of 6 kbit/s is a mistake.
_LEAST_BITRATE: Final = 10_000
# Some tools show frames per thousand seconds.
_MOST_FRAMERATE: Final = 1_000
# What encoders show, and what IVS reports (RFC 6381). Taken for globs, no stream would have them.
_GLOBS: Final = {
    **dict.fromkeys(("h264", "h.264", "x264", "avc", "avc1"), "avc1.*"),
    **dict.fromkeys(("h265", "h.265", "x265", "hevc", "hvc1"), "hvc1.*"),
    **dict.fromkeys(("aac", "mp4a"), "mp4a.*"),
}

_CEILINGS: Final[Mapping[str, Callable[[int], limits.Ceiling]]] = {
    "short_edge": limits.short_edge,
    "long_edge": limits.long_edge,
    "framerate": limits.framerate,
    "bitrate": limits.bitrate,
    "video_tracks": limits.video_tracks,
}
_CODECS: Final[Mapping[str, Callable[[Texts], limits.Codecs]]] = {
    "video_codecs": limits.video_codecs,
    "audio_codecs": limits.audio_codecs,
}


class IngestCeiling(CountCheck, LiveCheck, frozen=True):
    """An encoder must send no more than the given figures, and only with the given codecs.

    `short_edge` is in pixels of each video track: 720 allows 1280x720 and 720x1280. `long_edge` is
    in pixels of each video track. `framerate` is in frames per second of each video track.
    `bitrate` is in bits per second of all video tracks together. `video_tracks` is the number of
    video tracks. `video_codecs` are globs: H.264 is `avc1.*`. `audio_codecs` are globs: AAC-LC is
    `mp4a.40.2`. The rule compares what the encoder is set up to send, as far as the encoder reports
    it. The breach lasts as long as the stream. `warnings` are shares of the allowed bitrate, such
    as 90%, at which people get an early warning, each once per stream. No other figure has them: a
    resolution is allowed or it is not. A rule with the action `warn` in mode enforce also puts the
    `warnings` into the stream.
    Data: `GetStreamSession`, which sweeps call for each stream until IVS has the data. Costs one
    IVS call a stream, or one a sweep while IVS does not have the data; at most 20 a sweep.
    """

    breached_only_where: ClassVar = ON_AIR

    short_edge: int | None = None
    long_edge: int | None = None
    framerate: int | None = None
    bitrate: int | None = None
    video_tracks: int | None = None
    video_codecs: Texts = ()
    audio_codecs: Texts = ()

    def __post_init__(self) -> None:
        given = {name: getattr(self, name) for name in (*_CEILINGS, *_CODECS)}
        if not any(value not in (None, ()) for value in given.values()):
            raise ValueError(f"give at least one of {', '.join(given)}")
        for name in _CEILINGS:
            if given[name] is not None and given[name] < 1:
                raise ValueError(f"`{name}`: expected 1 or more, found {given[name]}")
        if self.bitrate is not None and self.bitrate < _LEAST_BITRATE:
            raise ValueError(
                f"`bitrate`: expected bits per second such as 6000000, found {self.bitrate}"
            )
        if self.framerate is not None and self.framerate > _MOST_FRAMERATE:
            raise ValueError(
                f"`framerate`: expected frames per second such as 60, found {self.framerate}"
            )
        self.refuse_warnings_of(self.bitrate, "bitrate")
        for name in _CODECS:
            _check_codecs(name, given[name])
        if self.long_edge and self.short_edge and self.long_edge < self.short_edge:
            raise ValueError(
                f"`long_edge`: expected at least the short edge of {self.short_edge}, "
                f"found {self.long_edge}"
            )

    @property
    def needs(self) -> Needs:
        return _INGEST

    def prepare(self) -> Judge:
        ceilings = [make(most) for name, make in _CEILINGS.items() if (most := getattr(self, name))]
        codecs = [make(globs) for name, make in _CODECS.items() if (globs := getattr(self, name))]

        def judge(facts: Facts, now: datetime) -> Finding:
            live = facts.live
            if live is None:
                return _OFF_AIR
            if live.ingest is None or not live.ingest.value.video:
                return _UNKNOWN
            faults, unknown_names = limits.compare(live.ingest.value, ceilings, codecs)
            about, near = one_stream(live.stream_id), self._near(live.ingest.value.video)
            if faults:
                since = min(live.on_air_at or now, now)
                return breach(
                    "; ".join(faults),
                    about=about,
                    since=since,
                    near=near,
                    compared={"ingest": live.ingest},
                )
            if unknown_names:
                names = ", ".join(dict.fromkeys(unknown_names))
                return not_applicable(f"the encoder does not report its {names}")
            return _WITHIN if near is None else replace(_WITHIN, subject=about, near=near)

        return judge

    def _near(self, video: limits.Tracks) -> NearLimit | None:
        if self.bitrate is None or not self.warnings:
            return None
        rate = limits.reported_bitrate(video)
        sent, allowed = map(limits.describe_bitrate, (rate, self.bitrate))
        text = f"the encoder of this stream sends {sent}; {allowed} is allowed"
        return self.near(rate, self.bitrate, text)


def _check_codecs(name: str, globs: Texts) -> None:
    for codec in globs:
        if glob := _GLOBS.get(codec.casefold()):
            expected = "expected the name that IVS reports"
            raise ValueError(f"`{name}`: {expected}, found {codec!r}; write {glob!r}")


_INGEST: Final = Needs(ingest=True)
_OFF_AIR: Final = not_applicable("the channel is not on the air")
_UNKNOWN: Final = not_applicable(
    "what the encoder sends is not known yet; sweeps read it when IVS has it"
)
_WITHIN: Final = compliant("the encoder sends no more than is allowed")
