"""Where a dead letter belongs. Only a queue or a function of the stack itself is ever answered:
what a letter says of its target anybody may have written who may write to its queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from streamwarden_cli.operate.dead_letters.letter import DeadLetter, PutBy
from streamwarden_cli.operate.dead_letters.queues import Queue, source_of
from streamwarden_cli.operate.steering.sending import INBOX_OUTPUTS

_FUNCTION: Final = "FunctionName"
_NAME_OF_FUNCTION: Final = 6  # arn:aws:lambda:REGION:ACCOUNT:function:NAME


@dataclass(frozen=True, slots=True)
class ToQueue:
    queue: Queue


@dataclass(frozen=True, slots=True)
class ToFunction:
    """`name` is that of its output."""

    name: str
    function_name: str


@dataclass(frozen=True, slots=True)
class Nowhere:
    """It cannot be redriven, and why."""

    reason: str


type Destination = ToQueue | ToFunction | Nowhere


@dataclass(frozen=True, slots=True)
class Destinations:
    """The queues and functions of a stack."""

    queues: Sequence[Queue]
    outputs: Mapping[str, str]

    def of(self, letter: DeadLetter) -> Destination:
        if letter.is_truncated:
            return Nowhere("Scheduler has cut its text")
        dead_letters = next(each for each in self.queues if each.name == letter.queue)
        source = source_of(dead_letters, self.queues)
        if source is not None:
            return self._back_to(source, letter)
        match letter.put_by:
            case PutBy.EVENTBRIDGE | PutBy.SCHEDULER | PutBy.LAMBDA:
                return self._by_its_target(letter)
            case PutBy.STREAMWARDEN | PutBy.SQS:
                return Nowhere("it does not say where it belongs")

    def _back_to(self, source: Queue, letter: DeadLetter) -> Destination:
        if self._takes_orders(source):
            return Nowhere("an order would have you as its author, and another time: give it again")
        if letter.put_by is PutBy.LAMBDA:
            return Nowhere(f"it is an invocation, in the dead letters of {source.name}")
        if letter.target_arn not in ("", source.arn):
            return Nowhere(f"its target {letter.target_arn} is not {source.name}")
        return ToQueue(source)

    def _by_its_target(self, letter: DeadLetter) -> Destination:
        for queue in self.queues:
            if queue.arn == letter.target_arn and not queue.holds_dead_letters:
                return self._back_to(queue, letter)
        name = letter.target_arn.split(":")[_NAME_OF_FUNCTION:][:1]
        for output, value in self.outputs.items():
            if output.endswith(_FUNCTION) and [value] == name:
                return ToFunction(output.removesuffix(_FUNCTION), value)
        return Nowhere(f"its target {letter.target_arn or 'is missing and'} is not of this stack")

    def _takes_orders(self, queue: Queue) -> bool:
        return queue.url in [self.outputs.get(each) for each in INBOX_OUTPUTS.values()]


def describe_destination(destination: Destination) -> str:
    match destination:
        case ToQueue(queue):
            return queue.name
        case ToFunction(name):
            return f"the function {name}"
        case Nowhere(reason):
            return f"nowhere: {reason}"
