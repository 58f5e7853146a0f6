"""What all resource types of the API for real-time have in common: settings, tags and a quota."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivs_simulator.operations import tags
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resource_store import ResourceStore
from ivs_simulator.state.resources import Configuration
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.errors import quota_exceeded
from ivs_simulator.wire.model import Api
from ivs_simulator.wire.paging import Listing, page


@dataclass(frozen=True, slots=True, kw_only=True)
class RealTimeResource:
    """A type: `kind` as in ARNs, `shape` as in the model, whose answers are called after it.

    `defaults` are its members that can be left out, with what they are then.
    """

    kind: str
    shape: str
    defaults: Mapping[str, Any]

    @property
    def member(self) -> str:
        return self.shape[0].lower() + self.shape[1:]

    def held(self, account_region: AccountRegion) -> ResourceStore[Configuration]:
        return account_region.real_time[self.kind]

    def add(
        self,
        account_region: AccountRegion,
        params: Mapping[str, Any],
        settings: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Makes one of these settings, with the tags given; refuses one beyond the quota."""
        given_tags = tags.accepted(params.get("tags"))
        self._check_quota(account_region)
        arn = account_region.new_arn(self.kind)
        self.held(account_region)[arn] = Configuration(arn, dict(settings), given_tags)
        return self.answer(account_region, arn)

    def create(
        self, account_region: AccountRegion, params: dict[str, Any], _: datetime
    ) -> dict[str, Any]:
        return self.add(account_region, params, {**self.defaults, **self.given(params)})

    def get(
        self, account_region: AccountRegion, params: dict[str, Any], _: datetime
    ) -> dict[str, Any]:
        return self.answer(account_region, params["arn"])

    def list(
        self, account_region: AccountRegion, params: dict[str, Any], _: datetime
    ) -> dict[str, Any]:
        return self.page_of(self.held(account_region), params)

    def update(
        self, account_region: AccountRegion, params: dict[str, Any], _: datetime
    ) -> dict[str, Any]:
        held = self.held(account_region).named(params["arn"])
        held.settings = {**held.settings, **self.given(params)}
        return self.answer(account_region, held.arn)

    def delete(
        self, account_region: AccountRegion, params: dict[str, Any], _: datetime
    ) -> dict[str, Any]:
        held = self.held(account_region).named(params["arn"])
        del self.held(account_region)[held.arn]
        return {}

    def given(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {name: params[name] for name in self.defaults if params.get(name) is not None}

    def page_of(self, listing: Listing[Configuration], params: Mapping[str, Any]) -> dict[str, Any]:
        shown, more = page(listing, params, default=50)
        summaries = [_described(f"{self.shape}Summary", each) for each in shown]
        return {f"{self.member}s": summaries, **more}

    def answer(self, account_region: AccountRegion, arn: str) -> dict[str, Any]:
        return {self.member: _described(self.shape, self.held(account_region).named(arn))}

    def _check_quota(self, account_region: AccountRegion) -> None:
        name = f"{self.kind.replace('-', '_')}s"
        quota: int = getattr(account_region.options.quotas, name)
        # Only compositions end before they are gone.
        held = self.held(account_region).values()
        if sum("endTime" not in each.settings for each in held) >= quota:
            raise quota_exceeded(
                f"An account can have {quota} {name.replace('_', ' ')} in a region"
            )


def _described(shape: str, held: Configuration) -> dict[str, Any]:
    known = {name: value for name, value in held.described().items() if value is not None}
    return api_model.only_members(shape, known, Api.REAL_TIME)


@dataclass(frozen=True, slots=True)
class Matching:
    """Those of a listing that have all these settings."""

    listing: Listing[Configuration]
    wanted: Mapping[str, Any]

    def after(self, number: int) -> Iterator[tuple[int, Configuration]]:
        for entry in self.listing.after(number):
            settings = entry[1].settings
            if all(settings[member] == value for member, value in self.wanted.items()):
                yield entry


def matching(
    listing: Listing[Configuration], params: Mapping[str, Any], filters: Mapping[str, str]
) -> Listing[Configuration]:
    """`filters` are the members of a request, with the settings that they ask for."""
    wanted = {member: params[name] for name, member in filters.items() if params.get(name)}
    return Matching(listing, wanted) if wanted else listing
