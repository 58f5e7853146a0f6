"""What rules about settings of a channel share: the breach of settings that are known and wrong."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from streamwarden.domain.rules.check import breach
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.verdicts import Finding


def breach_by(settings: Mapping[str, Stamped[Any]], reason: str, now: datetime) -> Finding:
    """Since the last of the settings was set, by their names."""
    since = max(each.at for each in settings.values())
    return breach(reason, about=RESOURCE, since=min(since, now), compared=settings)
