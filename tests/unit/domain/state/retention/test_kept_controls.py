"""Controls have bounds, and what has ended stays for as long as its command may come again."""

from datetime import timedelta

from streamwarden.domain.state.controls import (
    AccountControls,
    Acknowledgement,
    ChannelControls,
    Exemption,
    Sender,
    Silence,
    SilenceEnd,
)
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.retention.controls import kept_account_controls, kept_controls
from testbed.builders import at

AUTHOR = Sender(id="AIDAEXAMPLE")


def exempted(hours: float) -> Stamped[Exemption | None]:
    given = Exemption(until=at(hours + 1), reason="a final", author=AUTHOR)
    return Stamped(given, at(hours))


def test_an_exemption_is_forgotten_two_weeks_after_its_end() -> None:
    controls = ChannelControls(exemptions={"limit": exempted(0), "other": Stamped(None, at())})
    before, after = at() + timedelta(days=13), at(2) + timedelta(days=14)

    assert kept_controls(controls, before) == controls
    assert kept_controls(controls, after) == ChannelControls()


def test_an_acknowledgement_is_forgotten_after_two_weeks_and_of_many_the_newest_are_kept() -> None:
    given = Acknowledgement(reason="on it", author=AUTHOR)
    controls = ChannelControls(
        acknowledgements={f"{number:02}": Stamped(given, at(number)) for number in range(30)}
    )

    kept = kept_controls(controls, at(30))
    later = kept_controls(kept, at(20) + timedelta(days=14))

    assert kept is not None
    assert set(kept.acknowledgements) == {f"{number:02}" for number in range(10, 30)}
    assert later is not None
    assert set(later.acknowledgements) == {f"{number:02}" for number in range(20, 30)}


def test_of_many_exemptions_the_newest_are_kept() -> None:
    many = ChannelControls(exemptions={f"rule-{number}": exempted(number) for number in range(50)})

    kept = kept_controls(many, at(50))

    assert kept is not None
    assert set(kept.exemptions) == {f"rule-{number}" for number in range(30, 50)}
    assert kept_controls(kept, at(50)) == kept


def silenced(name: str, hours: float, lasts: float = 1) -> Stamped[Silence]:
    given = Silence(id=name, until=at(hours + lasts), reason="a final", author=AUTHOR, rule="*")
    return Stamped(given, at(hours))


def test_of_many_silences_those_that_ended_first_are_forgotten() -> None:
    lasting = {"lasting": silenced("lasting", 0, lasts=500)}
    over = {f"{number:03}": silenced(f"{number:03}", number) for number in range(120)}
    end = {"119": Stamped(SilenceEnd(reason="over", author=AUTHOR), at(119))}
    controls = AccountControls(silences={**over, **lasting}, silence_ends=end)

    kept = kept_account_controls(controls, at(200))

    assert kept is not None
    assert set(kept.silences) == {"lasting", *(f"{number:03}" for number in range(21, 120))}
    assert kept.silence_ends == end
    assert kept_account_controls(kept, at(200)) == kept


def test_a_silence_that_was_ended_is_forgotten_with_its_end_and_never_before_it() -> None:
    ends = {
        f"{number:03}": Stamped(SilenceEnd(reason="", author=AUTHOR), at()) for number in range(300)
    }
    controls = AccountControls(silences={"000": silenced("000", -1, lasts=90)}, silence_ends=ends)

    kept = kept_account_controls(controls, at(1))

    assert kept is not None
    assert (len(kept.silence_ends), "000" in kept.silence_ends) == (101, True)
    later = kept_account_controls(kept, at(1) + timedelta(days=14))
    assert later is not None
    assert later.silences == {}
