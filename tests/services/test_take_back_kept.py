"""Taking an import back leaves customers whom people worked with meanwhile whole."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from crm_tui.db import roster
from crm_tui.db.search import index_customer
from crm_tui.domain.policy import Policy
from crm_tui.services.imports import recover
from crm_tui.services.pinyin import char_readings
from tests.services.test_imports_interrupted import IMPORTED, _second_files
from tests.support.import_files import OPERATOR, Desk
from tests.support.killed_import import ring_to_json

if TYPE_CHECKING:
    from pathlib import Path

    from crm_tui.db.store import Store
    from tests.support.stores import Templates

OLD, NEW = "C0000001", "C0000010"
"""A customer of before whom the file changes, and one whom it brings."""


@pytest.fixture
def imported(store: Store, tmp_path: Path, templates: Templates) -> Desk:
    """A bank with files of before."""
    templates.put(IMPORTED, store)
    return Desk(store, tmp_path)


def kill_half_way(imported: Desk) -> list[str]:
    """Import the second file of customers until everybody is stored; its lines."""
    lines = _second_files()["customers"]
    path = imported.file("customers", lines)
    url = imported.store.url.render_as_string(hide_password=False)
    subprocess.run(
        [sys.executable, "-m", "tests.support.killed_import", url, "customers", str(path), "7"],
        input=ring_to_json(imported.store.keys), text=True, check=False,
    )  # fmt: skip
    return lines


def households(imported: Desk, number: str) -> list[str]:
    """Where the customer is a member now."""
    found = imported.rows(
        "SELECT h.household_no FROM household_member m JOIN household h ON h.id = m.household_id "
        "JOIN customer c ON c.id = m.customer_id "
        f"WHERE m.until_on IS NULL AND c.customer_no = '{number}'"
    )
    return [row[0] for row in found]


def rename(imported: Desk, number: str, name: str) -> None:
    """As somebody does at a screen."""
    with imported.store.write(OPERATOR) as tx:
        customer_id, branch = tx.session.execute(text(
            "SELECT c.id, b.code FROM customer c JOIN branch b ON b.id = c.branch_id "
            f"WHERE customer_no = '{number}'"
        )).one()  # fmt: skip
        tx.session.execute(
            text("UPDATE customer SET name = :name, version = version + 1 WHERE id = :id"),
            {"name": name, "id": customer_id},
        )
        index_customer(
            tx.session, customer_id, name=name, customer_no=number, branch_code=branch,
            person=True, readings=char_readings,
        )  # fmt: skip
        roster.refresh(tx.session, [customer_id], policy=Policy())
        tx.audit("test.rename")


def doc(imported: Desk) -> str:
    """The search text of the customer of before."""
    (row,) = imported.rows(
        "SELECT s.doc FROM customer_search s JOIN customer c ON c.id = s.customer_id "
        f"WHERE c.customer_no = '{OLD}'"
    )
    return str(row[0])


def test_who_was_renamed_is_found_by_the_new_name(imported: Desk) -> None:
    kill_half_way(imported)
    rename(imported, OLD, "诸葛亮")
    after = doc(imported)
    recover(imported.store, OPERATOR)
    assert "诸" in after
    assert doc(imported) == after


def test_who_was_changed_keeps_the_household_of_the_file(imported: Desk) -> None:
    before = households(imported, OLD)
    lines = kill_half_way(imported)
    during = households(imported, OLD)
    assert during != before
    rename(imported, OLD, "诸葛亮")
    recover(imported.store, OPERATOR)
    assert households(imported, OLD) == during
    imported.load("customers", *lines)
    assert households(imported, OLD) == during


def test_who_was_not_changed_is_as_before(imported: Desk) -> None:
    before = households(imported, OLD), doc(imported)
    kill_half_way(imported)
    recover(imported.store, OPERATOR)
    assert (households(imported, OLD), doc(imported)) == before


def test_a_new_customer_who_stays_keeps_household_and_tier(imported: Desk) -> None:
    lines = kill_half_way(imported)
    imported.change(
        "INSERT INTO contact (customer_id, staff_id, branch_id, kind, method, started_at, purpose, "
        "content, direction, expected_return, risk_control, risk_appetite, result, "
        "before_opening, version) SELECT c.id, s.id, c.branch_id, 'visit', 'phone', "
        "'2026-03-02 00:00:00', '', '来电', '', '', '', '', '', false, 1 FROM customer c, staff s "
        f"WHERE c.customer_no = '{NEW}' AND s.username = 'm001a'"
    )
    tiers = (
        "SELECT count(*) FROM tier_held t JOIN customer c ON c.id = t.customer_id "
        f"WHERE c.customer_no = '{NEW}'"
    )
    during = households(imported, NEW), imported.rows(tiers)
    assert during[0]
    recover(imported.store, OPERATOR)
    assert (households(imported, NEW), imported.rows(tiers)) == during
    imported.load("customers", *lines)
    assert (households(imported, NEW), imported.rows(tiers)) == during
