"""What people of the demo bank do with cases and diaries, through the services, by time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlmodel import col

from crm_tui import i18n, labels
from crm_tui.db.tables import Complaint, Customer
from crm_tui.demo.diaries import Page
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import ComplaintForm, StepForm, TriageForm
from crm_tui.domain.diary import DiaryForm
from crm_tui.domain.diary_proposals import Proposed, up_to_date
from crm_tui.services.complaints import Complaints
from crm_tui.services.diaries import Diaries

if TYPE_CHECKING:
    from crm_tui.db.store import Store
    from crm_tui.demo.cases import Case, Deed
    from crm_tui.domain.policy import Policy
    from crm_tui.domain.staff import Person


_QUIET_DAY: Final = "整理客户资料，准备下周拜访。"


@dataclass(frozen=True, slots=True)
class Task:
    """A deed with a case, or what happens to a diary."""

    at: datetime
    what: Deed | Page = field(repr=False)


def plan(deeds: Iterable[Deed], pages: Iterable[Page], now: datetime) -> list[Task]:
    """All of it by time; what would come after `now` has not happened."""
    everything: list[Deed | Page] = [*deeds, *pages]
    tasks = [Task(one.at, one) for one in everything if one.at <= now]
    return sorted(tasks, key=lambda task: task.at)


@dataclass(slots=True)
class Bench:
    """The services of whoever does a task."""

    store: Store
    policy: Policy
    person: Callable[[str], Person]
    seed: int

    def do(self, task: Task) -> None:
        """Do it now, by the store's clock. Raises CrmError."""
        if isinstance(task.what, Page):
            self._page(task.what)
        else:
            self._deed(task.what)

    # --- cases ------------------------------------------------------------------------------

    def _deed(self, deed: Deed) -> None:
        service = Complaints(self.store, self.person(deed.who), self.policy)
        key = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.seed} {deed.case.number} {deed.at}"))
        if isinstance(deed.form, ComplaintForm):
            service.register(customer_id(self.store, deed.case.customer.customer_no),
                             deed.form, _key_of(self.seed, deed.case))  # fmt: skip
            return
        complaint_id, number = self._case(deed.case)
        shown = service.get(complaint_id).version
        if isinstance(deed.form, TriageForm):
            service.triage(complaint_id, shown, deed.form, key)
            return
        form = deed.form
        if deed.step is Step.MERGE:
            form = StepForm(text=form.text, other_no=self._other(number))
        assert deed.step is not None
        service.take(complaint_id, shown, deed.step, form, key)

    def _case(self, case: Case) -> tuple[int, str]:
        query = select(col(Complaint.id), col(Complaint.complaint_no)).where(
            col(Complaint.request_key) == _key_of(self.seed, case)
        )
        with self.store.read() as session:
            row = session.execute(query).one()
        return int(row[0]), str(row[1])

    def _other(self, number: str) -> str:
        """The open case that the customer repeats: where it is merged into."""
        query = (
            select(col(Complaint.complaint_no))
            .where(
                col(Complaint.is_open),
                col(Complaint.complaint_no) < number,
                col(Complaint.customer_id).in_(
                    select(col(Complaint.customer_id)).where(col(Complaint.complaint_no) == number)
                ),
            )
            .order_by(col(Complaint.id))
            .limit(1)
        )
        with self.store.read() as session:
            return str(session.execute(query).scalar_one())

    # --- diaries ----------------------------------------------------------------------------

    def _page(self, page: Page) -> None:
        service = Diaries(self.store, self.person(page.who), self.policy)
        if page.what == "write":
            entry = service.entry(page.day)
            with i18n.spoken("zh_CN"):
                day = up_to_date("", page.method, entry.touches, Proposed(), labels.label)
            content = day.content or _QUIET_DAY
            form = DiaryForm(content, page.method, page.insight, page.reflection, day.proposed)
            service.submit(page.day, entry.version, form)
            return
        diary_id, version = self._entry(page)
        if page.what == "return":
            service.give_back(diary_id, version, page.comment)
        else:
            service.review(diary_id, version, page.comment)

    def _entry(self, page: Page) -> tuple[int, int]:
        entry = Diaries(self.store, self.person(page.author), self.policy).entry(page.day)
        assert entry.diary_id is not None
        return entry.diary_id, entry.version


def _key_of(seed: int, case: Case) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed} case {case.number}"))


def customer_id(store: Store, customer_no: str) -> int:
    """The id of a customer by number."""
    with store.read() as session:
        query = select(col(Customer.id)).where(col(Customer.customer_no) == customer_no)
        return int(session.execute(query).scalar_one())
