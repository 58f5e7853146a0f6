"""`policy explain KIND`: all there is to say of a rule kind."""

from collections.abc import Iterator

from streamwarden_cli.policy.actions import NOTIFY
from streamwarden_cli.policy.reference.glossary import ACTIONS, NOTIFYING
from streamwarden_cli.policy.reference.kinds import Kind, Parameter
from streamwarden_cli.policy.reference.pages import Page, Section, Style
from streamwarden_cli.policy.reference.shipped import example_of


def explain_kind(kind: Kind) -> Page:
    return Page(
        f"{kind.name} (a rule kind about {format_family(kind)})",
        (
            Section("What it demands", (f"{kind.demand} {kind.details}",)),
            Section("Parameters", tuple(map(_parameter, kind.parameters)) or ("none",), Style.LIST),
            Section("Actions", tuple(_actions(kind)), Style.LIST),
            Section("Data", (capitalised(kind.data),)),
            Section("Costs", (format_cost(kind),)),
            _example(kind),
        ),
    )


def format_family(kind: Kind) -> str:
    return kind.family.replace("_", " ")


def format_cost(kind: Kind) -> str:
    """`No IVS call.`"""
    return capitalised(kind.cost.removeprefix("Costs "))


def capitalised(text: str) -> str:
    """With all that follows as it is, unlike `str.capitalize`."""
    return f"{text[0].upper()}{text[1:]}"


def _actions(kind: Kind) -> Iterator[str]:
    for action in kind.actions:
        yield f"{action}: {ACTIONS[action]}"
    yield f"{NOTIFY}: {NOTIFYING}"


def _parameter(parameter: Parameter) -> str:
    message = [f"{parameter.name}: {parameter.type}"]
    if parameter.is_required:
        message.append("required")
    elif parameter.default:
        message.append(f"default {parameter.default}")
    return f"{', '.join(message)}. {parameter.about}".strip()


def _example(kind: Kind) -> Section:
    example = example_of(kind.name)
    if example is None:
        return Section("Example", ())
    title = f"Example (policies/{example.file.name})"
    return Section(title, tuple(example.text.splitlines()), Style.QUOTED)
