"""Taking a batch back: its rows go, what it changed is as before, in short steps.

A row that somebody has worked with since stays: work of people is never undone by this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from crm_tui.db import batches, complaint_homes, complaint_imports, roster
from crm_tui.db.complaint_events import rewrite_dates
from crm_tui.db.import_images import read_image
from crm_tui.db.take_back_kept import BEFORE_CUSTOMERS, of_kept_customers, release

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crm_tui.db.bulk import Bulk, BulkStore
    from crm_tui.db.crypto import KeyRing
    from crm_tui.domain.policy import Policy

_STEP: Final = 500
_ACCOUNTS_STEP: Final = 200
_ROW_ID: Final[Mapping[str, str]] = {"customer_search": "customer_id", "calendar_day": "day"}
_VERSIONED: Final = frozenset({"branch", "staff", "customer", "contact", "complaint"})


def _of_complaints(*columns: str) -> str:
    """Whether a case names the row; the columns have no index, so they are read once."""
    found = (f"SELECT {one} FROM complaint WHERE {one} IS NOT NULL" for one in columns)  # noqa: S608
    return f"t.id IN ({' UNION '.join(found)})"


# Tables in which each kind of file makes rows, dependent ones first, with what keeps a row.
_CUSTOMER_KEPT: Final = (
    "t.version > 1 "
    "OR EXISTS (SELECT 1 FROM contact AS c WHERE c.customer_id = t.id) "
    "OR EXISTS (SELECT 1 FROM account AS c WHERE c.customer_id = t.id) "
    "OR EXISTS (SELECT 1 FROM assessment AS c WHERE c.customer_id = t.id) "
    "OR EXISTS (SELECT 1 FROM complaint AS c WHERE c.customer_id = t.id)"
)
# Of those whom the batch made, only who stays is still there.
_CUSTOMER_THERE: Final = (
    "EXISTS (SELECT 1 FROM customer AS c WHERE c.id = t.customer_id AND c.batch_id = t.batch_id)"
)
_STAFF_KEPT: Final = " OR ".join(
    (
        "t.version > 1 OR t.password_hash IS NOT NULL",
        "EXISTS (SELECT 1 FROM staff_role AS r WHERE r.staff_id = t.id)",
        "EXISTS (SELECT 1 FROM customer AS c WHERE c.manager_id = t.id)",
        _of_complaints("first_responder_id", "handler_id", "accused_id"),
    )
)
_BRANCH_KEPT: Final = " OR ".join(
    (
        "EXISTS (SELECT 1 FROM branch AS c WHERE c.parent_id = t.id)",
        "EXISTS (SELECT 1 FROM staff_role AS r WHERE r.branch_id = t.id)",
        "EXISTS (SELECT 1 FROM customer AS c WHERE c.branch_id = t.id)",
        _of_complaints("department_id", "responsible_id"),
    )
)
_CASE_KEPT: Final = f"t.version > 1 OR {_of_complaints('merged_into_id')}"
_REGIMES_KEPT: Final = "EXISTS (SELECT 1 FROM complaint AS c WHERE c.rule_set_id = t.id)"
_TIERS_KEPT: Final = "EXISTS (SELECT 1 FROM assessment AS a WHERE a.rule_set_id = t.id)"
_HOUSEHOLD_KEPT: Final = "EXISTS (SELECT 1 FROM household_member AS m WHERE m.household_id = t.id)"
_MADE: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "branches": [("branch", _BRANCH_KEPT)],
    "staff": [("staff_role", ""), ("staff", _STAFF_KEPT)],
    "customers": [
        ("customer", _CUSTOMER_KEPT),
        ("tier_held", _CUSTOMER_THERE),
        ("household_member", _CUSTOMER_THERE),
        ("household", _HOUSEHOLD_KEPT),
    ],
    "accounts": [("account", "")],
    "balances": [],
    "transactions": [("transactions", "")],
    "visits": [("contact", "t.version > 1")],
    "complaints": [("complaint", _CASE_KEPT)],
    "calendar": [("calendar_day", "")],
    "tiers": [("rule_set", _TIERS_KEPT)],
    "regimes": [("complaint_rule_set", _REGIMES_KEPT)],
}
_OF_A_CUSTOMER: Final = (
    "tier_held", "household_member", "customer_search", "roster_a", "roster_b", "roster_touched",
)  # fmt: skip


# What stays with its customer is not counted beside them.
_WITH_A_CUSTOMER: Final = ("tier_held", "household_member", "household")


@dataclass(slots=True)
class Undone:
    """What was taken back and what stayed because people had worked with it."""

    removed: int = 0
    restored: int = 0
    kept: int = 0


def take_back(bulk: BulkStore, keys: KeyRing, policy: Policy, batch_id: int, kind: str) -> Undone:
    """Undo a batch. The import lock is held. Raises StoreError; may be called again then."""
    undone = Undone()
    with bulk.step() as session:
        batches.start_taking_back(session.session, batch_id)
    _restore(bulk, keys, policy, batch_id, undone)
    if kind == "balances":
        _remove_balances(bulk, batch_id, undone)
    for table, kept in _MADE[kind]:
        _remove(bulk, policy, batch_id, table, kept, undone)
    if kind == "calendar":
        rewrite_dates(bulk)
    return undone


def finish(session: Bulk, batch_id: int, now: datetime) -> None:
    """Say that nothing of the batch is left."""
    batches.end_taking_back(session.session, batch_id, now)


def purge_images(bulk: BulkStore, batch_id: int) -> None:
    """Forget the images of a batch that is complete."""
    while True:
        with bulk.step() as session:
            found = session.rows(
                "SELECT table_name, row_key FROM import_image WHERE batch_id = ? LIMIT ?",
                batch_id,
                _STEP * 10,
            )
            _forget(session, batch_id, found)
        if len(found) < _STEP * 10:
            return


def _forget(session: Bulk, batch_id: int, images: Sequence[Any]) -> None:
    session.run_many(
        "DELETE FROM import_image WHERE batch_id = ? AND table_name = ? AND row_key = ?",
        [(batch_id, row[0], row[1]) for row in images],
    )


def _restore(bulk: BulkStore, keys: KeyRing, policy: Policy, batch_id: int, undone: Undone) -> None:
    """The images of a table after the other; of a customer who stays, nothing is taken back."""
    for table in _restored_tables(bulk, batch_id):
        while True:
            with bulk.step() as session:
                images = session.rows(
                    "SELECT table_name, row_key, before, version_after FROM import_image "
                    "WHERE batch_id = ? AND table_name = ? LIMIT ?",
                    batch_id,
                    table,
                    _STEP,
                )
                kept = of_kept_customers(session, batch_id, table, [row[1] for row in images])
                wanted = [row for row in images if row[1] not in kept]
                if table in ("household_member", "staff_role"):
                    _remove_successors(session, batch_id, table, [row[1] for row in wanted])
                restored = [one[1] for one in wanted if _restore_one(session, keys, one, undone)]
                _forget(session, batch_id, images)
                if table == "customer":
                    ids = [int(row[1]) for row in images]
                    release(session, batch_id, set(ids).difference(map(int, restored)))
                    complaint_homes.follow(session, ids)
                    roster.refresh(session.session, ids, policy=policy)
                if table == "complaint":
                    complaint_imports.take_back(session, batch_id, [int(one) for one in restored])
                if table == "contact":
                    roster.refresh(session.session, _customers(session, images), policy=policy)
            if len(images) < _STEP:
                break


def _restored_tables(bulk: BulkStore, batch_id: int) -> list[str]:
    with bulk.read() as session:
        found = session.rows(
            "SELECT DISTINCT table_name FROM import_image WHERE batch_id = ?", batch_id
        )
    # The roster repeats them, and the images of the customers tell who stays.
    return sorted((row[0] for row in found), key=lambda name: (name not in BEFORE_CUSTOMERS, name))


def _remove_successors(session: Bulk, batch_id: int, table: str, row_ids: Sequence[str]) -> None:
    """Take out the batch's own current row before the former one is current again."""
    owner = "customer_id" if table == "household_member" else "staff_id"
    session.run(
        f"DELETE FROM {table} WHERE batch_id = ? AND until_on IS NULL AND {owner} IN "  # noqa: S608
        f"(SELECT {owner} FROM {table} WHERE id {{ids}})",
        batch_id,
        session.keys(int(row_id) for row_id in row_ids),
    )


