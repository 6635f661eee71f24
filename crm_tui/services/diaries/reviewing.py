"""Reading and reviewing the diaries of one's people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_
from sqlmodel import col

from crm_tui.db import diaries as queries
from crm_tui.db.complaint_rules import working_days
from crm_tui.db.tables import Diary
from crm_tui.db.writes import update_shown
from crm_tui.domain.diary import DiaryEntry, MissingDays
from crm_tui.domain.kinds import DiaryState
from crm_tui.domain.staff import Permission
from crm_tui.domain.text_rules import NOTE_LIMIT, clean_text
from crm_tui.services.base import NotThere
from crm_tui.services.diaries.base import OBJECT, DiaryService, conflict

if TYPE_CHECKING:
    from crm_tui.domain.diary import DiaryPage, DiaryView
    from crm_tui.domain.drafts import DraftKey
    from crm_tui.domain.roster import Move


class Reviewing(DiaryService):
    """Entries of people whose superior one is; nobody reviews their own."""

    def page(
        self, view: DiaryView, move: Move, key: tuple[str, int] | None, limit: int
    ) -> DiaryPage:
        """One page of the entries of one's people. Raises Refused."""
        scope = self._scope(Permission.REVIEW_DIARY, "diary.list")
        with self._store.read() as session:
            return queries.page(session, scope, view, move, key, limit)

    def count(self, view: DiaryView) -> int:
        """How many the view has. Raises Refused."""
        scope = self._scope(Permission.REVIEW_DIARY, "diary.list")
        with self._store.read() as session:
            return queries.count(session, scope, view)

    def missing(self) -> tuple[MissingDays, ...]:
        """Who lacks which working days of the last month, most first. Raises Refused."""
        scope = self._scope(Permission.REVIEW_DIARY, "diary.list")
        with self._store.read() as session:
            calendar = working_days(session)
            people = queries.keepers(session, scope, self._today)
            first = self._first_wanted(date.min, queries.in_use_since(session))
            written = queries.written(session, [one for one, _name, _from in people], first)
        found = [
            MissingDays(one, name, self._gaps(max(first, since), calendar, written[one]))
            for one, name, since in people
        ]
        return tuple(sorted((one for one in found if one.days), key=lambda one: -len(one.days)))

    def read(self, diary_id: int) -> DiaryEntry:
        """An entry of one of one's people. Raises Refused."""
        scope = self._scope(Permission.REVIEW_DIARY, "diary.open")
        with self._store.read() as session:
            found = queries.entry(
                session, where=and_(col(Diary.id) == diary_id, queries.within(scope))
            )
            if found is not None and found.state != DiaryState.DRAFT:
                working = working_days(session, found.day, found.day).is_working(found.day)
                return self._entry(session, found, (), working=working)
        raise self._store.refuse(self._actor, "diary.open", OBJECT, diary_id)

    def review(
        self, diary_id: int, shown: int, comment: str, draft: DraftKey | None = None, *,
        exemplary: bool = False,
    ) -> None:  # fmt: skip
        """Mark as read, with a comment if there is something to say.

        Raises Conflict, InvalidInput, Refused, StoreError.
        """
        self._judge(diary_id, shown, comment, draft, DiaryState.REVIEWED, exemplary=exemplary)

    def give_back(
        self, diary_id: int, shown: int, comment: str, draft: DraftKey | None = None
    ) -> None:
        """Return it to be completed; the reason is required.

        Raises Conflict, InvalidInput, Refused, StoreError.
        """
        self._judge(diary_id, shown, comment, draft, DiaryState.RETURNED, exemplary=False)

    def _judge(
        self, diary_id: int, shown: int, comment: str, draft: DraftKey | None, state: DiaryState,
        *, exemplary: bool,
    ) -> None:  # fmt: skip
        action = "diary.review" if state is DiaryState.REVIEWED else "diary.return"
        scope = self._scope(Permission.REVIEW_DIARY, action)
        said = clean_text(
            comment, field="comment", limit=NOTE_LIMIT, required=state is DiaryState.RETURNED
        )
        with self._writing(action, OBJECT, diary_id) as tx:
            found = queries.entry(
                tx.session, where=and_(col(Diary.id) == diary_id, queries.within(scope))
            )
            if found is None or found.state == DiaryState.DRAFT:
                raise NotThere
            self._drop(tx, draft)
            values = {
                "state": state.value, "comment": said, "exemplary": exemplary,
                "reviewer_id": self._person.staff_id, "reviewed_at": tx.now,
            }  # fmt: skip
            if _judged_so(found, values):
                tx.unaudited("a repeated review: nothing changes")
                return
            if found.state != DiaryState.SUBMITTED or not update_shown(
                tx.session, Diary, diary_id, shown, values
            ):
                raise conflict(found)
            tx.audit(
                action, OBJECT, diary_id, branch_id=found.branch_id,
                fields={"author": found.staff_id, "exemplary": exemplary},
                image={"comment": said} if said else None,
            )  # fmt: skip


def _judged_so(found: Any, values: dict[str, Any]) -> bool:
    """Whether the same review is stored: saved before, unknown to the reviewer."""
    same = ("state", "comment", "exemplary", "reviewer_id")
    return all(getattr(found, name) == values[name] for name in same)
