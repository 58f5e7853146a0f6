"""What the parts of a channel in a scenario have in common: the API's words, and moments."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from streamwarden_cli.scenario.times import EXPECTED

type Name = Annotated[str, Field(min_length=1, description="text that is not empty")]
type Moment = Annotated[datetime, Field(description=EXPECTED)]


class Described(BaseModel):
    """A part of a channel in the API's words for it; what is not given is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    @property
    def members(self) -> dict[str, Any]:
        """By their API names, as JSON holds them."""
        return self.model_dump(mode="json", by_alias=True)