def _restore_one(session: Bulk, keys: KeyRing, image: Any, undone: Undone) -> bool:
    """Whether the row was as the batch had left it."""
    table, row_id, before, version_after = image
    values = read_image(keys, before)
    named = ", ".join(f"{column} = ?" for column in values)
    key = _ROW_ID.get(table, "id")
    more, guard = "", ""
    given = list(values.values())
    given.append(row_id if key == "day" else int(row_id))
    if table in _VERSIONED:
        more, guard = ", version = version + 1", " AND version = ?"
        given.append(version_after)
    touched = session.run(
        f"UPDATE {table} SET {named}{more} WHERE {key} = ?{guard}",  # noqa: S608
        *given,
    )
    undone.restored += touched
    undone.kept += 1 - touched
    return touched > 0


def _customers(session: Bulk, images: Sequence[Any]) -> list[int]:
    found = session.rows(
        "SELECT DISTINCT customer_id FROM contact WHERE id {ids}",
        session.keys(int(row[1]) for row in images),
    )
    return [row[0] for row in found]


def _remove(
    bulk: BulkStore, policy: Policy, batch_id: int, table: str, kept: str, undone: Undone
) -> None:
    row_id = _ROW_ID.get(table, "id")
    guard = f" AND NOT ({kept})" if kept else ""
    sql = f"SELECT t.{row_id} FROM {table} AS t WHERE t.batch_id = ?{guard} LIMIT {_STEP}"  # noqa: S608
    while True:
        with bulk.step() as session:
            found = [row[0] for row in session.rows(sql, batch_id)]
            _delete(session, policy, table, row_id, found)
        undone.removed += len(found)
        if len(found) < _STEP:
            break
    if table in _WITH_A_CUSTOMER:
        return
    with bulk.read() as session:
        left = session.rows(f"SELECT count(*) FROM {table} WHERE batch_id = ?", batch_id)  # noqa: S608
    undone.kept += left[0][0]


