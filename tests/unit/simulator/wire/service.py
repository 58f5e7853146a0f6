"""A service with two of everything, asked in the form its requests have on the wire."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from botocore.model import Shape, StructureShape
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ivs_simulator.dispatch.routing import Origin, Request, respond
from ivs_simulator.operations import table
from ivs_simulator.wire import model as api_model
from ivs_simulator.world import World
from tests.unit.simulator.wire.values import Declared, maximal, minimal

ACCOUNT: Final = "444455556666"
REGION: Final = "eu-central-1"
NOW: Final = datetime(2026, 3, 14, 18, 2, 11, tzinfo=UTC)
OPERATIONS: Final = tuple(table.OPERATIONS)

# The others about a channel are about its stream, and need one that is live.
_WITHOUT_STREAM: Final = ("UpdateChannel", "DeleteChannel", "CreateStreamKey")
# What one value excludes of the others, so that all members can be given at once.
_CHOSEN: Final = {
    "AdBreakId": "AbCdEfGhIjKl",
    "ContainerFormat": "TS",
    "IngestProtocol": "RTMPS",
    "IsMultitrackInputEnabled": False,
    "PlaybackRestrictionPolicyAllowedCountry": "DE",
    "StreamMetadata": "é" * 512,
    "Time": "2026-03-14T20:00:00+01:00",
}
_MEDIA_TAILOR: Final = f"arn:aws:mediatailor:{REGION}:{ACCOUNT}:playbackConfiguration/arena"


def public_key() -> str:
    made = ec.generate_private_key(ec.SECP384R1()).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return made.public_bytes(serialization.Encoding.PEM, form).decode()


_PUBLIC_KEYS: Final = [public_key() for _ in range(3)]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str | None:
        return self.headers.get("x-amzn-ErrorType")


@dataclass
class Service:
    """Of each kind, the resource named here is used by nothing; the live channel has an ad
    configuration, two sessions and a key, the idle channel has none.
    """

    world: World = field(default_factory=lambda: World(lambda: NOW))
    named: dict[str, Any] = field(default_factory=dict)
    idle: str = ""

    def __post_init__(self) -> None:
        self._make_configurations()
        self._make_channels()
        self._make_real_time()
        for name, value in list(self.named.items()):
            self.named[f"Channel{name}"] = value
        self.named.update(_CHOSEN, PlaybackPublicKeyMaterial=_PUBLIC_KEYS[2])

    def ask(self, operation: str, params: dict[str, Any]) -> Answer:
        return self._respond(request(operation, params))

    def send(self, method: str, path: str, body: bytes) -> Answer:
        return self._respond(Request(method, path, {}, body))

    def _respond(self, made: Request) -> Answer:
        return Answer(*respond(self.world, made, Origin(ACCOUNT, REGION)))

    def declaration(self, operation: str) -> Declared:
        def declared(shape: Shape) -> Any | None:
            if shape.name == "ChannelArn" and operation in _WITHOUT_STREAM:
                return self.idle
            if shape.name == "PaginationToken":
                return self._token(operation)
            return self.named.get(shape.name)

        return declared

    def least(self, operation: str) -> dict[str, Any]:
        made: dict[str, Any] = minimal(input_of(operation), self.declaration(operation))
        return made

    def most(self, operation: str) -> dict[str, Any]:
        made: dict[str, Any] = maximal(input_of(operation), self.declaration(operation))
        return made

    def contents(self) -> dict[str, Any]:
        """What the listings show."""
        return {each: self.ask(each, self.least(each)).content for each in LISTINGS}

    def make(self, operation: str, **params: Any) -> dict[str, Any]:
        return self.world.call(operation, params, account=ACCOUNT, region=REGION)

    def _make_configurations(self) -> None:
        bucket = {"destinationConfiguration": {"s3": {"bucketName": "acme-vod"}}}
        ads = {"mediaTailorPlaybackConfigurations": [{"playbackConfigurationArn": _MEDIA_TAILOR}]}
        self.named["MediaTailorPlaybackConfigurationArn"] = _MEDIA_TAILOR
        for number in range(2):
            made = [
                self.make("CreateRecordingConfiguration", **bucket),
                self.make("CreateAdConfiguration", **ads),
                self.make("CreateFailoverSlateConfiguration"),
                self.make("CreatePlaybackRestrictionPolicy"),
                self.make("ImportPlaybackKeyPair", publicKeyMaterial=_PUBLIC_KEYS[number]),
            ]
            for answer in made:
                ((member, described),) = answer.items()
                name = "PlaybackKeyPair" if member == "keyPair" else member[0].upper() + member[1:]
                self.named[f"{name}Arn"] = described["arn"]

    def _make_channels(self) -> None:
        first_ads = self.make("ListAdConfigurations")["adConfigurations"][0]["arn"]
        for _ in range(2):
            live = self.make("CreateChannel", adConfigurationArn=first_ads)
            broadcast = self.world.go_live(live["streamKey"]["value"])
        self.make("StopStream", channelArn=live["channel"]["arn"])
        broadcast = self.world.go_live(live["streamKey"]["value"])
        idle = self.make("CreateChannel")
        self.make("DeleteStreamKey", arn=idle["streamKey"]["arn"])
        self.idle = idle["channel"]["arn"]
        self.named["ChannelArn"] = self.named["ResourceArn"] = live["channel"]["arn"]
        self.named["StreamKeyArn"] = live["streamKey"]["arn"]
        self.named["StreamId"] = broadcast.stream_id

    def _make_real_time(self) -> None:
        destination = {"channel": {"channelArn": self.named["ChannelArn"]}}
        for number in range(2):
            stage = self.make("CreateStage")["stage"]["arn"]
            made = [
                self.make("CreateEncoderConfiguration"),
                self.make("CreateIngestConfiguration", ingestProtocol="RTMPS"),
                self.make("CreateStorageConfiguration", s3={"bucketName": "acme-vod"}),
                self.make("ImportPublicKey", publicKeyMaterial=_PUBLIC_KEYS[number]),
                self.make("StartComposition", stageArn=stage, destinations=[destination]),
            ]
            for answer in made:
                ((member, described),) = answer.items()
                self.named[f"{member[0].upper()}{member[1:]}Arn"] = described["arn"]
            self.named["StageArn"] = self.named["IngestConfigurationStageArn"] = stage
        storage = self.named["StorageConfigurationArn"]
        self.named["AutoParticipantRecordingStorageConfigurationArn"] = storage
        self.named["PublicKeyMaterial"] = _PUBLIC_KEYS[2]

    def _token(self, operation: str) -> str:
        """What goes on behind the first item of a listing; empty where that is the last."""
        answer = self.ask(operation, {**self.least(operation), "maxResults": 1})
        return str(answer.content.get("nextToken", ""))


def input_of(operation: str) -> StructureShape:
    shape = api_model.operation(operation).input_shape
    assert shape is not None
    return shape


LISTINGS: Final = [each for each in OPERATIONS if "nextToken" in input_of(each).members]


def request(operation: str, params: dict[str, Any]) -> Request:
    """The request a client makes of these parameters, valid or not."""
    http = api_model.operation(operation).http
    path, query, body = str(http["requestUri"]), {}, dict(params)
    for name, member in input_of(operation).members.items():
        match member.serialization.get("location"):
            case "uri":
                path = path.replace(f"{{{name}}}", quote(body.pop(name, None) or "", safe=""))
            case "querystring" if (items := body.pop(name, None)) is not None:
                query[member.serialization["name"]] = items
            case _:
                pass
    return Request(http["method"], path, query, json.dumps(body).encode())
