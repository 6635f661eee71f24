"""The roster for one person: pages, counts, the strip, who has customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlmodel import col

from crm_tui.db import roster as queries
from crm_tui.db import strip as pyramid
from crm_tui.db.tables import Staff, StaffRole
from crm_tui.domain.staff import Permission, Role
from crm_tui.services.base import Service

if TYPE_CHECKING:
    from crm_tui.domain.roster import Key, Move, RosterCriteria, RosterPage, Strip

_LIST = "roster.list"


class RosterService(Service):
    """What a person may list. List pages are not audited, a refusal is."""

    def page(self, criteria: RosterCriteria, move: Move, key: Key | None, limit: int) -> RosterPage:
        """One page in scope. Raises Refused, StoreError."""
        scope = self._scope(Permission.SEE_CUSTOMERS, _LIST)
        with self._store.read() as session:
            return queries.page(
                session, self._store.keys, scope, criteria, move, key, limit, self._today
            )

    def count(self, criteria: RosterCriteria) -> int:
        """How many the criteria list; slow for a million. Raises Refused, StoreError."""
        scope = self._scope(Permission.SEE_CUSTOMERS, _LIST)
        with self._store.read() as session:
            return queries.count(session, self._store.keys, scope, criteria, self._today)

    def position(self, criteria: RosterCriteria, key: Key) -> int:
        """The place of a row in its list, from 1. Raises Refused, StoreError."""
        scope = self._scope(Permission.SEE_CUSTOMERS, _LIST)
        with self._store.read() as session:
            return queries.position(session, self._store.keys, scope, criteria, key, self._today)

    def strip(self) -> Strip:
        """The pyramid of everything in scope. Raises Refused, StoreError."""
        scope = self._scope(Permission.SEE_CUSTOMERS, _LIST)
        with self._store.read() as session:
            return pyramid.strip(session, scope)

    def managers(self) -> tuple[tuple[int, str], ...]:
        """Account managers of the branches in scope, id and name, in the order of names.

        Raises Refused, StoreError.
        """
        scope = self._scope(Permission.SEE_CUSTOMERS, _LIST)
        query = (
            select(col(Staff.id), col(Staff.name))
            .join(StaffRole, col(StaffRole.staff_id) == col(Staff.id))
            .where(
                col(StaffRole.role) == Role.ACCOUNT_MANAGER.value,
                or_(col(StaffRole.until_on).is_(None), col(StaffRole.until_on) > self._today),
            )
            .distinct()
            .order_by(col(Staff.name_key), col(Staff.id))
            .add_columns(col(Staff.name_key))
        )
        if scope.branch_ids is not None:
            query = query.where(col(StaffRole.branch_id).in_(sorted(scope.branch_ids)))
        with self._store.read() as session:
            rows = session.execute(query).all()
        # Every server sorts text in its own way; pinyin keys are plain letters and digits.
        return tuple((row[0], row[1]) for row in sorted(rows, key=lambda row: (row[2], row[0])))
