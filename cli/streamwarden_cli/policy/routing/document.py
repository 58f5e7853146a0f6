"""The part of a policy that says who is told. It decides nothing."""

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict

from streamwarden.domain.notifications.routing import Route, Routing
from streamwarden_cli.policy.routing.destinations import DestinationDocuments
from streamwarden_cli.policy.routing.routes import InhibitionDocuments, RouteDocuments
from streamwarden_cli.policy.tag_globs import fault_of_one_key

_OWNER_TAG: Final = "the key of the tag that says who a channel belongs to, such as owner"

_TELL_RECORDINGS: Final = "true has people told of each recording that is ready, with its place"


def _possible_key(key: str) -> str:
    if fault := fault_of_one_key(key):
        raise ValueError(fault)
    return key


class RoutingDocument(BaseModel):
    """Without destinations, everything goes to the topic of the stack; without routes, to all."""

    model_config = ConfigDict(frozen=True)

    destinations: DestinationDocuments = Field(default_factory=dict)
    routes: RouteDocuments = ()
    inhibit: InhibitionDocuments = ()
    owner_tag: Annotated[str, AfterValidator(_possible_key), Field(description=_OWNER_TAG)] = (
        Routing().owner_tag
    )

    tell_recordings: Annotated[bool, Strict(), Field(description=_TELL_RECORDINGS)] = False

    def compiled_routing(self) -> Routing:
        given = tuple(each.compiled(name) for name, each in self.destinations.items())
        destinations = given or Routing().destinations
        to_all = Route(to=tuple(each.name for each in destinations))
        return Routing(
            destinations=destinations,
            routes=tuple(each.compiled() for each in self.routes) or (to_all,),
            inhibitions=tuple(each.compiled() for each in self.inhibit),
            owner_tag=self.owner_tag,
            tells_recordings=self.tell_recordings,
        )
