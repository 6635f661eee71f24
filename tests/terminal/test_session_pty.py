"""The real program on a real bank in a real terminal: the main job, and every way to be cut off."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.hostile import TEXTS, bytes_that_command
from tests.support.real_bank import PASSWORD, RealBank, copied, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.pty_session import PtySession

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(180)]


@pytest.fixture
def bank(tmp_path: Path, start_session: Callable[..., PtySession]) -> RealBank:
    return copied(tmp_path / "bank", start_session)


def open_note(session: PtySession, name: str, note: str) -> None:
    """Find a customer by name and begin a note; returns when it is on the screen."""
    session.keys("/")
    session.type(name)
    session.wait_for("1/1")
    session.keys("enter")
    session.wait_for("timeline")
    # In one breath: what is typed while the form is read from the database waits for it.
    session.type(f"v3{note}")
    session.wait_for(note)
    assert "[3\xa0Phone]" in session.text() or "[3 Phone]" in session.text()


def test_signing_in_finding_and_logging_by_keys(bank: RealBank) -> None:
    customer, _number, name = bank.customers()[0]
    session = bank.sign_in()
    open_note(session, name, "问理财到期续作")
    session.keys("ctrl+s")
    session.wait_for("Contact saved")
    logged = bank.ask(
        "SELECT content, method FROM contact WHERE customer_id = ? ORDER BY id DESC LIMIT 1",
        customer,
    )
    assert logged == [("问理财到期续作", "phone")]
    session.keys("ctrl+q")
    assert session.wait_exit() == 0
    assert bank.ask("SELECT ended_by FROM sign_in ORDER BY id DESC LIMIT 1") == [("sign_out",)]
    assert bank.ask("SELECT action, outcome, fields FROM audit ORDER BY seq DESC LIMIT 1") == [
        ("sign_out", "done", '{"by":"sign_out"}')
    ]


@pytest.mark.parametrize(
    "cut", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT, "line"], ids=str
)
def test_a_cut_in_the_middle_of_a_note_loses_at_most_two_seconds(
    bank: RealBank, cut: signal.Signals | str
) -> None:
    name = bank.customers()[0][2]
    session = bank.sign_in()
    open_note(session, name, "the first half of")
    if cut is signal.SIGKILL:
        typed = time.monotonic()
        session.wait_for("draft saved")
        assert time.monotonic() - typed < 2
    else:
        session.type(" a note")
        session.wait_for("half of a note")
    if cut == "line":
        session.hang_up()
    else:
        assert isinstance(cut, signal.Signals)
        session.kill(cut)
    session.wait_exit()

    again = bank.sign_in(shown="Not finished")
    assert name in again.text()
    again.keys("enter")
    again.wait_for("Log a contact")
    kept = "the first half of" if cut is signal.SIGKILL else "the first half of a note"
    again.wait_for(kept)
    again.keys("ctrl+s")
    again.wait_for("Contact saved")
    assert bank.ask("SELECT count(*) FROM contact WHERE content = ?", kept) == [(1,)]
    assert bank.ask("SELECT count(*) FROM draft") == [(0,)]
    if cut is not signal.SIGKILL:
        assert bank.ask("SELECT count(*) FROM sign_in WHERE ended_by = 'line_lost'") == [(1,)]


def memory_of(pid: int) -> bytes:
    """What the process holds in memory it may write to."""
    found = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            places, rights = line.split()[:2]
            if rights.startswith("rw") and "[v" not in line:
                start, end = (int(place, 16) for place in places.split("-"))
                memory.seek(start)
                # A mapping of a file that has shrunk, as that of a closed database, cannot be read.
                with contextlib.suppress(OSError):
                    found.append(memory.read(end - start))
    return b"".join(found)


SECRET = "geheimnotiz-4711"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("by", ["key", "idle"])
def test_a_lock_leaves_nothing_of_the_session_but_its_draft(bank: RealBank, by: str) -> None:
    name = bank.customers()[0][2]
    env = {"TEXTUAL_DRIVER": "evil:Driver", "BROWSER": "evil", "LINES": "7", "XDG_DATA_HOME": "/x"}
    session = bank.open(minute=5 if by == "idle" else None, security={"idle_lock_minutes": 1},
                        env=env if by == "key" else None)  # fmt: skip
    sign_in(session, "lina")
    open_note(session, name, SECRET)
    pid = session.pid
    before = memory_of(pid)
    # The search must be able to find it at all.
    assert SECRET.encode("utf-8") in before or SECRET.encode("utf-32-le") in before
    if by == "key":
        session.keys("ctrl+l")
    session.wait_for("User name")
    session.wait_idle()
    assert session.pid == pid
    after = memory_of(pid)
    for secret in (SECRET, name, PASSWORD):
        for encoding in ("utf-8", "utf-16-le", "utf-32-le"):
            assert secret.encode(encoding) not in after
    names = {
        part.partition(b"=")[0]
        for part in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        if part
    }
    assert not {b"TEXTUAL_DRIVER", b"BROWSER", b"LINES"} & names
    if by == "key":
        assert b"XDG_DATA_HOME" in names
    assert b"-P\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    assert name not in session.text()
    # Why one is asked again, and whose session it was: only the password is wanted.
    assert ("no key was pressed" in session.text()) == (by == "idle")
    assert "What you typed is kept" in session.text()
    assert "lina" in session.text()
    session.type(PASSWORD)
    session.keys("enter")
    session.wait_for("Not finished")
    session.keys("enter")
    session.wait_for(SECRET)
    ended_by = "lock" if by == "key" else "idle"
    assert bank.ask("SELECT ended_by FROM sign_in WHERE ended_by <> 'sign_out'")[-1] == (ended_by,)


def test_a_password_typed_while_the_sign_in_comes_is_taken_and_never_shown(bank: RealBank) -> None:
    session = bank.sign_in()
    session.keys("ctrl+l")
    words = Path(f"/proc/{session.pid}/cmdline")
    session.wait_for(lambda _text: b"--locked=lock" in words.read_bytes())
    # The program that will take it has not begun to read.
    session.type(f"{PASSWORD}\r")
    session.wait_for("Customers F3")
    assert PASSWORD.encode() not in session.since_key
    session.keys("ctrl+q")
    assert session.wait_exit() == 0
    assert session.shows_what_is_typed


# --- hostile text and hostile keys ----------------------------------------------------------

ATTACKS = (
    b"\xff\xfe\xe4\xb8",
    b"\x1b[99999999;1u\x1b[97:65;1u\x1b[" + b"9;" * 5_000 + b"m",
    b"\x1b]52;c;QUJD\x07\x1bP+q544e\x1b\\\x1b]0;t\x1b\\",
    b"\x1b[200~\x1b[31m\x1b]0;x\x07[@click=app.quit]x[/]\x00\r\n\xe2\x80\xae\x1b[201~",
    b"\x1b[<0;10;10M\x1b[<35;999999999;1M\x1b[M   \x1b[I\x1b[O",
    b"\xc2\x9b31m\xe2\x80\x8b",
)


def poison(bank: RealBank) -> None:
    """Every text of the bank a person can read, past the program's input."""
    text = TEXTS[2] + TEXTS[3] + TEXTS[0]
    bank.do("UPDATE customer SET name = ? || id, mobile_mask = ?, id_no_mask = ?", *[text] * 3)
    bank.do("UPDATE staff SET name = ?", text)
    bank.do("UPDATE branch SET name = ?", text)
    bank.do("UPDATE household SET household_no = id || ?", text)
    bank.do("UPDATE account SET account_no = id || ?, category = ?", text, text)
    bank.do("UPDATE contact SET content = ?, result = ?, purpose = ?, direction = ?", *[text] * 4)


