"""Playback restriction policies: few, shared by channels, and held while a channel has one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ivs_simulator.operations import tags
from ivs_simulator.playback import countries
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import Configuration
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.errors import conflict, invalid, quota_exceeded
from ivs_simulator.wire.paging import page

# Source: the IVS service quotas page.
MAXIMUM_COUNTRIES = 200
MAXIMUM_ORIGINS = 5
DEFAULTS: dict[str, Any] = {
    "allowedCountries": [],
    "allowedOrigins": [],
    "enableStrictOriginEnforcement": False,
    "name": "",
}


def create_playback_restriction_policy(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    given_tags = tags.accepted(params.get("tags"))
    settings = _accepted({**DEFAULTS, **_given(params)})
    quota = account_region.options.quotas.playback_restriction_policies
    if len(account_region.playback_restriction_policies) >= quota:
        text = f"An account can have {quota} playback restriction policies in a region"
        raise quota_exceeded(text)
    made = Configuration(
        account_region.new_arn("playback-restriction-policy"), settings, given_tags
    )
    account_region.playback_restriction_policies[made.arn] = made
    return {"playbackRestrictionPolicy": _describe(made)}


def get_playback_restriction_policy(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    held = account_region.playback_restriction_policies.named(params["arn"])
    return {"playbackRestrictionPolicy": _describe(held)}


def list_playback_restriction_policies(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    """One at a time unless asked for more, and botocore has no paginator for it."""
    shown, more = page(account_region.playback_restriction_policies, params, default=1)
    return {"playbackRestrictionPolicies": [_summarise(each) for each in shown], **more}


def update_playback_restriction_policy(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    """Allowed while channels that have the policy are live: nothing in AWS's pages forbids it.

    It applies to views that begin from now on. AWS does not say whether it turns away viewers in
    the middle of a stream. The simulator does not, so that no program relies on it.
    """
    held = account_region.playback_restriction_policies.named(params["arn"])
    held.settings = _accepted({**held.settings, **_given(params)})
    return {"playbackRestrictionPolicy": _describe(held)}


def delete_playback_restriction_policy(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    held = account_region.playback_restriction_policies.named(params["arn"])
    if any(
        channel.settings["playbackRestrictionPolicyArn"] == held.arn
        for channel in account_region.channels.values()
    ):
        raise conflict("The playback restriction policy is in use by a channel")
    del account_region.playback_restriction_policies[held.arn]
    return {}


def _given(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in DEFAULTS if params.get(name) is not None}


def _accepted(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings, once what the API model leaves to the service is found allowed.

    Too many entries are a ValidationException, though the pages list both numbers as quotas:
    UpdatePlaybackRestrictionPolicy does not model ServiceQuotaExceededException. A country code
    that is not assigned (`UK`, `de`) is refused because the API reference lists what is allowed.
    The form of origins is not checked: none is modelled, and a wrong one matches no viewer.
    """
    codes, origins = settings["allowedCountries"], settings["allowedOrigins"]
    if len(codes) > MAXIMUM_COUNTRIES:
        raise invalid(f"A policy can have at most {MAXIMUM_COUNTRIES} allowedCountries")
    if len(origins) > MAXIMUM_ORIGINS:
        raise invalid(f"A policy can have at most {MAXIMUM_ORIGINS} allowedOrigins")
    unassigned = sorted(set(codes) - countries.ASSIGNED)
    if unassigned:
        raise invalid(f"Not ISO 3166-1 alpha-2 country codes: {', '.join(unassigned)}")
    return settings


def _describe(held: Configuration) -> dict[str, Any]:
    return api_model.only_members("PlaybackRestrictionPolicy", held.described())


def _summarise(held: Configuration) -> dict[str, Any]:
    return api_model.only_members("PlaybackRestrictionPolicySummary", held.described())
