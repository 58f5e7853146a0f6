"""What sub-commands share: each is a module of `commands` that is imported when it is asked for.

So `streamwarden --help` answers at once, and every command loads what it uses.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any, Final, NamedTuple, Protocol, cast

from streamwarden_cli.documents.suggestion import closest_word, did_you_mean
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.verbosity import print_traceback

type Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


class Command(Protocol):
    """What the module of a sub-command offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> ExitCode: ...


class Listed(NamedTuple):
    """A sub-command as its parent knows it: the module, and a line of help."""

    module: str
    help: str

    def load(self) -> Command:
        return cast(Command, import_module(self.module))


class LazyParser(argparse.ArgumentParser):
    """A parser whose arguments are added when something is parsed with it.

    For a word that it does not know it suggests the nearest one.
    """

    def __init__(self, *args: Any, listed: Listed | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self._listed = listed

    def fill(self) -> None:
        """Add the arguments, unless they are there."""
        listed, self._listed = self._listed, None
        if listed is not None:
            listed.load().configure(self)

    def parse_known_args(  # type: ignore[override]  # the overloads of typeshed say no more
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> Any:
        self.fill()
        namespace, unknown = super().parse_known_args(args, namespace)
        if unknown:  # said here and not by the parent, which does not know these options
            self.error(f"unrecognized arguments: {' '.join(unknown)}{self._suggestion(unknown)}")
        return namespace, unknown

    def _suggestion(self, unknown: Sequence[str]) -> str:
        """The nearest option, or the option of which a choice is the nearest."""
        options = [each for each in unknown if each.startswith("--")]
        name = options[0].partition("=")[0].removeprefix("--") if options else ""
        known = {
            str(choice): f"{option} {choice}"
            for option, action in self._option_string_actions.items()
            for choice in action.choices or ()
        }
        known |= {option.removeprefix("--"): option for option in self._option_string_actions}
        found = closest_word(name, known)
        return f"; did you mean '{known[found]}'?" if found else ""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            error.message += did_you_mean(str(value), [str(each) for each in action.choices or ()])
            raise


class Deferred:
    """Stands for the parser of a sub-command until a line names it: most are never made."""

    def __init__(self, **settings: Any) -> None:
        self._settings = settings

    @cached_property
    def parser(self) -> LazyParser:
        return LazyParser(**self._settings)

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:
        return self.parser.parse_known_args(args, namespace)


def add_commands(
    parser: argparse.ArgumentParser, commands: Mapping[str, Listed], dest: str
) -> None:
    """A sub-command for each, under its name; the one that is given stands in `dest`."""
    subparsers: Final[Any] = parser.add_subparsers(
        dest=dest,
        metavar="COMMAND",
        required=True,
        parser_class=cast(Any, Deferred),  # argparse asks no more of it than to parse
    )
    for name, listed in commands.items():
        subparsers.add_parser(name, help=listed.help, listed=listed)


def fail(error: Exception, *, is_verbose: bool = False) -> ExitCode:
    """The exit code, once it is said what went wrong with what a command works on."""
    if is_verbose:
        print_traceback(error)
    print(f"streamwarden: {error}", file=sys.stderr)
    return ExitCode.FAILED
