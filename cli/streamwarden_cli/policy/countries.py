"""The countries that a rule names, checked as IVS checks those of a playback restriction policy."""

from typing import Final

from pydantic import ValidationError

from ivs_simulator.playback.countries import ASSIGNED
from streamwarden.domain.rules import Check
from streamwarden_cli.documents.errors import as_error

# What people write, and the European Union too, for countries with another code.
_MEANT: Final = {"UK": "GB", "EL": "GR"}


def with_known_countries(check: Check) -> Check:
    """The same. Raises ValidationError, which names each country that is none."""
    countries = getattr(check, "countries", ())
    faults = [
        as_error(_fault(code), ("countries", index) if len(countries) > 1 else ("countries",), code)
        for index, code in enumerate(countries)
        if code not in ASSIGNED
    ]
    if faults:
        raise ValidationError.from_exception_data("params", faults)
    return check


def _fault(code: str) -> str:
    hint = f"; did you mean '{_MEANT[code]}'?" if code in _MEANT else ""
    return f"no country has the code {code!r}{hint} (expected one of ISO 3166-1 alpha-2)"
