"""What the diary of a day begins with: the entry, what the day proposes, the draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from crm_tui import labels
from crm_tui.domain.diary import PARTS
from crm_tui.domain.diary_rules import proposed_method, with_new_lines
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.kinds import DiaryState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_tui.domain.diary import DiaryDay, DiaryEntry
    from crm_tui.domain.diary_rules import Proposal
    from crm_tui.domain.drafts import Draft
    from crm_tui.office import Office

FORM: Final = "diary"


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
    def key(self) -> DraftKey:
        """Where the draft of this day is kept."""
        return DraftKey(FORM, str(day_number(self.entry.day)))


def load(office: Office, record_id: int) -> Start:
    """In a thread: the entry of a day, what the day proposes, its month, the draft."""
    day = number_day(record_id, office.today())
    start = Start(office.diaries.entry(day), office.diaries.month(day.replace(day=1)), None)
    return Start(start.entry, start.month, office.drafts.load(start.key))


def take_over(office: Office, key: DraftKey) -> Mapping[str, str]:
    """In a thread: make this session the writer of a draft; what it holds."""
    office.drafts.take_over(key)
    kept = office.drafts.load(key)
    return kept.values if kept else {}


def prefilled(entry: DiaryEntry, fresh: list[Proposal]) -> dict[str, str]:
    """What is stored, with what the day proposes beside it."""
    values = {part: getattr(entry.form, part) for part in PARTS}
    if entry.state is not DiaryState.RETURNED:
        values["content"] = with_new_lines(values["content"], fresh)
        values["method"] = values["method"] or proposed_method(entry.touches, labels.label)
    return values
