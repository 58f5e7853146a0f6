"""`streamwarden completion`: for shells that complete sub-commands, options and their values."""

import argparse
from typing import Final

from streamwarden_cli.completion import Shell, script_of
from streamwarden_cli.exit_codes import ExitCode

_DESCRIPTION: Final = """\
Prints a script with which a shell completes sub-commands, options and choices on the Tab key. Put
one of these lines into the file that the shell reads when it starts:

  bash  eval "$(streamwarden completion bash)"        ~/.bashrc
  zsh   eval "$(streamwarden completion zsh)"         ~/.zshrc, below `compinit`
  fish  streamwarden completion fish | source         ~/.config/fish/config.fish"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "shell", metavar="SHELL", choices=tuple(map(str, Shell)), help="bash, zsh or fish"
    )


def run(args: argparse.Namespace) -> ExitCode:
    print(script_of(Shell(args.shell), "streamwarden"))
    return ExitCode.DONE
