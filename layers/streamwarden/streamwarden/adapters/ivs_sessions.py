"""What GetStreamSession tells of a stream: the configuration of its encoder."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from msgspec import Struct

from streamwarden.adapters.aws_errors import code_of, translated
from streamwarden.domain.ivs import ErrorCode
from streamwarden.domain.state.ingest import AudioTrack, Ingest, VideoTrack

if TYPE_CHECKING:
    from types_boto3_ivs import IVSClient


class IvsStreamSessions(Struct, frozen=True):
    """StreamSessions over GetStreamSession."""

    client: "IVSClient"

    def ingest(self, channel_arn: str, stream_id: str) -> Ingest | None:
        with translated("ivs:GetStreamSession"):
            try:
                answer = self.client.get_stream_session(channelArn=channel_arn, streamId=stream_id)
            except ClientError as error:
                if code_of(error) == ErrorCode.NOT_FOUND:
                    return None
                raise
        return ingest_of(answer["streamSession"])


def ingest_of(session: Mapping[str, Any]) -> Ingest | None:
    """The tracks of a StreamSession; None while none of its video tracks says anything.

    The deprecated `ingestConfiguration` knows the first track only.
    """
    configurations = session.get("ingestConfigurations") or {}
    deprecated = session.get("ingestConfiguration") or {}
    videos = configurations.get("videoConfigurations") or _only(deprecated.get("video"))
    audios = configurations.get("audioConfigurations") or _only(deprecated.get("audio"))
    video = tuple(_video(each) for each in videos)
    if all(track == VideoTrack(name=track.name) for track in video):
        return None
    return Ingest(video=video, audio=tuple(_audio(each) for each in audios))


def _only(configuration: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return [configuration] if configuration else []


def _video(configuration: Mapping[str, Any]) -> VideoTrack:
    return VideoTrack(
        name=configuration.get("track") or "",
        width=_figure(configuration.get("videoWidth")),
        height=_figure(configuration.get("videoHeight")),
        framerate=_figure(configuration.get("targetFramerate")),
        bitrate=_figure(configuration.get("targetBitrate")),
        codec=configuration.get("codec") or "",
    )


def _audio(configuration: Mapping[str, Any]) -> AudioTrack:
    return AudioTrack(
        name=configuration.get("track") or "",
        bitrate=_figure(configuration.get("targetBitrate")),
        codec=configuration.get("codec") or "",
    )


def _figure(value: int | None) -> int | None:
    """No encoder sends nothing: a zero is one that was not told."""
    return value or None
