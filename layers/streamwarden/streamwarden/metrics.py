"""The catalogue of the metrics that the functions emit: name, unit, who emits it, what it means.

Nothing else is emitted: `observability` counts members of `Metric` alone. docs/metrics.md is
generated from it, and alarms and dashboard of template.yaml are compared with it. Each metric has
the stack's name as its dimension `service`. A metric with another dimension has few values of it:
CloudWatch charges for each one.
"""

from enum import Enum, StrEnum
from typing import Final

NAMESPACE: Final = "Streamwarden"
STACK: Final = "service"
SEVERITY: Final = "severity"


class Emitter(StrEnum):
    """A function of the stack, or several that run the same code."""

    OBSERVERS = "observers"
    ENFORCE = "enforce"
    NOTIFY = "notify"
    SWEEP = "sweep"
    ROTATE_KEYS = "rotate_keys"


class Unit(StrEnum):
    """By CloudWatch's names."""

    COUNT = "Count"
    SECONDS = "Seconds"


_OBSERVERS: Final = (Emitter.OBSERVERS,)
_ENFORCE: Final = (Emitter.ENFORCE,)
_NOTIFY: Final = (Emitter.NOTIFY,)
_SWEEP: Final = (Emitter.SWEEP,)
_ROTATE_KEYS: Final = (Emitter.ROTATE_KEYS,)
_BEHIND_QUEUES: Final = (Emitter.OBSERVERS, Emitter.ENFORCE, Emitter.NOTIFY)


