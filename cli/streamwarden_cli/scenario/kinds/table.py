"""Each kind of step by the word that a scenario has for it."""

from collections.abc import Mapping
from typing import Final

from streamwarden_cli.scenario.kinds.base import StepKind
from streamwarden_cli.scenario.kinds.broadcasts import (
    Change,
    Crash,
    ExceedLimit,
    Fail,
    FailRecording,
    GoLive,
    Leave,
    Reconnect,
    Resume,
    Stall,
    Viewers,
)
from streamwarden_cli.scenario.kinds.calls import (
    Call,
    Create,
    CreateKey,
    Delete,
    DeleteKey,
    Tag,
    Untag,
    Update,
)
from streamwarden_cli.scenario.kinds.conditions import Chaos, Latencies, Limits, Quotas
from streamwarden_cli.scenario.kinds.verdicts import Verdict

STEP_KINDS: Final[Mapping[str, type[StepKind]]] = {
    "go-live": GoLive,
    "change": Change,
    "stall": Stall,
    "resume": Resume,
    "crash": Crash,
    "leave": Leave,
    "reconnect": Reconnect,
    "viewers": Viewers,
    "fail": Fail,
    "fail-recording": FailRecording,
    "exceed-limit": ExceedLimit,
    "verdict": Verdict,
    "create": Create,
    "update": Update,
    "delete": Delete,
    "tag": Tag,
    "untag": Untag,
    "create-key": CreateKey,
    "delete-key": DeleteKey,
    "call": Call,
    "chaos": Chaos,
    "latencies": Latencies,
    "limits": Limits,
    "quotas": Quotas,
}
