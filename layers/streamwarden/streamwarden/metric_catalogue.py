"""The catalogue of the metrics that the functions emit: name, unit, who emits it, what it means.

Nothing else is emitted: `observability` counts what is here alone. docs/metrics.md is generated
from it, and alarms and dashboard of template.yaml are compared with it. Each metric has the stack's
name as its dimension `service`. A metric with another dimension has few values of it: CloudWatch
charges for each one.

Every function loads this at a cold start. So these are plain values: an enum of them takes a
millisecond to make.
"""

from typing import Final, Literal

from msgspec import Struct

NAMESPACE: Final = "Streamwarden"
STACK: Final = "service"
SEVERITY: Final = "severity"

# A function of the stack, or several that run the same code.
type Emitter = Literal["observers", "enforce", "notify", "sweep", "rotate_keys"]
OBSERVERS: Final = "observers"
ENFORCE: Final = "enforce"
NOTIFY: Final = "notify"
SWEEP: Final = "sweep"
ROTATE_KEYS: Final = "rotate_keys"

_OBSERVERS: Final = (OBSERVERS,)
_ENFORCE: Final = (ENFORCE,)
_NOTIFY: Final = (NOTIFY,)
_SWEEP: Final = (SWEEP,)
_ROTATE_KEYS: Final = (ROTATE_KEYS,)
_BEHIND_QUEUES: Final = (OBSERVERS, ENFORCE, NOTIFY)

# By CloudWatch's names.
_COUNT: Final = "Count"
_SECONDS: Final = "Seconds"


class Metric(Struct, frozen=True):
    """What is counted or measured. What is counted and is none is not emitted."""

    title: str
    unit: str
    emitters: tuple[str, ...]
    meaning: str
    dimension: str = ""


def catalogue() -> dict[str, Metric]:
    """Every metric, by its name in this module."""
    return {name: each for name, each in globals().items() if isinstance(each, Metric)}