def test_no_command_in_data_reaches_the_terminal(bank: RealBank) -> None:
    poison(bank)
    session = bank.sign_in("zhaomin")
    screens = (("2", "[2all]"), ("\r", "timeline"), ("v", "Log a contact"), ("\x1b", "timeline"),
               ("e", "Edit >"), ("\x1b", "timeline"), ("\x1b", "[2all]"), ("\x1bOS", "F4"),
               ("?", "reload"))  # fmt: skip
    for keys, shown in screens:
        session.type(keys)
        session.wait_for(shown)
        session.wait_idle()
        assert bytes_that_command(session.since_key) == []
        assert b"\x1b]" not in session.since_key


def test_no_bytes_of_a_keyboard_stop_a_screen_or_act(bank: RealBank) -> None:
    session = bank.open()
    attack(session)
    session.keys("ctrl+u", "tab", "ctrl+u", "shift+tab", "ctrl+u")
    sign_in(session, "lina")
    for key, shown in (("2", "Customers F3"), ("/", ""), ("\x15", ""), ("\x1b", ""),
                       ("f", "Show only"),
                       ("\x1b", "Customers F3"), ("\x10", "pinyin or English"),
                       ("\x1b", "Customers F3"),
                       ("\x1bOS", "F4"), ("\x1bOR", "Customers F3")):  # fmt: skip
        session.type(key)
        session.wait_for(shown)
        # A lone Escape is one only after a while.
        session.wait_idle(quiet=0.3)
        attack(session)
    session.keys("escape", "escape", "f3", "home")
    session.wait_for("Customers F3")
    session.keys("ctrl+q")
    assert session.wait_exit() == 0
    assert "incident" not in bank.log


def attack(session: PtySession) -> None:
    """Every attack, each read until the screen rests."""
    for data in ATTACKS:
        session.send_bytes(data)
        session.wait_idle(quiet=0.05)
        assert session.since_key.count(b"\x1b]") == 0
