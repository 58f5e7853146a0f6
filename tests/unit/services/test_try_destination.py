"""A destination that is tried answers for each sample, at its rate and within the time there is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from streamwarden.domain.arn import Place
from streamwarden.domain.notifications.message import UNLIMITED, Limits, Message
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import (
    MessageRefused,
    PermanentError,
    SecretUnusable,
    TemporaryError,
    Throttled,
    Unanswered,
)
from streamwarden.services.try_destination import Answer, DestinationTrial, Trial
from testbed.builders import NOON
from testbed.played_service import Service


@dataclass
class Tries:
    """A service that is tried. `has_seconds` is how long the function may run."""

    has_seconds: float = 30
    now: datetime = NOON
    service: Service = field(init=False)

    def __post_init__(self) -> None:
        self.service = Service(lambda: self.now)

    def run(self, limits: Limits = UNLIMITED) -> Trial:
        trial = DestinationTrial(
            place=Place("111122223333", "eu-west-1"), clock=lambda: self.now, pause=self._pause
        )
        return trial.run("chat", self.service, limits, self._has_time)

    def _pause(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _has_time(self) -> bool:
        return self.now - NOON < timedelta(seconds=self.has_seconds)


def refusing(error: Exception, status: NotificationStatus) -> Callable[[datetime, Message], None]:
    def answer(_: datetime, message: Message) -> None:
        if message.notifications[0].status is status:
            raise error

    return answer


def test_samples_keep_to_the_rate_of_the_destination() -> None:
    tries = Tries()

    trial = tries.run(Limits(interval=timedelta(seconds=1)))

    times = [at for at, _ in tries.service.taken]
    assert {each.answer for each in trial.tried} == {Answer.TAKEN}
    assert times == [NOON + timedelta(seconds=number) for number in range(8)]


@pytest.mark.parametrize(
    ("error", "answer", "reason"),
    [
        (TemporaryError("Slack cannot be reached"), Answer.NOT_TAKEN, "Slack cannot be reached"),
        (PermanentError("Slack answered 404"), Answer.NOT_TAKEN, "Slack answered 404"),
        (MessageRefused("Slack answered 400"), Answer.NOT_TAKEN, "Slack answered 400"),
        (Unanswered("Slack gave no answer"), Answer.IN_DOUBT, "Slack gave no answer"),
        (OSError("https://secret"), Answer.NOT_TAKEN, "OSError in our own code"),
    ],
)
def test_one_that_is_not_taken_has_its_reason_and_the_others_are_sent(
    error: Exception, answer: Answer, reason: str
) -> None:
    tries = Tries()
    tries.service.answer = refusing(error, NotificationStatus.WARNING)

    tried = tries.run().tried

    assert [(each.answer, each.reason) for each in tried if each.sample == "warning"] == [
        (answer, reason)
    ]
    assert {each.answer for each in tried if each.sample != "warning"} == {Answer.TAKEN}


@pytest.mark.parametrize(("asked", "waited"), [(3, 3), (3_600, 5)])
def test_a_service_that_asks_to_be_left_alone_is_left_alone_for_some_seconds(
    asked: float, waited: float
) -> None:
    tries = Tries()
    busy = Throttled("Slack answered 429", timedelta(seconds=asked))
    tries.service.answer = refusing(busy, NotificationStatus.OPENED)

    tries.run(Limits(largest=1))

    assert tries.service.taken[0][0] == NOON + timedelta(seconds=waited)


def test_what_there_is_no_time_for_is_not_sent() -> None:
    tries = Tries(has_seconds=2)

    tried = tries.run(Limits(interval=timedelta(seconds=1))).tried

    assert [each.answer for each in tried] == [Answer.TAKEN] * 2 + [Answer.NOT_SENT] * 6
    assert len(tries.service.taken) == 2


def test_a_secret_that_is_missing_is_said_once_and_not_for_each_sample() -> None:
    tries = Tries()
    tries.service.answer = refusing(
        SecretUnusable("there is no secret s/chat"), NotificationStatus.OPENED
    )

    trial = tries.run()

    assert trial == Trial(
        destination="chat", reason="destination 'chat': there is no secret s/chat"
    )
    assert tries.service.asked == 1
