"""Amazon IVS, as our services need it. Every answer and error of the API is translated here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import replace
from typing import TYPE_CHECKING, Any, Final

from botocore import xform_name
from botocore.exceptions import ClientError
from msgspec import Struct

from streamwarden.adapters.aws_errors import code_of, is_transient, translated
from streamwarden.domain.actions.base.calls import Call, ListedKey, LiveStream, SeenChannel
from streamwarden.domain.arn import ResourceType
from streamwarden.domain.inputs import Health
from streamwarden.domain.ivs import CHANNEL_SETTINGS, Api, ErrorCode, StreamState
from streamwarden.domain.listed_types import LISTED_TYPES, ListedType, api_of
from streamwarden.domain.redaction import redacted
from streamwarden.services.errors import TokenRefused
from streamwarden.services.records import ListedResource, Page, SecretValue

if TYPE_CHECKING:
    from types_boto3_ivs import IVSClient
    from types_boto3_ivs.type_defs import StreamSummaryTypeDef, StreamTypeDef

_PAGE: Final = 100


class IvsClients(Struct, frozen=True):
    """A client for each API. The second is made when it is first asked for: reading what botocore
    knows of an API is most of a cold start, and few policies are about both.
    """

    low_latency: "IVSClient"
    real_time: Callable[[], Any]

    def of(self, api: Api) -> Any:
        return self.real_time() if api is Api.REAL_TIME else self.low_latency


class IvsFleetListing(Struct, frozen=True):
    """FleetListing over ListStreams and the listings of the other resources."""

    clients: IvsClients

    def resources(self, resource: ResourceType, token: str = "") -> Page[ListedResource]:
        if resource is ResourceType.CHANNEL:
            found = self._page("ListChannels", "channels", token)
        else:
            found = self._listed_page(LISTED_TYPES[resource], token)
        if resource is ResourceType.PLAYBACK_KEY_PAIR:
            found = replace(found, entries=tuple(self._with_fingerprints(found.entries)))
        return Page(tuple(_listed(summary) for summary in found.entries), found.next_token)

    def _listed_page(self, listed: ListedType, token: str) -> Page[Any]:
        found = self._page(listed.listing, listed.entries, token, listed.api)
        entries = [each for each in found.entries if each.get("state") not in listed.over]
        if not listed.has_tags:
            entries = [*self._with_tags(entries, listed.api)]
        return replace(found, entries=tuple(entries))

    def _with_fingerprints(self, key_pairs: Iterable[Any]) -> Iterator[Any]:
        """Listings leave them out; there are at most three key pairs (quotas)."""
        for summary in key_pairs:
            with translated("ivs:GetPlaybackKeyPair"), _skipping_what_is_gone():
                answer = self.clients.low_latency.get_playback_key_pair(arn=summary["arn"])
                yield answer["keyPair"]

    def _with_tags(self, entries: Iterable[Any], api: Api) -> Iterator[Any]:
        """ListTagsForResource, once for each."""
        client = self.clients.of(api)
        for summary in entries:
            with translated("ivs:ListTagsForResource"), _skipping_what_is_gone():
                answer = client.list_tags_for_resource(resourceArn=summary["arn"])
                yield {**summary, "tags": answer["tags"]}

    def streams(self, token: str = "") -> Page[LiveStream]:
        found = self._page("ListStreams", "streams", token)
        return Page(tuple(_live_stream(each) for each in found.entries), found.next_token)

    def _page(
        self, operation: str, member: str, token: str, api: Api = Api.LOW_LATENCY
    ) -> Page[Any]:
        call = getattr(self.clients.of(api), xform_name(operation))
        more = {"nextToken": token} if token else {}
        with translated(f"ivs:{operation}"):
            try:
                answer = call(maxResults=_PAGE, **more)
            except ClientError as error:
                # The rest of the request is the same for every page.
                if not token or code_of(error) != ErrorCode.VALIDATION:
                    raise
                raise TokenRefused(
                    f"ivs:{operation}: the token of the next page is refused"
                ) from error
        return Page(tuple(answer[member]), answer.get("nextToken", ""))


class IvsStreamLookup(Struct, frozen=True):
    """StreamLookup over GetStream."""

    client: "IVSClient"

    def live_stream(self, channel_arn: str) -> LiveStream | None:
        with translated("ivs:GetStream"):
            try:
                answer = self.client.get_stream(channelArn=channel_arn)
            except ClientError as error:
                if code_of(error) == ErrorCode.CHANNEL_NOT_BROADCASTING:
                    return None
                raise
        stream = answer["stream"]
        return _live_stream(stream) if stream.get("state") != StreamState.OFFLINE else None


class IvsChannelLookup(Struct, frozen=True):
    """ChannelLookup over GetChannel, whose answer also holds the passphrase of SRT."""

    client: "IVSClient"

    def channel(self, channel_arn: str) -> SeenChannel | None:
        with translated("ivs:GetChannel"):
            try:
                channel: Mapping[str, Any] = self.client.get_channel(arn=channel_arn)["channel"]
            except ClientError as error:
                if code_of(error) == ErrorCode.NOT_FOUND:
                    return None
                raise
        settings = {name: channel[name] for name in CHANNEL_SETTINGS if name in channel}
        return SeenChannel(settings, channel.get("tags", {}))


class IvsOperations(Struct, frozen=True):
    """Operations of the APIs, by their names in the references. No stream key's value goes out.

    Each API sets the tags of its own resources.
    """

    clients: IvsClients

    def make(self, call: Call) -> str:
        client = self.clients.of(api_of(call.parameters.get("resourceArn", "")))
        operation = getattr(client, xform_name(call.operation))
        with translated(f"ivs:{call.operation}"):
            try:
                answer = operation(**redacted(dict(call.parameters)))
                _raise_failures(answer, call)
            except ClientError as error:
                if code_of(error) not in call.pointless_after:
                    raise
                return code_of(error)
        return ""


class IvsTags(Struct, frozen=True):
    """TagLookup over ListTagsForResource."""

    client: "IVSClient"

    def tags(self, resource_arn: str) -> Mapping[str, str]:
        with translated("ivs:ListTagsForResource"):
            return self.client.list_tags_for_resource(resourceArn=resource_arn)["tags"]


class IvsKeyControl(Struct, frozen=True):
    """KeyControl over the stream key operations."""

    client: "IVSClient"

    def find(self, channel_arn: str) -> ListedKey | None:
        with translated("ivs:ListStreamKeys"):
            keys = self.client.list_stream_keys(channelArn=channel_arn)["streamKeys"]
        return ListedKey(keys[0]["arn"], keys[0].get("tags", {})) if keys else None

    def delete(self, key_arn: str) -> None:
        with translated("ivs:DeleteStreamKey"):
            try:
                self.client.delete_stream_key(arn=key_arn)
            except ClientError as error:
                if code_of(error) != ErrorCode.NOT_FOUND:
                    raise

    def create(self, channel_arn: str, tags: Mapping[str, str]) -> ListedKey | None:
        with translated("ivs:CreateStreamKey"):
            try:
                answer = self.client.create_stream_key(
                    channelArn=channel_arn, tags=redacted(dict(tags))
                )
            except ClientError as error:
                if code_of(error) == ErrorCode.QUOTA_EXCEEDED:
                    return None
                raise
        key = answer["streamKey"]
        return ListedKey(key["arn"], key.get("tags", {}))

    def read(self, key_arn: str) -> SecretValue:
        with translated("ivs:GetStreamKey"):
            return SecretValue(self.client.get_stream_key(arn=key_arn)["streamKey"]["value"])


@contextmanager
def _skipping_what_is_gone() -> Iterator[None]:
    """It was deleted since it was listed."""
    try:
        yield
    except ClientError as error:
        if code_of(error) != ErrorCode.NOT_FOUND:
            raise


def _raise_failures(answer: Mapping[str, Any], call: Call) -> None:
    """A call about several things may fail for some of them. Then it counts as failed: a second
    call does no harm to the others. What may pass comes first, and what is pointless last.
    """
    failures = [
        ClientError({"Error": {"Code": code, "Message": each.get("message", "")}}, call.operation)
        for each in answer.get("errors", ())
        for code in [each.get("code", "Unknown")]
    ]
    if failures:
        raise min(
            failures,
            key=lambda each: (not is_transient(each), code_of(each) in call.pointless_after),
        )


def _listed(summary: Mapping[str, Any]) -> ListedResource:
    return ListedResource(
        arn=summary["arn"],
        settings={key: value for key, value in summary.items() if key not in ("arn", "tags")},
        tags=summary.get("tags", {}),
    )


def _live_stream(stream: "StreamSummaryTypeDef | StreamTypeDef") -> LiveStream:
    return LiveStream(
        channel_arn=stream["channelArn"],
        stream_id=stream.get("streamId", ""),
        health=_health(stream.get("health")),
        start_time=stream["startTime"],
        viewer_count=_viewer_count(stream.get("viewerCount")),
    )


def _viewer_count(count: int | None) -> int | None:
    """-1 says that counting timed out (API Reference, StreamSummary)."""
    return count if count is not None and count >= 0 else None


def _health(text: str | None) -> Health:
    """A value that IVS adds one day is one that says nothing yet."""
    return Health(text) if text in set(Health) else Health.UNKNOWN
