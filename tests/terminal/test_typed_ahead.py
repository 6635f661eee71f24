"""Keys typed in one burst, as a slow line or a quick hand delivers them, on the real program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.real_bank import RealBank, copied

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.pty_session import PtySession

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(180)]


@pytest.fixture
def bank(tmp_path: Path, start_session: Callable[..., PtySession]) -> RealBank:
    return copied(tmp_path / "bank", start_session)


def open_case(bank: RealBank) -> tuple[str, str]:
    """Number and customer of a case that is open at the branch of zhaomin."""
    return bank.ask(
        "SELECT p.complaint_no, c.name FROM complaint p JOIN customer c ON c.id = p.customer_id"
        " JOIN staff_role r ON r.branch_id = p.branch_id JOIN staff s ON s.id = r.staff_id"
        " WHERE p.is_open AND s.username = 'zhaomin' ORDER BY p.id DESC LIMIT 1"
    )[0]  # type: ignore[return-value]


def test_a_search_its_enter_and_what_follows_on_the_card(bank: RealBank) -> None:
    name = bank.customers()[3][2]
    session = bank.sign_in()
    session.type(f"/{name}\rv3in one breath")
    session.wait_for("in one breath")
    assert "Log a contact" in session.text()
    assert name in session.text()
    session.keys("ctrl+s")
    session.wait_for("Contact saved")


def test_a_case_by_its_number_and_a_contact_with_its_customer(bank: RealBank) -> None:
    number, name = open_case(bank)
    session = bank.sign_in("zhaomin")
    session.keys("f5")
    session.wait_for("Complaints F5")
    session.type(f"/{number}\rv3about the case")
    session.wait_for("about the case")
    assert "Log a contact" in session.text()
    assert name in session.text()
    session.keys("escape")
    session.wait_for(f"F5 > {number}")


def test_what_is_typed_for_what_nothing_finds_does_nothing(bank: RealBank) -> None:
    session = bank.sign_in()
    session.type("/qqqxx\rv3lost")
    session.wait_for("no customer is highlighted")
    session.wait_for(" / qqqxx\n")
