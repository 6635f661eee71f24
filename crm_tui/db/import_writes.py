"""What an import writes beside the rows themselves: households, search text, roles, tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crm_tui.db.import_images import IMAGE_COLUMNS, image_row
from crm_tui.db.targets import Result
from crm_tui.domain.kinds import CustomerKind, CustomerState, Tier, TierReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.db.bulk import Bulk
    from crm_tui.db.targets import Batch, Values


class Move(NamedTuple):
    """A customer into a household, or out of one when `household_no` is None."""

    customer_id: int
    household_no: str | None
    from_on: str | None
    is_new: bool


def move_households(bulk: Bulk, batch: Batch, moves: Sequence[Move]) -> None:
    """End the memberships in force and begin the new ones."""
    _leave(bulk, batch, [move.customer_id for move in moves if not move.is_new])
    joining = [move for move in moves if move.household_no]
    known = _households(bulk, batch, {str(move.household_no) for move in joining})
    bulk.insert(
        "household_member",
        ("household_id", "customer_id", "from_on", "batch_id"),
        [
            (known[str(move.household_no)], move.customer_id, move.from_on, batch.id)
            for move in joining
        ],
    )


def _leave(bulk: Bulk, batch: Batch, customer_ids: Sequence[int]) -> None:
    if not customer_ids:
        return
    found = bulk.rows(
        "SELECT id FROM household_member WHERE until_on IS NULL AND customer_id {ids}",
        bulk.keys(customer_ids),
    )
    images = [
        image_row(batch, "household_member", row[0], {"until_on": None}, None) for row in found
    ]
    bulk.insert("import_image", IMAGE_COLUMNS, images)
    bulk.run(
        "UPDATE household_member SET until_on = ? WHERE id {ids}",
        batch.today.isoformat(),
        bulk.keys(row[0] for row in found),
    )


def _households(bulk: Bulk, batch: Batch, numbers: set[str]) -> dict[str, int]:
    if not numbers:
        return {}
    from crm_tui.db.import_reads import by_number

    found = by_number(bulk, "household", "household_no", ["id"], numbers)
    known = {number: row[0] for number, row in found.items()}
    missing = sorted(numbers - known.keys())
    ids = bulk.reserve_ids("household", len(missing))
    rows = [(row_id, no, batch.id) for row_id, no in zip(ids, missing, strict=True)]
    bulk.insert("household", ("id", "household_no", "batch_id"), rows)
    return known | dict(zip(missing, ids, strict=True))


def add_search_texts(bulk: Bulk, docs: Sequence[tuple[int, str]]) -> None:
    """The token texts of new customers."""
    bulk.insert_as_one("customer_search", ("customer_id", "doc"), docs)


def change_search_texts(bulk: Bulk, batch: Batch, docs: Sequence[tuple[int, str]]) -> None:
    """The token texts of renamed customers."""
    if not docs:
        return
    known = bulk.rows(
        "SELECT customer_id, doc FROM customer_search WHERE customer_id {ids}",
        bulk.keys(row[0] for row in docs),
    )
    images = [image_row(batch, "customer_search", row[0], {"doc": row[1]}, None) for row in known]
    bulk.insert("import_image", IMAGE_COLUMNS, images)
    bulk.update_as_one(
        "customer_search", "doc", "customer_id", [(doc, customer_id) for customer_id, doc in docs]
    )


def grant_lowest(bulk: Bulk, batch: Batch, customer_ids: Sequence[int]) -> None:
    """The lowest tier for graded customers among these who hold none (decisions.md, Tiers)."""
    day, instant = ("?", "?") if bulk.is_sqlite else ("CAST(? AS date)", "CAST(? AS timestamptz)")
    sql = (
        "INSERT INTO tier_held (customer_id, tier_rank, from_on, reason, created_at, batch_id) "  # noqa: S608
        f"SELECT c.id, ?, {day}, ?, {instant}, ? "
        "FROM customer AS c WHERE c.id {ids} AND c.kind = ? AND c.state = ? "
        "AND NOT EXISTS (SELECT 1 FROM tier_held AS h WHERE h.customer_id = c.id)"
    )
    bulk.run(
        sql,
        int(Tier.SILVER),
        batch.today.isoformat(),
        TierReason.REGISTERED.value,
        bulk.instant(batch.now),
        batch.id,
        bulk.keys(customer_ids),
        CustomerKind.INDIVIDUAL.value,
        CustomerState.ACTIVE.value,
    )


class RoleMove(NamedTuple):
    """The role that the file gives somebody now."""

    staff_id: int
    role: str
    branch_id: int
    is_new: bool


def move_roles(bulk: Bulk, batch: Batch, moves: Sequence[RoleMove]) -> None:
    """End the imported roles in force and begin the new ones; other roles stay."""
    changed = [move.staff_id for move in moves if not move.is_new]
    if changed:
        found = bulk.rows(
            "SELECT id FROM staff_role "
            "WHERE until_on IS NULL AND batch_id IS NOT NULL AND staff_id {ids}",
            bulk.keys(changed),
        )
        images = [image_row(batch, "staff_role", row[0], {"until_on": None}, None) for row in found]
        bulk.insert("import_image", IMAGE_COLUMNS, images)
        bulk.run(
            "UPDATE staff_role SET until_on = ? WHERE id {ids}",
            batch.today.isoformat(),
            bulk.keys(row[0] for row in found),
        )
    today = batch.today.isoformat()
    bulk.insert(
        "staff_role",
        ("staff_id", "role", "branch_id", "from_on", "batch_id"),
        [(move.staff_id, move.role, move.branch_id, today, batch.id) for move in moves],
    )


def add_balances(bulk: Bulk, batch: Batch, rows: Sequence[Values], *, none_yet: bool) -> Result:
    """End-of-day balances: (account, day, line, fen). A different amount is a new revision."""
    latest = {} if none_yet else _latest_balances(bulk, rows)
    result = Result()
    new = []
    for place, (account_id, day, _line, amount) in enumerate(rows):
        known = latest.get(place)
        if known is None:
            new.append((account_id, day, 0, amount, batch.id))
            result.added += 1
        elif known[1] == amount:
            result.unchanged += 1
        else:
            new.append((account_id, day, known[0] + 1, amount, batch.id))
            result.changed += 1
    bulk.insert("balance", ("account_id", "day", "revision", "amount", "batch_id"), new)
    return result


def _latest_balances(bulk: Bulk, rows: Sequence[Values]) -> dict[int, tuple[int, int]]:
    source, values = bulk.key_list("k", ["bigint", "date"], [row[:2] for row in rows])
    found = bulk.rows(
        f"SELECT k.i, b.revision, b.amount FROM {source} CROSS JOIN balance AS b "  # noqa: S608
        "WHERE b.account_id = k.k0 AND b.day = k.k1 ORDER BY b.revision",
        *values,
    )
    first = bulk.first_place
    return {row[0] - first: (row[1], row[2]) for row in found}
