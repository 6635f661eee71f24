"""What an import looks up: references by public number, in sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crm_tui.db.bulk import Bulk


class BranchRef(NamedTuple):
    """A branch as references need it."""

    id: int
    parent_id: int | None


def branches(bulk: Bulk) -> dict[str, BranchRef]:
    """Every branch by its code."""
    found = bulk.rows("SELECT code, id, parent_id FROM branch")
    return {row[0]: BranchRef(row[1], row[2]) for row in found}


def staff(bulk: Bulk) -> dict[str, int]:
    """Ids of staff by user name."""
    return {row[0]: row[1] for row in bulk.rows("SELECT username, id FROM staff")}


def branches_of_staff(bulk: Bulk, today: str) -> dict[int, int]:
    """The branch of the first role that each of the staff holds today, by their id."""
    sql = (
        "SELECT staff_id, branch_id FROM staff_role WHERE from_on <= {day} "
        "AND (until_on IS NULL OR until_on > {day}) ORDER BY id DESC"
    ).replace("{day}", "?" if bulk.is_sqlite else "CAST(? AS date)")
    return {row[0]: row[1] for row in bulk.rows(sql, today, today)}


def roles_of_staff(bulk: Bulk, roles: Iterable[str]) -> dict[str, set[str]]:
    """Who holds or held one of `roles`, by user name."""
    held: dict[str, set[str]] = {}
    wanted = set(roles)
    sql = "SELECT s.username, r.role FROM staff_role r JOIN staff s ON s.id = r.staff_id"
    for username, role in bulk.rows(sql):
        if role in wanted:
            held.setdefault(username, set()).add(role)
    return held


def by_number(
    bulk: Bulk, table: str, number: str, columns: Sequence[str], wanted: Iterable[str]
) -> Mapping[str, tuple[Any, ...]]:
    """`columns` of the rows whose public number is among `wanted`."""
    asked = [(value,) for value in set(wanted)]
    if not asked:
        return {}
    source, values = bulk.key_list("k", ["text"], asked)
    named = ", ".join(f"t.{column}" for column in columns)
    sql = (
        f"SELECT t.{number}, {named} FROM {source} "  # noqa: S608
        f"CROSS JOIN {table} AS t WHERE t.{number} = k.k0"
    )
    return {row[0]: tuple(row[1:]) for row in bulk.rows(sql, *values)}


def any_tier_held(bulk: Bulk) -> bool:
    """Whether tiers exist already, so that who comes later starts at the lowest."""
    return bool(bulk.rows("SELECT 1 FROM tier_held LIMIT 1"))


def is_empty(bulk: Bulk, table: str) -> bool:
    """Whether a table has no row."""
    return not bulk.rows(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608
