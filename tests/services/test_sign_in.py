"""Signing in: causes look alike, failures lock, sessions are audited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from crm_tui.db.tables import Audit, Branch, Staff, StaffRole
from crm_tui.domain.policy import Policy
from crm_tui.domain.staff import Permission, Role
from crm_tui.errors import InvalidInput, SignInFailed, UsageError
from crm_tui.services import passwords, staff
from crm_tui.services.sign_in import sign_in, sign_out
from tests.support.people import OPERATOR, PASSWORD, Bank
from tests.support.stores import SetClock

POLICY = Policy(lock_after_failures=3, lock_minutes=30)


def actions(bank: Bank) -> list[tuple[str, str]]:
    """What the audit says, oldest first."""
    with bank.store.read() as session:
        rows = session.execute(select(Audit.action, Audit.outcome).order_by(Audit.seq))
        return [tuple(row) for row in rows]


def test_the_right_password_opens_a_session(bank: Bank) -> None:
    person = sign_in(bank.store, " LiNa ", PASSWORD, POLICY)
    assert (person.name, person.role, person.branch_code) == ("李娜", Role.ACCOUNT_MANAGER, "B001")
    assert actions(bank)[-1] == ("sign_in", "done")


def test_full_width_letters_are_the_same_password(bank: Bank) -> None:
    wide = PASSWORD.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert sign_in(bank.store, "lina", wide, POLICY).username == "lina"


@pytest.mark.parametrize("prepare", ["wrong", "stranger", "disabled", "no password"])
def test_every_cause_gives_the_same_answer(
    bank: Bank, prepare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    real = passwords._hasher.verify
    monkeypatch.setattr(
        passwords,
        "_hasher",
        type(
            "Counting",
            (),
            {
                "verify": lambda _self, stored, text: verified.append(stored) or real(stored, text),
                "hash": passwords._hasher.hash,
            },
        )(),
    )
    username, password = "lina", PASSWORD
    if prepare == "wrong":
        password = "not the password"
    elif prepare == "stranger":
        username = "nobody"
    elif prepare == "disabled":
        staff.disable(bank.store, OPERATOR, username="lina")
    else:
        with bank.store.write(OPERATOR) as tx:
            row = tx.session.get(Staff, bank.ids(Staff, "username")["lina"])
            assert row is not None
            row.password_hash = None
            tx.audit("test")
    with pytest.raises(SignInFailed) as failed:
        sign_in(bank.store, username, password, POLICY)
    assert failed.value.message == (
        "Name or password is wrong, or the account is locked for a while."
    )
    assert len(verified) == 1
    assert actions(bank)[-1] == ("sign_in", "failed")


def test_failures_lock_for_a_time_even_for_the_right_password(bank: Bank, clock: SetClock) -> None:
    for _ in range(3):
        with pytest.raises(SignInFailed):
            sign_in(bank.store, "lina", "not the password", POLICY)
    with pytest.raises(SignInFailed):
        sign_in(bank.store, "lina", PASSWORD, POLICY)
    clock.advance(minutes=29)
    with pytest.raises(SignInFailed):
        sign_in(bank.store, "lina", PASSWORD, POLICY)
    clock.advance(minutes=2)
    assert sign_in(bank.store, "lina", PASSWORD, POLICY).username == "lina"


def test_a_success_forgets_the_failures_before(bank: Bank) -> None:
    for _ in range(2):
        with pytest.raises(SignInFailed):
            sign_in(bank.store, "lina", "not the password", POLICY)
    sign_in(bank.store, "lina", PASSWORD, POLICY)
    for _ in range(2):
        with pytest.raises(SignInFailed):
            sign_in(bank.store, "lina", "not the password", POLICY)
    assert sign_in(bank.store, "lina", PASSWORD, POLICY).username == "lina"


def test_passwd_unlocks(bank: Bank) -> None:
    for _ in range(3):
        with pytest.raises(SignInFailed):
            sign_in(bank.store, "lina", "not the password", POLICY)
    staff.set_password(bank.store, OPERATOR, username="lina", password="another long one")
    assert sign_in(bank.store, "lina", "another long one", POLICY).username == "lina"


@pytest.mark.parametrize(
    ("password", "allowed"),
    [("x" * 9, False), ("x" * 10, True), ("x" * 128, True), ("x" * 129, False)],
)
def test_password_length(bank: Bank, password: str, allowed: bool) -> None:
    if allowed:
        staff.set_password(bank.store, OPERATOR, username="lina", password=password)
        sign_in(bank.store, "lina", password, POLICY)
    else:
        with pytest.raises(InvalidInput):
            staff.set_password(bank.store, OPERATOR, username="lina", password=password)


def test_scope_is_the_subtree_of_the_branch(bank: Bank) -> None:
    branches = bank.ids(Branch, "code")
    scope = bank.person("lina").scope(Permission.SEE_CUSTOMERS)
    assert scope is not None
    assert scope.branch_ids == {branches["B001"], branches["B003"]}
    assert bank.person("hq").scope(Permission.SEE_CUSTOMERS).branch_ids is None  # type: ignore[union-attr]
    assert bank.person("admin").scope(Permission.SEE_CUSTOMERS) is None


def test_administrators_exclude_each_other(bank: Bank) -> None:
    with pytest.raises(UsageError):
        staff.add_role(bank.store, OPERATOR, username="admin", role=Role.AUDITOR, branch_code="HQ")
    staff.add_role(
        bank.store, OPERATOR, username="chenjing", role=Role.SUPERVISOR, branch_code="B001"
    )
    assert bank.person("chenjing").may(Permission.GRANT_TIER)


def test_sign_out_ends_the_session(bank: Bank) -> None:
    sign_out(bank.store, bank.person("lina"), "sign_out")
    assert actions(bank)[-1] == ("sign_out", "done")


@pytest.mark.parametrize("username", ["Lina", "1a", "a b", "", "a" * 33, "张", "a;b"])
def test_user_names_are_plain(bank: Bank, username: str) -> None:
    with pytest.raises(InvalidInput):
        staff.add(
            bank.store,
            OPERATOR,
            username=username,
            name="某人",
            role=Role.CLERK,
            branch_code="B001",
            password=PASSWORD,
        )


def test_a_policy_of_the_settings_counts(make_bank: Callable[[Policy], Bank]) -> None:
    bank = make_bank(Policy(lock_after_failures=20))
    for _ in range(5):
        with pytest.raises(SignInFailed):
            sign_in(bank.store, "lina", "not the password", bank.policy)
    sign_in(bank.store, "lina", PASSWORD, bank.policy)


def test_an_administrator_whose_role_has_ended_may_be_another(bank: Bank) -> None:
    with bank.store.write(OPERATOR) as tx:
        ended = update(StaffRole).where(col(StaffRole.role) == Role.AUDITOR.value)
        tx.session.execute(ended.values(until_on=date(2021, 1, 1)))
        tx.audit("test")
    staff.add_role(
        bank.store, OPERATOR, username="auditor", role=Role.SECURITY_ADMIN, branch_code="HQ"
    )
    assert bank.person("auditor").roles[-1].role is Role.SECURITY_ADMIN
