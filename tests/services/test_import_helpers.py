"""A large file is checked by several processes: the same is found, and none outlives its import."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from crm_tui.services.imports.shaping import ALONE, CHUNK
from tests.support.import_files import LISTENING, Desk, customer, desk
from tests.support.killed_import import ring_to_json

__all__ = ["desk"]

pytestmark = pytest.mark.skipif(
    len(os.sched_getaffinity(0)) < 2, reason="one processor: no helpers are started"
)

_FIRST_HELPED: Final = ALONE * CHUNK + 1
# Enough that checking is far from over when a helper has been seen.
_LONG: Final = 60_000
_PATIENCE: Final = 60.0


@pytest.fixture
def settings(desk: Desk) -> Path:
    """Settings by which a command finds the desk's database."""
    told = json.loads(ring_to_json(desk.store.keys))
    key_file = desk.directory / "crm.key"
    key_file.write_text(
        json.dumps({"active": 1, "keys": told["keys"], "index_key": told["index"]}), "ascii"
    )
    url = desk.store.url.render_as_string(hide_password=False)
    config = desk.directory / "config.toml"
    config.write_text(f'[database]\nurl = "{url}"\n[security]\nkey_file = "{key_file}"\n')
    for file in (key_file, config):
        file.chmod(0o600)
    desk.open_bank()
    return config


def _command(settings: Path, file: Path, *more: str) -> list[str]:
    command = [sys.executable, "-m", "crm_tui", "--config", str(settings), "import", "customers"]
    return [*command, str(file), "--json", *more]


def _lines(count: int) -> Iterator[str]:
    for number in range(1, count + 1):
        yield customer(number, name=f"张伟{chr(0x4E00 + number % 20_000)}", household_no="H1")


def test_bad_rows_anywhere_are_found_alike_by_one_process_and_by_several(
    desk: Desk, settings: Path
) -> None:
    lines = list(_lines(_FIRST_HELPED + 3 * CHUNK))
    for place in (5, _FIRST_HELPED):
        lines[place] = customer(place, branch="B999")
    for place in (_FIRST_HELPED + CHUNK, len(lines) - 1):
        lines[place] = customer(place, mobile="12")
    lines[_FIRST_HELPED + 7] = "too,few"
    lines[_FIRST_HELPED + CHUNK + 9] = lines[3]
    file = desk.file("customers", lines)
    said = []
    for words in (["taskset", "-c", "0"], []):
        errors = desk.directory / f"errors-{len(said)}.csv"
        more = ["--skip-bad", "--errors", str(errors), *(["--dry-run"] if words else [])]
        command = [*words, *_command(settings, file, *more)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ended.returncode == (1 if words else 3), ended.stderr
        said.append((errors.read_text("utf-8"), json.loads(ended.stdout)))
    (alone, first), (helped, second) = said
    assert helped == alone
    assert len(alone.splitlines()) == 1 + 6
    assert first["rows"] == second["rows"] == len(lines)
    assert first["bad"] == second["bad"] == 6
    assert second["added"] == len(lines) - 6
    assert desk.one("SELECT count(*) FROM customer_search WHERE doc LIKE '% zhangwei%'") > 0


@contextmanager
def _checking(settings: Path, file: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """An import whose helpers are at work, in a session of its own."""
    child = subprocess.Popen(
        [*LISTENING, *_command(settings, file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        _until(lambda: len(_children(child.pid)) >= 2)
        yield child, _children(child.pid)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _until(true: Callable[[], bool]) -> None:
    latest = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < latest, "it did not come to that"


def _lives(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def long_file(desk: Desk) -> Path:
    """A file that is checked for seconds."""
    return desk.file("customers", list(_lines(_LONG)))


def test_helpers_end_with_an_import_that_is_killed(
    desk: Desk, settings: Path, long_file: Path
) -> None:
    with _checking(settings, long_file) as (child, helpers):
        child.kill()
        child.wait()
        _until(lambda: not any(_lives(one) for one in helpers))
    assert desk.load("customers", customer(1)).added == 1
    assert desk.one("SELECT count(*) FROM customer") == 1


def test_ctrl_c_ends_all_of_them_in_one_line(desk: Desk, settings: Path, long_file: Path) -> None:
    with _checking(settings, long_file) as (child, helpers):
        os.killpg(child.pid, signal.SIGINT)
        _out, err = child.communicate(timeout=_PATIENCE)
        assert child.returncode == 130
        assert "Traceback" not in err
        assert err.splitlines()[-1] == "Stopped."
        assert not any(_lives(one) for one in helpers)
    assert desk.one("SELECT count(*) FROM customer") == 0


def test_a_helper_that_is_killed_is_told_and_nothing_is_loaded(
    desk: Desk, settings: Path, long_file: Path
) -> None:
    with _checking(settings, long_file) as (child, helpers):
        os.kill(helpers[0], signal.SIGKILL)
        _out, err = child.communicate(timeout=_PATIENCE)
        assert child.returncode == 1
        assert "A process that checked rows was killed" in err
        assert "Traceback" not in err
        assert not any(_lives(one) for one in helpers)
    assert desk.one("SELECT count(*) FROM customer") == 0
