"""Failover slate configurations: what viewers see while a stream's ingest is interrupted.

Known from the API model alone; AWS documents neither a quota nor events for them.
"""

from datetime import datetime
from typing import Any

from ivs_simulator.operations import tags
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import Configuration
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.errors import conflict, quota_exceeded
from ivs_simulator.wire.paging import page

DEFAULTS: dict[str, Any] = {
    "name": "",
    "activationThresholdSeconds": 3,
    "minSlateDisplaySeconds": 3,
    "maxSlateDisplaySeconds": 60,
}
_READY = {"state": "CREATED"}


def create_failover_slate_configuration(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    """Answers CREATING, as a caller must be ready for; the next read finds it CREATED."""
    given_tags = tags.accepted(params.get("tags"))
    quota = account_region.options.quotas.failover_slate_configurations
    if len(account_region.failover_slate_configurations) >= quota:
        raise quota_exceeded(f"An account can have {quota} failover slate configurations")
    settings = {**DEFAULTS, **_given(params), **_READY}
    arn = account_region.new_arn("failover-slate-configuration")
    account_region.failover_slate_configurations[arn] = Configuration(arn, settings, given_tags)
    return _answer(account_region, arn, state="CREATING")


def get_failover_slate_configuration(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    return _answer(account_region, params["arn"])


def list_failover_slate_configurations(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    shown, more = page(account_region.failover_slate_configurations, params, default=100)
    return {"failoverSlateConfigurations": [_summarise(each) for each in shown], **more}


def update_failover_slate_configuration(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    """Answers UPDATING; sessions that began before keep what they began with."""
    held = account_region.failover_slate_configurations.named(params["arn"])
    held.settings = {**held.settings, **_given(params)}
    return _answer(account_region, held.arn, state="UPDATING")


def delete_failover_slate_configuration(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    held = account_region.failover_slate_configurations.named(params["arn"])
    if any(
        channel.settings["failoverSlateConfigurationArn"] == held.arn
        for channel in account_region.channels.values()
    ):
        raise conflict("The failover slate configuration is in use by a channel")
    del account_region.failover_slate_configurations[held.arn]
    return {}


def _given(params: dict[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in DEFAULTS if params.get(name) is not None}


def _answer(account_region: AccountRegion, arn: str, **added: str) -> dict[str, Any]:
    held = account_region.failover_slate_configurations.named(arn)
    return {"failoverSlateConfiguration": {**held.described(), **added}}


def _summarise(held: Configuration) -> dict[str, Any]:
    return api_model.only_members("FailoverSlateConfigurationSummary", held.described())