MESSAGES_RECEIVED: Final = Metric(
    "MessagesReceived",
    _COUNT,
    _BEHIND_QUEUES,
    "Messages that a function was given, each time that it was given them.",
)
MESSAGES_FAILED: Final = Metric(
    "MessagesFailed",
    _COUNT,
    _BEHIND_QUEUES,
    "Messages that a function wants again, because they failed or there was no time for them.",
)
OLDEST_MESSAGE_KEPT: Final = Metric(
    "OldestMessageKept",
    _SECONDS,
    _BEHIND_QUEUES,
    "How long ago the oldest message was sent that a function wants again. The metric of SQS "
    "leaves out messages that were received three times.",
)
MESSAGES_DEAD_LETTERED: Final = Metric(
    "MessagesDeadLettered",
    _COUNT,
    _BEHIND_QUEUES,
    "Messages that a function put into a dead-letter queue. The metrics of SQS can be minutes "
    "late.",
)
STREAM_EVENTS: Final = Metric(
    "StreamEvents",
    _COUNT,
    _OBSERVERS,
    "Events of streams that begin, start, end or fail to start, which a decision took in.",
)
INPUTS_SKIPPED: Final = Metric(
    "InputsSkipped",
    _COUNT,
    _OBSERVERS,
    "Inputs about nothing that a rule looks at.",
)
BREACHES_OPENED: Final = Metric("BreachesOpened", _COUNT, _OBSERVERS, "Breaches that opened.")
BREACHES_RESOLVED: Final = Metric("BreachesResolved", _COUNT, _OBSERVERS, "Breaches that resolved.")
ACTIONS_REQUESTED: Final = Metric(
    "ActionsRequested",
    _COUNT,
    _OBSERVERS,
    "Actions that decisions requested, each attempt.",
)
EVENT_TO_DECISION: Final = Metric(
    "EventToDecision",
    _SECONDS,
    _OBSERVERS,
    "From the newest input of a decision that requested an action to the decision. An input's "
    "time is that of the event, or for which the timer was set.",
)
ACTIONS_DONE: Final = Metric("ActionsDone", _COUNT, _ENFORCE, "Actions that were carried out.")
ACTIONS_UNNECESSARY: Final = Metric(
    "ActionsUnnecessary",
    _COUNT,
    _ENFORCE,
    "Actions that found nothing left to do.",
)
ACTIONS_FAILED: Final = Metric("ActionsFailed", _COUNT, _ENFORCE, "Actions that IVS refused.")
ACTIONS_SKIPPED: Final = Metric(
    "ActionsSkipped",
    _COUNT,
    _ENFORCE,
    "Actions that no record holds as requested any more.",
)
ACTIONS_HELD: Final = Metric("ActionsHeld", _COUNT, _ENFORCE, "Actions that a brake held back.")
DECISION_TO_STOP: Final = Metric(
    "DecisionToStop",
    _SECONDS,
    _ENFORCE,
    "From the decision to stop a stream, or to quarantine its channel, to its end.",
)
NOTIFICATIONS_DELIVERED: Final = Metric(
    "NotificationsDelivered",
    _COUNT,
    _NOTIFY,
    "Notifications that a destination took.",
)
NOTIFICATIONS_ROUTED: Final = Metric(
    "NotificationsRouted",
    _COUNT,
    (OBSERVERS, ROTATE_KEYS),
    "Notifications that wait for a destination at least.",
)
MESSAGES_SENT: Final = Metric(
    "MessagesSent",
    _COUNT,
    _NOTIFY,
    "Messages that a destination took; a digest is one, whatever it holds.",
)
DESTINATION_FAILING: Final = Metric(
    "DestinationFailing",
    _COUNT,
    _NOTIFY,
    "Deliveries that failed because of the destination: it was away, slow or throttled, or its "
    "secret cannot be used; and looks at it until it is tried again.",
)
SWEEPS_FINISHED: Final = Metric(
    "SweepsFinished",
    _COUNT,
    _SWEEP,
    "Sweeps that have read and reported everything.",
)
SWEEP_LAG: Final = Metric(
    "SweepLag",
    _SECONDS,
    _SWEEP,
    "How old the first thing that a sweep read was when the sweep had reported everything.",
)
SWEEP_DIFFERENCES: Final = Metric(
    "SweepDifferences",
    _COUNT,
    _SWEEP,
    "Differences between the account and the records that a sweep reported.",
)
SWEEPS_CONTINUED: Final = Metric(
    "SweepsContinued",
    _COUNT,
    _SWEEP,
    "Invocations that left the rest of a sweep to another one.",
)
SWEEPS_SKIPPED: Final = Metric(
    "SweepsSkipped",
    _COUNT,
    _SWEEP,
    "Invocations that found another one at work on a sweep.",
)
EVENTS_LOST: Final = Metric(
    "EventsLost",
    _COUNT,
    _SWEEP,
    "Starts and ends of streams on known channels that a sweep found and no event had told.",
)
LIVE_STREAMS: Final = Metric("LiveStreams", _COUNT, _SWEEP, "Streams that IVS lists as live.")
RECORDS_KNOWN: Final = Metric("RecordsKnown", _COUNT, _SWEEP, "Records of resources in the table.")
RECORDS_OUTDATED: Final = Metric(
    "RecordsOutdated",
    _COUNT,
    _SWEEP,
    "Records that were decided under another policy, mode or version.",
)
INCIDENTS_OPEN: Final = Metric(
    "IncidentsOpen",
    _COUNT,
    _SWEEP,
    "Incidents that are open, by severity. By rule, the log line `open incidents` has them: "
    "a metric for each rule of a policy would cost as much as all others together.",
    SEVERITY,
)
CHANNELS_WITHOUT_KEY: Final = Metric(
    "ChannelsWithoutKey",
    _COUNT,
    _SWEEP,
    "Channels known to be without a stream key for more than ten minutes, and not quarantined.",
)
OLDEST_KEY: Final = Metric(
    "OldestKey",
    _SECONDS,
    _SWEEP,
    "The age of the oldest stream key whose creation is known, to a day.",
)
ROTATION_OVERDUE: Final = Metric(
    "RotationOverdue",
    _SECONDS,
    _SWEEP,
    "For how long the key has been due that has waited longest for its rotation.",
)
BREAKERS_TRIPPED: Final = Metric(
    "BreakersTripped",
    _COUNT,
    (OBSERVERS, SWEEP),
    "Rules whose breaker is tripped. Observers emit 1 as soon as one trips.",
)
KEY_ROTATIONS_DUE: Final = Metric(
    "KeyRotationsDue",
    _COUNT,
    _ROTATE_KEYS,
    "Keys that were due when a run of the rotation window began.",
)
KEY_ROTATIONS: Final = Metric("KeyRotations", _COUNT, _ROTATE_KEYS, "Keys that were replaced.")
KEY_ROTATIONS_FAILED: Final = Metric(
    "KeyRotationsFailed",
    _COUNT,
    _ROTATE_KEYS,
    "Keys that could not be replaced.",
)
