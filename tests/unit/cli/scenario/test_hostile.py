"""A scenario that cannot be is refused in words, with its file, and never with a traceback."""

import gzip
from pathlib import Path

import pytest

from streamwarden_cli.main import main
from streamwarden_cli.scenario import raw_events


@pytest.mark.parametrize(
    "scenario",
    [
        'steps: [{at: "0001-01-01T00:00:00+02:00", do: go-live}]',
        'steps: [{at: "9999-12-31T23:59:00-02:00", do: go-live}]',
        "steps: [{at: 12:00, do: go-live, times: 1000, every: 36500d}]",
        "{day: 9999-12-31, steps: [{at: 23:00, do: go-live}], until: 12h}",
        "{day: 0001-01-01, steps: [{at: 23:00, do: go-live}]}",
        "{steps: [{at: 12:00, do: go-live}], until: 9000-01-01 00:00}",
        "channels: {name: a, live: {startTime: 9999-12-31 23:59}}",
        'steps: [{file: "a\\0b"}]',
        f"steps: [{{file: {'a' * 5000}}}]",
        f"steps: [{{at: 12:00, do: go-live, bitrate: '{'9' * 400}'}}]",
        f"steps: [{{at: 12:00, do: go-live, resolution: '{'9' * 5000}x1'}}]",
        f"steps: [{{at: 12:00, do: go-live}}, {{at: 12:01, do: viewers, count: 1{'0' * 30}}}]",
    ],
)
def test_it_is_refused_in_words(
    scenario: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(f"{scenario}\n")

    assert main(["replay", str(file)]) == 1
    assert str(file) in capsys.readouterr().err


def nested(depth: int) -> str:
    return "{a: " * depth + "b" + "}" * depth


REALISTIC = "{at: 12:00, do: latencies, latencies: realistic}"


def call(request: str, before: str = "") -> str:
    step = f"{{at: 12:00, do: call, operation: CreateChannel, request: {request}}}"
    return f"{{until: 1d, steps: [{before}{step}]}}"


TOO_DEEP = "it is nested too deeply"


@pytest.mark.parametrize(
    ("scenario", "place", "why"),
    [
        (call(nested(32)), "1:21: steps[0]: call: detail.requestParameters.a", TOO_DEEP),
        (call(nested(300)), "1:21: steps[0]: call: detail.requestParameters.a", TOO_DEEP),
        (
            call(nested(300), f"{REALISTIC}, "),
            "1:71: steps[1]: call: detail.requestParameters.a",
            TOO_DEEP,
        ),
        (call(nested(3000)), "1:", TOO_DEEP),
        (call("&x {a: *x}"), "1:78: steps[0].request.a", "an anchor contains itself"),
        ("channels: &c [{tags: {a: *c}}]", "1:11: channels[0].tags.a", "an anchor contains itself"),
        ("x: &x {<<: *x}", "1:", ""),
    ],
)
def test_what_nests_too_deeply_is_refused_at_its_place(
    scenario: str, place: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(f"{scenario}\n")

    assert main(["replay", str(file)]) == 1
    output = capsys.readouterr().err
    assert output.startswith(f"{file}:{place}")
    assert why in output


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+10:00"])
def test_an_end_beyond_time_is_wrong_usage(until: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["replay", str(tmp_path), "--until", until])

    assert raised.value.code == 2


def test_a_file_that_unpacks_to_more_than_is_read_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_events, "_LARGEST", 1 << 20)
    file = tmp_path / "bomb.jsonl.gz"
    file.write_bytes(gzip.compress(b"\n" * (2 << 20)))

    assert main(["replay", str(file)]) == 1
    assert "more than 1 MiB, unpacked; split it" in capsys.readouterr().err
