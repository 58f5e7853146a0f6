"""What the Tab key completes, through argcomplete, which no other module imports.

The shell runs `streamwarden` with the line so far in its environment. Only the parsers that the
line names are filled, so a completion loads what the sub-command loads, and nothing else.
"""

import argparse
import os
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NoReturn

import argcomplete
from argcomplete.lexers import split_line
from argcomplete.shell_integration import shellcode

from streamwarden_cli.command import Deferred, LazyParser


class Shell(StrEnum):
    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def script_of(shell: Shell, program: str) -> str:
    """What the shell has to read, so that it asks the program how its words go on."""
    return shellcode([program], shell=shell)


def complete(parser: LazyParser) -> NoReturn:
    """Answers the shell and ends the process. Only for a process that the shell runs for this."""
    line, point = os.environ["COMP_LINE"], int(os.environ["COMP_POINT"])
    *_, words, _ = split_line(line, point)
    _fill(parser, words)
    argcomplete.autocomplete(parser)
    raise AssertionError("argcomplete ends the process")


def _fill(parser: LazyParser, words: Sequence[str]) -> None:
    """The parser and those that the words name: argcomplete looks only at what is there."""
    parser.fill()
    for number, word in enumerate(words):
        for children in _children(parser):
            if word in children:
                child = children[word]
                children[word] = child.parser if isinstance(child, Deferred) else child
                _fill(children[word], words[number + 1 :])
                return


def _children(parser: argparse.ArgumentParser) -> list[dict[str, Any]]:
    actions = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    return [each._name_parser_map for each in actions]
