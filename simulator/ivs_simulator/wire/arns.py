"""Amazon resource names of IVS: made and taken apart in one place."""

from typing import Final, NamedTuple, Self

# The resource types of the API for real-time; all others are of the API for low latency.
REAL_TIME_KINDS: Final = (
    "stage",
    "composition",
    "encoder-configuration",
    "ingest-configuration",
    "public-key",
    "storage-configuration",
)


class Arn(NamedTuple):
    """`arn:aws:ivs:<region>:<account>:<kind>/<id>`."""

    region: str
    account: str
    kind: str
    id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        match text.split(":", 5):
            case ["arn", "aws", "ivs", region, account, resource] if "/" in resource:
                kind, _, resource_id = resource.partition("/")
                return cls(region, account, kind, resource_id)
            case _:
                raise ValueError(f"not the ARN of an IVS resource: {text!r}")

    def __str__(self) -> str:
        return f"arn:aws:ivs:{self.region}:{self.account}:{self.kind}/{self.id}"
