"""An import that stops half-way leaves nothing; people work while one runs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crm_tui.config import Config, Settings
from crm_tui.db import audit, batches
from crm_tui.db.bulk import BulkStore
from crm_tui.db.store import Store
from crm_tui.db.tables import metadata
from crm_tui.domain.complaint_events import Merge, Said
from crm_tui.domain.complaint_kinds import EventKind
from crm_tui.errors import StoreBusy
from crm_tui.office import open_store
from crm_tui.services.imports import apply, recover
from tests.support.complaint_files import rows_follow_from_trails, step
from tests.support.import_files import OPERATOR, Desk, complaint, customer, desk, open_desk
from tests.support.killed_import import ring_to_json
from tests.support.stores import TABLES, Filling, Templates

__all__ = ["desk"]

# These say what happened; everything else must be as before.
_TRACES = {"audit", "audit_head", "audit_image", "import_batch", "import_image"}


# Answered and waiting.
CASES = [(n, "2026-01-09" if n % 2 else "") for n in range(1, 9)]


def _answered_later(number: int) -> str:
    return "" if number in (1, 2, 4, 10) else "2026-01-12"


def _state(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for table in metadata.sorted_tables:
        if table.name in _TRACES:
            continue
        columns = ", ".join(c.name for c in table.columns if c.name != "version")
        rows = desk.rows(f"SELECT {columns} FROM {table.name}")
        found[table.name] = sorted(rows, key=repr)
    return found


def _import_all(store: Store) -> None:
    """Customers, households, tiers, accounts, balances and a visit."""
    with tempfile.TemporaryDirectory() as directory:
        _load_all(open_desk(store, Path(directory) / "files"))


# Eleven imports, which every test but a few begins with.
IMPORTED = Filling("imported", _import_all, TABLES)


@pytest.fixture
def imported(store: Store, tmp_path: Path, templates: Templates) -> Desk:
    """A copy of `IMPORTED` on each database."""
    templates.put(IMPORTED, store)
    files = tmp_path / "files"
    files.mkdir()
    return Desk(store, files)


def _load_all(desk: Desk) -> None:
    desk.open_bank().load(
        "customers", *(customer(n, household_no=f"H{n // 2}") for n in range(1, 9))
    )
    desk.change(
        "INSERT INTO tier_held (customer_id, tier_rank, from_on, reason, created_at) "
        "SELECT id, 2, '2026-01-31', 'initial', '2026-02-01 00:00:00' FROM customer WHERE id < 4"
    )
    desk.load("accounts", *(f"A{n},C{n:07d},deposit,CNY,2020-01-01" for n in range(1, 9)))
    desk.load("balances", *(f"A{n},2026-01-0{d},{d}.00" for n in range(1, 9) for d in (1, 2)))
    desk.load("transactions", *(f"T{n},A{n},2026-01-05,1.00,customer" for n in range(1, 9)))
    desk.load(
        "visits",
        *(f"C{n:07d},m001a,phone,2026-02-01 10:0{n}:00,60,问候,近况,agreed" for n in range(1, 9)),
    )
    desk.load("complaints", *(complaint(n, answered_on=day) for n, day in CASES))
    desk.load("calendar", *(f"2026-01-0{d},off,元旦" for d in range(1, 4)))


def _second_files() -> dict[str, Sequence[str]]:
    return {
        "branches": [f"B00{n},改名{n},HQ" for n in range(1, 7)],
        "staff": [f"m00{n}a,换名,supervisor,B001" for n in range(1, 7)],
        "customers": [
            customer(n, name="欧阳修", branch="B002", household_no=f"H{n // 2 + 1}", gender="M")
            for n in range(1, 15)
        ],
        "accounts": [f"A{n},C{n % 8 + 1:07d},loan,CNY,2020-01-02" for n in range(1, 12)],
        "balances": [f"A{n},2026-01-0{d},9.00" for n in range(1, 9) for d in (1, 2, 3)],
        "transactions": [f"T{n},A1,2026-01-06,2.00,institution" for n in range(1, 12)],
        "visits": [
            f"C{n:07d},m001a,sms,2026-02-0{d} 10:0{n}:00,60,问候,改了,declined"
            for n in range(1, 9)
            for d in (1, 2)
        ],
        "complaints": [
            complaint(n, business="loan", received_on="2026-01-06", answered_on=_answered_later(n))
            for n in range(1, 13)
        ],
        "calendar": [f"2026-01-0{d},work,补班" for d in range(1, 9)],
    }


@pytest.mark.parametrize("kind", list(_second_files()))
def test_ctrl_c_takes_everything_back_at_once(
    imported: Desk, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _state(imported)
    steps = [0]
    counted = apply.Applying._count

    def interrupt(self: apply.Applying, result: Any) -> None:
        counted(self, result)
        steps[0] += 1
        if steps[0] == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(apply.Applying, "_count", interrupt)
    monkeypatch.setattr(apply.Pace.__init__, "__defaults__", (2,))
    monkeypatch.setattr(apply, "_SMALLEST_STEP", 2)
    monkeypatch.setattr(apply, "_AIM", 0.0)
    with pytest.raises(KeyboardInterrupt):
        imported.load(kind, *_second_files()[kind])
    assert _state(imported) == before
    assert imported.rows("SELECT state FROM import_batch ORDER BY id DESC")[0] == ("taken_back",)
    assert imported.one("SELECT count(*) FROM import_image") == 0
    [(fields,)] = imported.rows("SELECT fields FROM audit WHERE action = 'import.take_back'")
    assert '"kept":0' in fields
    with imported.store.read() as session:
        assert audit.verify(session).bad_seq is None


@pytest.mark.parametrize("kind", ["customers", "balances", "visits", "complaints"])
def test_killed_while_applying_the_next_start_takes_it_back(imported: Desk, kind: str) -> None:
    before = _state(imported)
    path = imported.file(kind, _second_files()[kind])
    url = imported.store.url.render_as_string(hide_password=False)
    killed = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_import", url, kind, str(path), "2"],
        input=ring_to_json(imported.store.keys),
        text=True,
        check=False,
    )
    assert killed.returncode == -9
    assert _state(imported) != before
    _start_again(imported)
    assert _state(imported) == before
    assert recover(imported.store, OPERATOR) == 0


def _start_again(desk: Desk) -> None:
    """As every command and session does."""
    key_file = desk.directory / "crm.key"
    told = json.loads(ring_to_json(desk.store.keys))
    key_file.write_text(
        json.dumps({"active": 1, "keys": told["keys"], "index_key": told["index"]}), "ascii"
    )
    key_file.chmod(0o600)
    url = desk.store.url.render_as_string(hide_password=False)
    open_store(Settings(Config(), "test", url, key_file), desk.store.clock).close()


def test_what_people_did_meanwhile_stays(imported: Desk) -> None:
    path = imported.file("customers", _second_files()["customers"])
    url = imported.store.url.render_as_string(hide_password=False)
    subprocess.run(
        [sys.executable, "-m", "tests.support.killed_import", url, "customers", str(path), "7"],
        input=ring_to_json(imported.store.keys),
        text=True,
        check=False,
    )
    imported.change(
        "UPDATE customer SET name = '人手改', version = version + 1 WHERE customer_no = 'C0000001'"
    )
    imported.change(
        "INSERT INTO contact (customer_id, staff_id, branch_id, kind, method, started_at, purpose,"
        " content, direction, expected_return, risk_control, risk_appetite, result,"
        " before_opening, version) "
        "SELECT c.id, s.id, c.branch_id, 'visit', 'phone', '2026-03-02 00:00:00', '', '来电', '',"
        " '', '', '', '', false, 1 FROM customer c, staff s "
        "WHERE c.customer_no = 'C0000010' AND s.username = 'm001a'"
    )
    recover(imported.store, OPERATOR)
    assert imported.one("SELECT name FROM customer WHERE customer_no = 'C0000001'") == "人手改"
    assert imported.one("SELECT count(*) FROM customer WHERE customer_no > 'C0000008'") == 1
    assert imported.one("SELECT count(*) FROM contact WHERE content = '来电'") == 1
    [(fields,)] = imported.rows("SELECT fields FROM audit WHERE action = 'import.take_back'")
    assert '"kept":2' in fields


def test_one_import_at_a_time_and_a_living_one_is_left_alone(desk: Desk) -> None:
    desk.open_bank()
    desk.change(
        "INSERT INTO import_batch (kind, state, owner, file_hash, started_at, rows) "
        "VALUES ('customers', 'applying', 'x', '', '2026-03-02 00:00:00', 0)"
    )
    bulk = BulkStore(desk.store)
    with batches.only_importer(bulk):
        assert recover(desk.store, OPERATOR) == 0
        with pytest.raises(StoreBusy):
            desk.load("customers", customer(1))
    bulk.close()
    assert desk.load("customers", customer(1)).loaded
    assert desk.rows("SELECT state FROM import_batch ORDER BY id")[2:] == [
        ("taken_back",), ("done",),
    ]  # fmt: skip


def test_a_step_of_a_batch_that_was_taken_back_is_refused(desk: Desk) -> None:
    desk.open_bank()
    bulk = BulkStore(desk.store)
    with bulk.step() as step:
        now = desk.store.clock()
        batch_id = batches.begin(step.session, kind="customers", owner="x", file_hash="", now=now)
    recover(desk.store, OPERATOR)
    with pytest.raises(batches.BatchGone), bulk.step() as step:
        batches.progress(step.session, batch_id, 1)
    bulk.close()


def test_people_write_between_the_steps(desk: Desk) -> None:
    desk.open_bank()
    lines = [customer(n) for n in range(1, 2_001)]
    stop = threading.Event()
    written = [0]

    def person() -> None:
        while not stop.is_set():
            with desk.store.write(OPERATOR) as tx:
                tx.session.execute(text("UPDATE staff SET failures = failures + 1"))
                tx.audit("test.person")
            written[0] += 1

    thread = threading.Thread(target=person)
    thread.start()
    try:
        report = desk.load("customers", *lines)
    finally:
        stop.set()
        thread.join()
    assert report.added == 2_000
    assert written[0] >= 3
    with desk.store.read() as session:
        assert audit.verify(session).bad_seq is None


def test_a_case_that_somebody_took_up_meanwhile_keeps_all_its_events(imported: Desk) -> None:
    """One made by the batch, one corrected by it, one that another case was merged into."""
    path = imported.file("complaints", _second_files()["complaints"])
    url = imported.store.url.render_as_string(hide_password=False)
    subprocess.run(
        [sys.executable, "-m", "tests.support.killed_import", url, "complaints", str(path), "6"],
        input=ring_to_json(imported.store.keys),
        text=True,
        check=False,
    )
    for number in (2, 10):
        step(imported, number, EventKind.NOTE, Said(text="来电"))
    into = imported.one("SELECT id FROM complaint WHERE complaint_no = 'CP000011'")
    step(imported, 4, EventKind.MERGE, Merge(into_id=into))
    recover(imported.store, OPERATOR)
    numbers = "SELECT complaint_no FROM complaint WHERE complaint_no > 'CP000008' ORDER BY 1"
    assert imported.rows(numbers) == [("CP000010",), ("CP000011",)]
    kinds = (
        "SELECT e.kind FROM complaint_event e JOIN complaint c ON c.id = e.complaint_id "
        "WHERE c.complaint_no = :no ORDER BY e.seq"
    )
    assert imported.rows(kinds, no="CP000002") == [("imported",), ("imported",), ("note",)]
    assert imported.rows(kinds, no="CP000010") == [("imported",), ("note",)]
    assert imported.rows(kinds, no="CP000003") == [("imported",)]
    assert rows_follow_from_trails(imported)


def test_whom_a_complaint_names_stays(desk: Desk) -> None:
    """A customer, and who was asked first, though their own files are taken back."""
    desk.open_bank()
    desk.load("staff", "m003a,孙莉,account_manager,B002", "m004a,周涛,account_manager,B002")
    desk.load("customers", customer(1), customer(2))
    desk.load("complaints", complaint(1, first_responder="m003a"))
    desk.change(
        "UPDATE import_batch SET state = 'applying' WHERE kind = 'customers' "
        "OR id = (SELECT max(id) FROM import_batch WHERE kind = 'staff')"
    )
    assert recover(desk.store, OPERATOR) == 2
    assert desk.rows("SELECT customer_no FROM customer") == [("C0000001",)]
    assert desk.rows("SELECT username FROM staff ORDER BY 1") == [
        ("m001a",), ("m002a",), ("m003a",),
    ]  # fmt: skip
    assert desk.one("SELECT count(*) FROM complaint_event") == 1


def test_tiers_by_which_somebody_was_assessed_stay(desk: Desk) -> None:
    """Though their own import is taken back: the recompute came between."""
    desk.open_bank().load("customers", customer(1))
    path = desk.directory / "tiers.toml"
    path.write_text('[[tiers]]\ncode = "silver"\n')
    for effective in (date(2026, 1, 1), date(2026, 2, 1)):
        desk.run("tiers", path, effective=effective)
    desk.change(
        "INSERT INTO assessment (customer_id, period, own_sum, days, qualifying_rank, rule_set_id) "
        "SELECT c.id, '2026-01-01', 0, 31, 1, r.id FROM customer AS c, rule_set AS r "
        "WHERE r.effective_on = '2026-01-01'"
    )
    desk.change("UPDATE import_batch SET state = 'applying' WHERE kind = 'tiers'")
    assert recover(desk.store, OPERATOR) == 2
    days = desk.rows("SELECT effective_on FROM rule_set WHERE effective_on >= '2026-01-01'")
    assert [str(row[0]) for row in days] == ["2026-01-01"]
