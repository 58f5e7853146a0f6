"""What somebody outside says of a stream: no event of IVS, and nothing that happens in it."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from streamwarden.domain.events import MalformedEvent
from streamwarden.domain.events.viewers import Viewer
from streamwarden_cli.scenario.kinds.base import OnChannel
from streamwarden_cli.verdicts.event import Statement


class NamedViewer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str
    version: int = 0


class Verdict(OnChannel):
    """`evidence` is a URL. Without `stream`, an id, it is about the stream that is live then."""

    label: str
    confidence: Annotated[float, Field(ge=0, le=1, description="a number from 0 to 1")]
    evidence: str = "https://evidence.example.com/1.jpg"
    source: str = "moderation"
    stream: str | None = None
    viewers: tuple[NamedViewer, ...] = Field(default=(), strict=False)

    @property
    def statement(self) -> Statement:
        return Statement(
            label=self.label,
            confidence=self.confidence,
            evidence_url=self.evidence,
            source=self.source,
            stream_id=self.stream,
            viewers=tuple(Viewer(each.id, each.version) for each in self.viewers),
        )

    @model_validator(mode="after")
    def _can_be_sent(self) -> Self:
        try:
            self.statement.check()
        except MalformedEvent as error:
            raise ValueError(str(error)) from error
        return self
