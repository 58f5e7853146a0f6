"""Performs a step through the control interface of a simulator, and says what came of it.

The one engine: `policy test` and `replay` have the simulator in memory, `sim play` has one that
runs. So no scenario says what the simulated IVS would not do. External verdicts are not of IVS:
where a stack is deployed, they go to an event bus of its own.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from ivs_simulator.control.client import Control, ControlRefused
from streamwarden.domain.duration import format_duration
from streamwarden.domain.events import VERDICT_SOURCE
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.scenario.channels import Channel
from streamwarden_cli.scenario.fleet import Fleet
from streamwarden_cli.scenario.kinds import broadcasts, calls, conditions, verdicts
from streamwarden_cli.scenario.kinds.base import OnChannel, StepKind
from streamwarden_cli.scenario.naming import UnknownChannel, find
from streamwarden_cli.scenario.raw_events import RawEvent
from streamwarden_cli.scenario.timeline import Step
from streamwarden_cli.verdicts.event import envelope_of

type PutVerdict = Callable[[dict[str, Any]], object]


def perform(control: Control, step: Step, put_verdict: PutVerdict | None = None) -> str:
    """`put_verdict` takes the event of an external verdict, which by default goes where all go.

    Raises DocumentErrors for a step that is refused, or is expected to be and is not.
    """
    try:
        done = _do(control, step.does, put_verdict or control.publish)
    except (ControlRefused, UnknownChannel) as error:
        if step.is_refused and not _has_failed(error):
            return f"refused: {error}"
        raise DocumentErrors([step.problem(f"{step.name}: {error}")]) from error
    if step.is_refused:
        raise DocumentErrors([step.problem(f"{step.name}: expected to be refused; {done}")])
    return done


def _has_failed(error: Exception) -> bool:
    """Whether the simulator itself is at fault, which nobody expects."""
    return isinstance(error, ControlRefused) and error.code == "SimulatorFailed"


def puts_verdict(step: Step) -> bool:
    """Whether the step sends an external verdict."""
    match step.does:
        case RawEvent(value=envelope):
            return bool(envelope["source"] == VERDICT_SOURCE)
        case does:
            return isinstance(does, verdicts.Verdict)


def _do(control: Control, does: StepKind | RawEvent, put_verdict: PutVerdict) -> str:
    match does:
        case RawEvent(value=envelope):
            return _deliver(control, envelope, put_verdict)
        case verdicts.Verdict():
            return _judge(control, does, put_verdict)
        case _:
            return execute(control, does)


def _deliver(control: Control, envelope: dict[str, Any], put_verdict: PutVerdict) -> str:
    """An event as it was sent: the world becomes what it says, and the event is delivered."""
    if envelope["source"] == VERDICT_SOURCE:
        put_verdict(envelope)
    else:
        with suppress(ControlRefused):  # what the world cannot follow, observers take in, too
            control.mirror(envelope)
        control.publish(envelope)
    return f"delivered {envelope['detail-type']}"


def add_channels(control: Control, fleet: Fleet) -> None:
    """As they are before the first step, without an event; one that is there stays as it is.

    Raises DocumentErrors for a channel that cannot be.
    """
    there = control.state()
    taken = {each["arn"] for each in there} | {each["name"] for each in there}
    for index, channel in enumerate(fleet.channels):
        if channel.arn not in taken and channel.name not in taken:
            try:
                _add(control, channel)
            except ControlRefused as error:
                raise fleet.error(index, str(error)) from error


def _add(control: Control, channel: Channel) -> None:
    live = channel.live.broadcast if channel.live else None
    has_key = channel.record is None or not channel.record.has_no_key
    control.add_channel(
        channel.arn, live=live, tags=channel.tags, has_stream_key=has_key, **channel.settings
    )


def execute(control: Control, does: StepKind) -> str:
    """Raises UnknownChannel for a channel that is not there, ControlRefused for what cannot be."""
    match does:
        case calls.Create():
            return _create(control, does)
        case OnChannel():
            arn = find(control.state(), does.channel)
            match does:
                case calls.ApiStep():
                    return _call_about(control, does, arn)
                case _:
                    return _broadcast(control, does, arn)
        case calls.Call(operation=operation, request=request, by=by):
            control.call(operation, request, caller_arn=by)
            return f"{operation} called"
        case broadcasts.Reconnect():
            return f"{len(control.reconnect())} came back"
        case _:
            return _set(control, does)


def _judge(control: Control, does: verdicts.Verdict, put_verdict: PutVerdict) -> str:
    """IVS has no part in it."""
    arn = find(control.state(), does.channel)
    now = datetime.fromisoformat(control.whole_state()["now"])
    put_verdict(envelope_of(does.statement, arn, now))
    return f"{does.source} says {does.label!r}"


def _create(control: Control, does: calls.Create) -> str:
    if any(each["name"] == does.channel for each in control.state()):
        return "is there already"
    request = {"name": does.channel, "tags": does.tags, **does.settings}
    made = control.call("CreateChannel", request, caller_arn=does.by)
    return f"created as {made['channel']['arn']}"


def _call_about(control: Control, does: calls.ApiStep, arn: str) -> str:
    match does:
        case calls.Update():
            operation, request = "UpdateChannel", {"arn": arn, **does.settings}
        case calls.Delete():
            operation, request = "DeleteChannel", {"arn": arn}
        case calls.Tag(tags=tags):
            operation, request = "TagResource", {"resourceArn": arn, "tags": tags}
        case calls.Untag(keys=keys):
            operation, request = "UntagResource", {"resourceArn": arn, "tagKeys": keys}
        case calls.CreateKey():
            operation, request = "CreateStreamKey", {"channelArn": arn}
        case calls.DeleteKey():
            operation, request = "DeleteStreamKey", {"arn": _key_of(control, arn)}
        case _:
            raise TypeError(f"no call for {type(does).__name__}")
    control.call(operation, request, caller_arn=does.by)
    return f"{operation} called"


def _key_of(control: Control, arn: str) -> str:
    keys = [key for each in control.state() if each["arn"] == arn for key in each["streamKeyArns"]]
    if not keys:
        raise UnknownChannel("the channel has no stream key")
    return str(keys[0])


def _broadcast(control: Control, does: OnChannel, arn: str) -> str:
    match does:
        case broadcasts.GoLive(priority=priority, reconnect=reconnects):
            live = control.go_live(
                arn, priority=priority, reconnects=reconnects, ingest=does.ingest()
            )
            return f"live as {live.stream_id}"
        case broadcasts.Change():
            return _ended("sends something else", control.change_ingest(arn, **does.ingest()))
        case broadcasts.Stall():
            return f"silent: {control.stall(arn).health}"
        case broadcasts.Resume():
            return f"sends again: {control.resume(arn).health}"
        case broadcasts.Crash():
            return _ended("connection lost", control.crash(arn), "IVS waits for it")
        case broadcasts.Leave():
            control.leave(arn)
            return "left"
        case broadcasts.Viewers(count=count):
            return f"watched by {control.viewers(arn, count).viewers}"
        case _:
            return _by_ivs(control, does, arn)


def _by_ivs(control: Control, does: OnChannel, arn: str) -> str:
    match does:
        case broadcasts.Fail(reason=reason):
            return _ended("failed", control.fail_stream(arn, reason))
        case broadcasts.FailRecording():
            control.fail_recording(arn)
            return "its recording fails"
        case broadcasts.ExceedLimit():
            control.exceed_limit(arn, does.limit, does.value, does.exceeded_by, does.unit)
            return f"exceeds {does.limit}"
        case _:
            raise TypeError(f"nothing to do for {type(does).__name__}")


def _ended(what: str, is_live: bool, otherwise: str = "the stream goes on") -> str:
    return f"{what}; {otherwise if is_live else 'the stream has ended'}"


def _set(control: Control, does: StepKind) -> str:
    match does:
        case conditions.Chaos():
            return format_chaos(control.set_chaos(**does.knobs()))
        case conditions.Latencies(latencies=name):
            if name is not None:
                control.set_options(latencies=name)
            if single := does.single():
                control.set_options(latencies=single)
            return str(control.options()["latenciesName"])
        case conditions.Limits(enabled=enabled):
            control.set_rate_limits(enabled=enabled)
            return "on" if enabled else "off"
        case conditions.Quotas():
            control.set_options(quotas=does.given())
            return ", ".join(f"{name} {quota}" for name, quota in does.given().items())
        case _:
            raise TypeError(f"nothing to set for {type(does).__name__}")


def format_chaos(chaos: Mapping[str, Any]) -> str:
    """`loss 0.1, delay 0.2 up to 2h`, or `off`"""
    longest = format_duration(timedelta(seconds=chaos["longestDelay"]))
    knobs = (
        f"{name} {chaos[name]:g}{f' up to {longest}' if name == 'delay' else ''}"
        for name in ("loss", "duplication", "delay", "reordering")
        if chaos[name]
    )
    return ", ".join(knobs) or "off"