class Metric(Enum):
    """What is counted and measured. What is counted and is none is not emitted."""

    def __init__(
        self,
        title: str,
        unit: Unit,
        emitters: tuple[Emitter, ...],
        meaning: str,
        dimension: str = "",
    ) -> None:
        self.title = title
        self.unit = unit
        self.emitters = emitters
        self.meaning = meaning
        self.dimension = dimension

    MESSAGES_RECEIVED = (
        "MessagesReceived",
        Unit.COUNT,
        _BEHIND_QUEUES,
        "Messages that a function was given, each time that it was given them.",
    )
    MESSAGES_FAILED = (
        "MessagesFailed",
        Unit.COUNT,
        _BEHIND_QUEUES,
        "Messages that a function wants again, because they failed or there was no time for them.",
    )
    OLDEST_MESSAGE_KEPT = (
        "OldestMessageKept",
        Unit.SECONDS,
        _BEHIND_QUEUES,
        "How long ago the oldest message was sent that a function wants again. The metric of SQS "
        "leaves out messages that were received three times.",
    )
    MESSAGES_DEAD_LETTERED = (
        "MessagesDeadLettered",
        Unit.COUNT,
        _BEHIND_QUEUES,
        "Messages that a function put into a dead-letter queue. The metrics of SQS can be minutes "
        "late.",
    )
    STREAM_EVENTS = (
        "StreamEvents",
        Unit.COUNT,
        _OBSERVERS,
        "Events of streams that begin, start, end or fail to start, which a decision took in.",
    )
    INPUTS_SKIPPED = (
        "InputsSkipped",
        Unit.COUNT,
        _OBSERVERS,
        "Inputs about nothing that a rule looks at.",
    )
    BREACHES_OPENED = ("BreachesOpened", Unit.COUNT, _OBSERVERS, "Breaches that opened.")
    BREACHES_RESOLVED = ("BreachesResolved", Unit.COUNT, _OBSERVERS, "Breaches that resolved.")
    ACTIONS_REQUESTED = (
        "ActionsRequested",
        Unit.COUNT,
        _OBSERVERS,
        "Actions that decisions requested, each attempt.",
    )
    EVENT_TO_DECISION = (
        "EventToDecision",
        Unit.SECONDS,
        _OBSERVERS,
        "From the newest input of a decision that requested an action to the decision. An input's "
        "time is that of the event, or for which the timer was set.",
    )
    ACTIONS_DONE = ("ActionsDone", Unit.COUNT, _ENFORCE, "Actions that were carried out.")
    ACTIONS_UNNECESSARY = (
        "ActionsUnnecessary",
        Unit.COUNT,
        _ENFORCE,
        "Actions that found nothing left to do.",
    )
    ACTIONS_FAILED = ("ActionsFailed", Unit.COUNT, _ENFORCE, "Actions that IVS refused.")
    ACTIONS_SKIPPED = (
        "ActionsSkipped",
        Unit.COUNT,
        _ENFORCE,
        "Actions that no record holds as requested any more.",
    )
    ACTIONS_HELD = ("ActionsHeld", Unit.COUNT, _ENFORCE, "Actions that a brake held back.")
    DECISION_TO_STOP = (
        "DecisionToStop",
        Unit.SECONDS,
        _ENFORCE,
        "From the decision to stop a stream, or to quarantine its channel, to its end.",
    )
    NOTIFICATIONS_DELIVERED = (
        "NotificationsDelivered",
        Unit.COUNT,
        _NOTIFY,
        "Notifications that a destination took.",
    )
    DESTINATION_FAILING = (
        "DestinationFailing",
        Unit.COUNT,
        _NOTIFY,
        "Deliveries that failed because of the destination: it was away, slow or throttled, or "
        "refused the sender.",
    )
    SWEEPS_FINISHED = (
        "SweepsFinished",
        Unit.COUNT,
        _SWEEP,
        "Sweeps that have read and reported everything.",
    )
    SWEEP_LAG = (
        "SweepLag",
        Unit.SECONDS,
        _SWEEP,
        "How old the first thing that a sweep read was when the sweep had reported everything.",
    )
    SWEEP_DIFFERENCES = (
        "SweepDifferences",
        Unit.COUNT,
        _SWEEP,
        "Differences between the account and the records that a sweep reported.",
    )
    SWEEPS_CONTINUED = (
        "SweepsContinued",
        Unit.COUNT,
        _SWEEP,
        "Invocations that left the rest of a sweep to another one.",
    )
    SWEEPS_SKIPPED = (
        "SweepsSkipped",
        Unit.COUNT,
        _SWEEP,
        "Invocations that found another one at work on a sweep.",
    )
    EVENTS_LOST = (
        "EventsLost",
        Unit.COUNT,
        _SWEEP,
        "Starts and ends of streams on known channels that a sweep found and no event had told.",
    )
    LIVE_STREAMS = ("LiveStreams", Unit.COUNT, _SWEEP, "Streams that IVS lists as live.")
    RECORDS_KNOWN = ("RecordsKnown", Unit.COUNT, _SWEEP, "Records of resources in the table.")
    RECORDS_OUTDATED = (
        "RecordsOutdated",
        Unit.COUNT,
        _SWEEP,
        "Records that were decided under another policy, mode or version.",
    )
    INCIDENTS_OPEN = (
        "IncidentsOpen",
        Unit.COUNT,
        _SWEEP,
        "Incidents that are open, by severity. By rule, the log line `open incidents` has them: "
        "a metric for each rule of a policy would cost as much as all others together.",
        SEVERITY,
    )
    CHANNELS_WITHOUT_KEY = (
        "ChannelsWithoutKey",
        Unit.COUNT,
        _SWEEP,
        "Channels known to be without a stream key for more than ten minutes, and not quarantined.",
    )
    OLDEST_KEY = (
        "OldestKey",
        Unit.SECONDS,
        _SWEEP,
        "The age of the oldest stream key whose creation is known, to a day.",
    )
    ROTATION_OVERDUE = (
        "RotationOverdue",
        Unit.SECONDS,
        _SWEEP,
        "For how long the key has been due that has waited longest for its rotation.",
    )
    BREAKERS_TRIPPED = (
        "BreakersTripped",
        Unit.COUNT,
        (Emitter.OBSERVERS, Emitter.SWEEP),
        "Rules whose breaker is tripped. Observers emit 1 as soon as one trips.",
    )
    KEY_ROTATIONS_DUE = (
        "KeyRotationsDue",
        Unit.COUNT,
        _ROTATE_KEYS,
        "Keys that were due when a run of the rotation window began.",
    )
    KEY_ROTATIONS = ("KeyRotations", Unit.COUNT, _ROTATE_KEYS, "Keys that were replaced.")
    KEY_ROTATIONS_FAILED = (
        "KeyRotationsFailed",
        Unit.COUNT,
        _ROTATE_KEYS,
        "Keys that could not be replaced.",
    )
