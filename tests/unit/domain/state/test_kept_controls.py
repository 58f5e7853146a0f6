"""Controls have bounds, and what has ended stays for as long as its command may come again."""

from datetime import timedelta

from streamwarden.domain.state.controls import ChannelControls, Exemption, Sender
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.retention.controls import kept_controls
from tests.unit.domain.builders import at

AUTHOR = Sender(id="AIDAEXAMPLE")


def exempted(hours: float) -> Stamped[Exemption | None]:
    given = Exemption(until=at(hours + 1), reason="a final", author=AUTHOR)
    return Stamped(given, at(hours))


def test_an_exemption_is_forgotten_two_weeks_after_its_end() -> None:
    controls = ChannelControls(exemptions={"limit": exempted(0), "other": Stamped(None, at())})
    before, after = at() + timedelta(days=13), at(2) + timedelta(days=14)

    assert kept_controls(controls, before) == controls
    assert kept_controls(controls, after) == ChannelControls()


def test_of_many_exemptions_the_newest_are_kept() -> None:
    many = ChannelControls(exemptions={f"rule-{number}": exempted(number) for number in range(50)})

    kept = kept_controls(many, at(50))

    assert kept is not None
    assert set(kept.exemptions) == {f"rule-{number}" for number in range(30, 50)}
    assert kept_controls(kept, at(50)) == kept