def _delete(
    session: Bulk, policy: Policy, table: str, row_id: str, found: Sequence[object]
) -> None:
    if not found:
        return
    if row_id == "day":
        session.run_many(f"DELETE FROM {table} WHERE day = ?", [(key,) for key in found])  # noqa: S608
        return
    ids = session.keys(int(str(key)) for key in found)
    if table == "customer":
        for dependent in _OF_A_CUSTOMER:
            session.run(f"DELETE FROM {dependent} WHERE customer_id {{ids}}", ids)  # noqa: S608
    if table == "complaint":
        session.run("DELETE FROM complaint_event WHERE complaint_id {ids}", ids)
    customers = (
        session.rows(f"SELECT DISTINCT customer_id FROM {table} WHERE id {{ids}}", ids)  # noqa: S608
        if table in ("contact", "tier_held")
        else []
    )
    session.run(f"DELETE FROM {table} WHERE {row_id} {{ids}}", ids)  # noqa: S608
    if customers:
        roster.refresh(session.session, [row[0] for row in customers], policy=policy)


def _remove_balances(bulk: BulkStore, batch_id: int, undone: Undone) -> None:
    """By ranges of accounts: balances have no index by batch."""
    last = 0
    while True:
        with bulk.step() as session:
            found = session.rows(
                "SELECT id FROM account WHERE id > ? ORDER BY id LIMIT ?", last, _ACCOUNTS_STEP
            )
            if not found:
                return
            undone.removed += session.run(
                "DELETE FROM balance WHERE account_id > ? AND account_id <= ? AND batch_id = ?",
                last,
                found[-1][0],
                batch_id,
            )
            last = found[-1][0]
