"""What is set for a channel or an account: by commands, breakers, sweeps and deployments."""

from datetime import datetime
from typing import assert_never

from streamwarden.domain.commands import (
    AcknowledgeIncident,
    AnyCommand,
    EndExemption,
    EndSilence,
    ExemptChannel,
    LimitMode,
    PauseActions,
    ProtectChannel,
    QuarantineChannel,
    ReleaseBreaker,
    ReleaseChannel,
    ResumeActions,
    SetMode,
    SilenceIncidents,
    StopStream,
    UnprotectChannel,
)
from streamwarden.domain.inputs import BreakerTripped, DeploymentObserved, StreamsCounted
from streamwarden.domain.state.controls import (
    AccountControls,
    Acknowledgement,
    BreakerRelease,
    ChannelControls,
    Exemption,
    ModeSetting,
    Pause,
    Protection,
    QuarantineOrder,
    ReleaseOrder,
    Silence,
    SilenceEnd,
    StopOrder,
    given_until,
)
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Resource


def from_control(
    given: AnyCommand | StreamsCounted | BreakerTripped | DeploymentObserved,
) -> Resource:
    match given:
        case StreamsCounted(resource_arn=arn, live=live):
            return _of_account(arn, AccountControls(live_streams=Stamped(live, given.time)))
        case BreakerTripped(resource_arn=arn, rule_id=rule_id):
            return _of_account(arn, AccountControls(tripped={rule_id: given.time}))
        case DeploymentObserved(resource_arn=arn, deployment=deployment):
            return _of_account(arn, AccountControls(deployment=Stamped(deployment, given.time)))
        case _:
            return _from_command(given)


def _from_command(command: AnyCommand) -> Resource:
    arn, at, by, why = command.resource_arn, command.time, command.author, command.reason
    match command:
        case PauseActions(until=end):
            return _of_account(arn, _paused(Pause(reason=why, author=by, until=end), at))
        case ResumeActions():
            return _of_account(arn, _paused(None, at))
        case LimitMode(rule_id=rule, mode=mode):
            limit = Stamped(ModeSetting(mode=mode, reason=why, author=by), at)
            return _of_account(arn, AccountControls(mode_limits={f"{rule}/{mode}": limit}))
        case SetMode(rule_id=rule, mode=given):
            setting = Stamped(ModeSetting(mode=given, reason=why, author=by), at)
            return _of_account(arn, AccountControls(modes={rule: setting}))
        case ReleaseBreaker(rule_id=rule, number=number):
            release = Stamped(BreakerRelease(number=number, reason=why, author=by), at)
            return _of_account(arn, AccountControls(releases={rule: release}))
        case SilenceIncidents(silence_id=silence_id):
            silences = {silence_id: Stamped(silence_from(command), at)}
            return _of_account(arn, AccountControls(silences=silences))
        case EndSilence(silence_id=silence_id):
            ends = {silence_id: Stamped(SilenceEnd(reason=why, author=by), at)}
            return _of_account(arn, AccountControls(silence_ends=ends))
        case _:
            return Resource(arn=arn, controls=_of_channel(command))


def silence_from(command: SilenceIncidents) -> Silence:
    return Silence(
        id=command.silence_id,
        until=command.until,
        reason=command.reason,
        author=command.author,
        rule=command.rule,
        channel=command.channel,
        owner=command.owner,
        severity=command.severity,
    )


def _of_channel(
    command: ExemptChannel
    | EndExemption
    | ProtectChannel
    | UnprotectChannel
    | QuarantineChannel
    | ReleaseChannel
    | StopStream
    | AcknowledgeIncident,
) -> ChannelControls:
    at, by, why = command.time, command.author, command.reason
    match command:
        case ExemptChannel(rule_id=rule, until=until):
            exemption = Exemption(until=until, reason=why, author=by)
            return ChannelControls(exemptions={rule: Stamped(exemption, at)})
        case EndExemption(rule_id=rule):
            return ChannelControls(exemptions={rule: Stamped(None, at)})
        case ProtectChannel(until=end):
            return _protected(Protection(reason=why, author=by, until=end), at)
        case UnprotectChannel():
            return _protected(None, at)
        case QuarantineChannel(until=end):
            order = QuarantineOrder(reason=why, author=by, until=end)
            return ChannelControls(quarantine=Stamped(order, at))
        case ReleaseChannel():
            return ChannelControls(release=Stamped(ReleaseOrder(reason=why, author=by), at))
        case StopStream(stream_id=stream_id):
            stop = StopOrder(reason=why, author=by, stream_id=stream_id or "")
            return ChannelControls(stop=Stamped(stop, at))
        case AcknowledgeIncident(rule_id=rule):
            acknowledgement = Acknowledgement(reason=why, author=by)
            return ChannelControls(acknowledgements={rule: Stamped(acknowledgement, at)})
        case _:
            assert_never(command)


def _paused(pause: Pause | None, at: datetime) -> AccountControls:
    return AccountControls(pause=Stamped(pause, at), pauses=given_until(pause, at))


def _protected(protection: Protection | None, at: datetime) -> ChannelControls:
    given = given_until(protection, at)
    return ChannelControls(protection=Stamped(protection, at), protections=given)


def _of_account(arn: str, controls: AccountControls) -> Resource:
    return Resource(arn=arn, account_controls=controls)
