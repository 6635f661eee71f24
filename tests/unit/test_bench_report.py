"""The benchmarks' table and JSON; nothing is measured here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.report import Goal, Measure, Run, number, table
from benchmarks.terminal import Terminal, p95, resident_mb
from crm_tui.text import cell_width


@pytest.mark.parametrize(
    ("ours", "goals", "peers", "met"),
    [
        (89.0, (Goal(90),), {}, True),
        (91.0, (Goal(90),), {}, False),
        (5_000.0, (Goal(5_000, at_least=True),), {}, True),
        (4_999.0, (Goal(5_000, at_least=True),), {}, False),
        (0.6, (Goal(0.6, "harlequin"),), {"harlequin": 1.0}, True),
        (0.7, (Goal(0.6, "harlequin"),), {"harlequin": 1.0, "visidata": 9.0}, False),
        (0.1, (Goal(0.6, "harlequin"),), {}, None),
        (17.0, (Goal(1, "harlequin"), Goal(16)), {}, False),
        (None, (Goal(90),), {}, False),
        (1.0, (), {}, None),
    ],
)
def test_met(
    ours: float | None, goals: tuple[Goal, ...], peers: dict[str, float], met: bool | None
) -> None:
    assert Measure("area", "what", "MB", ours, goals, peers).met is met


def test_the_ratio_is_to_the_first_peer() -> None:
    measure = Measure("a", "b", "ms", 3.0, (), {"harlequin": 6.0, "visidata": 1.0})
    assert measure.ratio == 0.5
    assert Measure("a", "b", "ms", 3.0).ratio is None


def test_numbers_say_their_unit() -> None:
    assert number(1234.4, "bytes") == "1,234 bytes"
    assert number(0.4321, "s") == "0.43 s"
    assert number(8.25, "ms") == "8.2 ms"
    assert number(None, "MB") == "–"


def test_the_table_is_aligned_in_cells() -> None:
    goals = (Goal(0.6, "harlequin"),)
    measures = [
        Measure("start", "process start → rows 名册", "s", 0.5, goals, {"harlequin": 1.0}),
        Measure("keys", "↓", "bytes", 196.0, (Goal(250),)),
    ]
    lines = table(measures).splitlines()
    places = {cell_width(line[: line.index(word)]) for line, word in zip(
        (lines[0], lines[2], lines[3]), ("goal", "≤ 0.6 × harlequin", "≤ 250 bytes"), strict=True
    )}  # fmt: skip
    assert len(places) == 1
    assert lines[2].endswith("yes")


def test_the_json_holds_everything_that_the_table_shows() -> None:
    run = Run(1_000_000, {"harlequin": "2.17.0"})
    run.measures.append(Measure("keys", "↓", "bytes", 260.0, (Goal(250),), {"harlequin": 1_300.0}))
    run.failures["tiers"] = "no server"
    found = json.loads(run.as_json())
    (measure,) = found["measures"]
    assert (measure["ratio"], measure["met"]) == (0.2, False)
    assert measure["goals"] == [{"limit": 250, "of": "", "at_least": False}]
    assert found["customers"] == 1_000_000
    assert len(found["machine"]["load_average_before"]) == 3
    assert "tiers FAILED: no server" in run.text()


def test_p95_of_few_is_the_largest() -> None:
    assert p95([1.0, 9.0, 3.0]) == 9.0
    assert p95(list(range(100))) == 95


@pytest.mark.terminal
def test_a_terminal_times_what_a_program_writes(tmp_path: Path) -> None:
    program = tmp_path / "echo.py"
    program.write_text(
        "import sys, tty\n"
        "tty.setcbreak(0)\n"
        "print('ready', flush=True)\n"
        "while (key := sys.stdin.read(1)) != 'q': print('got', key * 3, flush=True)\n"
    )
    with Terminal([sys.executable, str(program)], cwd=tmp_path) as terminal:
        assert terminal.until(lambda lines: "ready" in lines) > 0
        terminal.settle()
        terminal.press(text="x")
        answer = terminal.answer(1.0)
        assert answer.size >= len("got xxx")
        assert terminal.rows_shown(answer, 1, 2) == pytest.approx(answer.last, abs=answer.last)
        assert terminal.lines()[1] == "got xxx"
        assert resident_mb(terminal.pid) > 1
        terminal.press(text="y")
        assert terminal.rows_shown(terminal.answer(1.0), 0, 1) is None
