"""What the diary of a day begins with: the entry, what the day proposes, the draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from crm_tui import labels
from crm_tui.domain.diary import PARTS
from crm_tui.domain.diary_proposals import Proposed, assumed, up_to_date
from crm_tui.domain.drafts import DraftKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_tui.domain.diary import DiaryDay, DiaryEntry
    from crm_tui.domain.drafts import Draft
    from crm_tui.office import Office

FORM: Final = "diary"
# What the day has proposed travels with the draft.
PROPOSED: Final = "_proposed"


def day_number(day: date) -> int:
    """`20261123`: how a target and a draft name a day."""
    return int(f"{day:%Y%m%d}")


def number_day(number: int, today: date) -> date:
    """The day of a number; 0 is today."""
    return datetime.strptime(str(number), "%Y%m%d").date() if number else today  # noqa: DTZ007


@dataclass(frozen=True, slots=True)
class Start:
    """What the screen begins with, read off the loop."""

    entry: DiaryEntry
    month: tuple[DiaryDay, ...]
    draft: Draft | None

    @property
    def to_read(self) -> bool:
        """Whether nothing can be written any more."""
        return self.entry.diary_id is not None and not self.entry.may_write

    @property
    def key(self) -> DraftKey:
        """Where the draft of this day is kept."""
        return _key(self.entry.day)


def _key(day: date) -> DraftKey:
    return DraftKey(FORM, str(day_number(day)))


def load(office: Office, record_id: int) -> Start:
    """In a thread: the entry of a day, what the day proposes, its month, the draft."""
    day = number_day(record_id, office.today())
    return Start(*office.diaries.opened(day, _key(day)))


def prefilled(entry: DiaryEntry) -> tuple[dict[str, str], Proposed]:
    """What is stored with what the day proposes since, and what it has proposed by now."""
    values = {part: getattr(entry.form, part) for part in PARTS}
    return gone_on(values, entry, _known(entry))


def drafted(entry: DiaryEntry, draft: Mapping[str, str]) -> tuple[dict[str, str], Proposed]:
    """The same of a draft: what was proposed for it or for the entry is not proposed again."""
    if "content" not in draft:
        values, proposed = prefilled(entry)
        return {**values, **draft}, proposed
    typed = Proposed.of(draft.get(PROPOSED)) or assumed(
        draft["content"], entry.touches, entry.submitted_at, labels.label
    )
    return gone_on(draft, entry, _known(entry).joined(typed))


def _known(entry: DiaryEntry) -> Proposed:
    if entry.diary_id is None:
        return Proposed()
    return entry.form.proposed or assumed(
        entry.form.content, entry.touches, entry.submitted_at, labels.label
    )


def gone_on(
    values: Mapping[str, str], entry: DiaryEntry, known: Proposed
) -> tuple[dict[str, str], Proposed]:
    """`values` with what the day of `entry` proposes beyond what is `known`, and all of that."""
    method = values.get("method", "")
    now = up_to_date(values["content"], method, entry.touches, known, labels.label)
    return {**values, "content": now.content, "method": now.method}, now.proposed
