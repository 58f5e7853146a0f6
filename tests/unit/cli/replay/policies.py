"""Policies of one rule, so that a test sees what it is about."""

from typing import Final

MARATHON: Final = """\
version: 1
rules:
  - id: no-marathons
    kind: max_duration
    mode: enforce
    params: {limit: 1h}
    actions: [stop]
"""
MARATHON_AND_STALLS: Final = f"""\
{MARATHON}
  - id: stalled
    kind: starvation
    mode: notify
    params: {{limit: 10m}}
"""
TAGS: Final = """\
version: 1
rules:
  - id: owned
    kind: required_tags
    mode: enforce
    params: {tags: {team: {}}}
    actions: [tag: {set: {team: unassigned}}]
"""
KEYS: Final = """\
version: 1
rules:
  - id: fresh-keys
    kind: stream_key_age
    mode: enforce
    params: {limit: 30d}
    actions: [rotate_key]
"""
