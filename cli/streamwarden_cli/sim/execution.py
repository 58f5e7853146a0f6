"""Executes actions through the simulator's control interface and describes the results."""

from datetime import datetime

from ivs_simulator.control.client import Control
from streamwarden_cli.sim import actions
from streamwarden_cli.sim.channels import find
from streamwarden_cli.sim.text import format_chaos


def execute(control: Control, action: actions.Action) -> str:
    """Raises NotPlayable for a channel that is not there, ControlRefused for what cannot be."""
    match action:
        case actions.Create():
            return _create(control, action)
        case actions.OnChannel():
            return _on_channel(control, action, find(control.state(), action.channel))
        case actions.Chaos():
            return format_chaos(control.set_chaos(**action.knobs()))
        case actions.Latencies():
            control.set_options(latencies=action.latencies)
            return action.latencies
        case actions.Limits():
            control.set_rate_limits(enabled=action.enabled)
            return "on" if action.enabled else "off"
        case _:
            raise TypeError(f"no execution for {type(action).__name__}")


def _create(control: Control, action: actions.Create) -> str:
    state = control.whole_state()
    if any(each["name"] == action.channel for each in state["channels"]):
        return "is there already"
    return "created as " + control.create_channel_at(
        datetime.fromisoformat(state["now"]),
        name=action.channel,
        type=action.type,
        latencyMode=action.latency_mode,
        authorized=action.authorized,
        insecureIngest=action.insecure_ingest,
        tags=action.tags,
    )


def _on_channel(control: Control, action: actions.OnChannel, arn: str) -> str:
    match action:
        case actions.GoLive(priority=priority, reconnect=reconnects):
            live = control.go_live(
                arn, priority=priority, reconnects=reconnects, ingest=action.ingest()
            )
            return f"live as {live.stream_id}"
        case actions.Change():
            return _ended("sends something else", control.change_ingest(arn, **action.ingest()))
        case actions.Stall():
            return f"silent: {control.stall(arn).health}"
        case actions.Resume():
            return f"sends again: {control.resume(arn).health}"
        case actions.Crash():
            return _ended("connection lost", control.crash(arn), "IVS waits for it")
        case actions.Fail(reason=reason):
            return _ended("failed", control.fail_stream(arn, reason))
        case actions.Leave():
            control.leave(arn)
            return "left"
        case actions.Viewers(count=count):
            return f"watched by {control.viewers(arn, count).viewers}"
        case _:
            raise TypeError(f"no execution for {type(action).__name__}")


def _ended(what: str, is_live: bool, otherwise: str = "the stream goes on") -> str:
    return f"{what}; {otherwise if is_live else 'the stream has ended'}"
