"""The words of `streamwarden sim`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from streamwarden_cli.json_output import add_json
from streamwarden_cli.local.deployment import STACK_NAME
from streamwarden_cli.scenario.amounts import read_bitrate, read_resolution, read_span
from streamwarden_cli.scenario.channels import ChannelType, LatencyMode
from streamwarden_cli.sim.arguments import argument, read_tag
from streamwarden_cli.sim.place import STATE
from streamwarden_cli.verbosity import add_quiet, add_report_options, add_verbose

if TYPE_CHECKING:
    from streamwarden_cli.command import Subparsers

_SIMPLE: Final = {
    "stall": "no more data arrives, though the connection stands",
    "resume": "data arrives again",
    "crash": "the connection is lost",
    "leave": "the broadcaster ends the stream",
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Runs a local AWS with a simulated Amazon IVS and nothing else, and plays the "
        "broadcasters of one that runs: this one, or the one of `streamwarden local`. "
        "CHANNEL is an ARN, or a name that only one channel has."
    )
    actions = parser.add_subparsers(dest="sim_command", metavar="ACTION", required=True)
    _add_servers(actions)
    _add_create(actions)
    _add_broadcasts(actions)
    _add_conditions(actions)


def _add_servers(actions: "Subparsers") -> None:
    state = argparse.ArgumentParser(add_help=False)
    state.add_argument(
        "--state-dir", metavar="DIR", type=Path, default=STATE,
        help="what it keeps; another directory is another simulator (default: %(default)s)",
    )  # fmt: skip
    for name, text in (
        ("up", "start it"),
        ("down", "stop it; all that it held is gone"),
        ("status", "say whether and where it runs; exit 3 if not"),
    ):
        server = actions.add_parser(name, parents=[state], help=text)
        add_verbose(server)
        match name:
            case "up":
                add_report_options(server)
            case "down":
                add_quiet(server)
            case _:
                add_json(server)


def _add_create(actions: "Subparsers") -> None:
    create = _add(actions, "create", "make a channel; one of this name stays as it is")
    create.add_argument("channel", metavar="NAME")
    create.add_argument(
        "--type", choices=get_args(ChannelType.__value__), help="(default: STANDARD)"
    )
    create.add_argument(
        "--latency-mode", choices=get_args(LatencyMode.__value__), help="(default: LOW)"
    )
    create.add_argument("--authorized", action="store_true", help="private: viewers need a token")
    create.add_argument("--insecure-ingest", action="store_true", help="takes RTMP without TLS")
    create.add_argument(
        "--tag", metavar="KEY=VALUE", dest="tags", action="append", default=[],
        type=argument(read_tag), help="may be given several times",
    )  # fmt: skip


def _add_broadcasts(actions: "Subparsers") -> None:
    live = _add(actions, "go-live", "an encoder connects and streams")
    live.add_argument("channel", metavar="CHANNEL", nargs="?", help="whose present key it uses")
    live.add_argument(
        "--key-from-stdin", action="store_true",
        help="instead of CHANNEL: the encoder has the key that comes on standard input",
    )  # fmt: skip
    _add_sending(live)
    live.add_argument("--priority", metavar="N", type=int, help="take over from a lower priority")
    live.add_argument("--reconnect", action="store_true", help="come back when thrown off")
    _add_sending(_add_on_channel(actions, "change", "the encoder sends something else"))
    for name, text in _SIMPLE.items():
        _add_on_channel(actions, name, text)
    fail = _add_on_channel(actions, "fail", "IVS fails to process the stream (Stream Failure)")
    fail.add_argument("--reason", metavar="TEXT", help="what the event says")
    watch = _add_on_channel(actions, "watch", "a viewer asks to play the stream")
    watch.add_argument("--country", metavar="CODE", help="where IVS finds the viewer, such as DE")
    watch.add_argument("--origin", metavar="URL", help="the Origin header of the player")
    watch.add_argument(
        "--token-from-stdin", action="store_true",
        help="the playback token of a private channel comes on standard input",
    )  # fmt: skip
    viewers = _add_on_channel(actions, "viewers", "the stream is watched by so many")
    viewers.add_argument("count", metavar="N", type=int)


def _add_conditions(actions: "Subparsers") -> None:
    state = _add(actions, "state", "show the time, the conditions and every channel")
    add_json(state)
    advance = _add(actions, "advance", "move the time of IVS on, not that of a stack")
    advance.description = (
        "Moves the time of IVS on; what is due there happens. A stack keeps the real time: no "
        "limit of a rule and no timer comes sooner, and what IVS reports is in its future."
    )
    advance.add_argument("span", metavar="SPAN", type=argument(read_span), help="such as 2h30m")
    chaos = _add(actions, "chaos", "what may happen to events; without options: show it")
    chaos.add_argument("--off", action="store_true", help="nothing, besides what else is given")
    for knob in ("loss", "duplication", "delay", "reordering"):
        chaos.add_argument(f"--{knob}", metavar="P", type=float, help="a probability, 0 to 1")
    chaos.add_argument(
        "--longest-delay", metavar="SPAN", type=argument(read_span), help="such as 2h"
    )
    latencies = _add(actions, "latencies", "how long things take; without LATENCIES: show them")
    latencies.add_argument(
        "latencies", metavar="LATENCIES", nargs="?", choices=("instant", "realistic")
    )
    limits = _add(actions, "limits", "whether API calls are limited as on AWS")
    limits.add_argument("limits", metavar="on|off", nargs="?", choices=("on", "off"))
    play = _add(actions, "play", "play a scenario (docs/scenarios.md)")
    play.add_argument("file", metavar="FILE", type=Path)
    play.add_argument("--scenario", metavar="NAME", help="which one, where the file has several")
    play.add_argument(
        "--instantly", action="store_true", help="move the simulator's time instead of waiting"
    )
    play.add_argument(
        "--stack", "--stack-name", metavar="NAME", default=STACK_NAME,
        help="the stack on this local AWS that takes external verdicts (default: %(default)s)",
    )  # fmt: skip


def _add_sending(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--bitrate", metavar="BPS", type=argument(read_bitrate), help="of the video, such as 6M"
    )
    parser.add_argument(
        "--resolution", metavar="WxH", type=argument(read_resolution), help="such as 1920x1080"
    )
    parser.add_argument("--framerate", metavar="N", type=int, help="frames per second")
    parser.add_argument("--codec", metavar="CODEC", help="of the video, such as avc1.64001F")


def _add_on_channel(actions: "Subparsers", name: str, text: str) -> argparse.ArgumentParser:
    parser = _add(actions, name, text)
    parser.add_argument("channel", metavar="CHANNEL")
    return parser


def _add(actions: "Subparsers", name: str, text: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.add_argument(
        "--state-dir", metavar="DIR", type=Path, default=None,
        help="the simulator's (default: that of `sim up` or of `local up`, whichever runs)",
    )  # fmt: skip
    add_verbose(parser)
    return parser
