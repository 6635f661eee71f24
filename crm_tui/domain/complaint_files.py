"""What a file says of a case, against what the program knows of it.

The rule of corrections: where a file differs from what it said last, a further `imported` event
says so. Kept, and a conflict, is what the program knows better: everything of a case that was
registered here, and once somebody has worked on a case of a file, who was asked first and how it
was answered.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from crm_tui.clock import business_date
from crm_tui.domain.complaint_events import Imported
from crm_tui.domain.complaint_fold import COURSE
from crm_tui.domain.complaint_kinds import ComplaintState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from crm_tui.domain.complaint_fold import Case
    from crm_tui.domain.complaint_settings import ComplaintRules

# The columns of a file behind the number, and what of a payload each one decides; the first of
# them is compared, of a translated word both.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "customer_no": ("customer_id",),
        "received_on": ("received_at",),
        "channel": ("channel", "channel_text"),
        "business": ("business", "business_text"),
        "reason": ("reason", "reason_text"),
        "content": ("content",),
        "first_responder": ("first_responder_id", "branch_id"),
        "answered_on": ("answered_on",),
        "result": ("result",),
        "on_time": ("on_time",),
        "disputed": ("disputed",),
    }
)
WORDS: Final = ("channel", "business", "reason")


class Merge(NamedTuple):
    """What becomes of a case; `payload` is None when it stays as it is."""

    payload: Imported | None
    conflicts: tuple[str, ...]


def merge(
    case: Case,
    row: Mapping[str, Any],
    said: Imported,
    changed: Collection[str],
    rules: Mapping[int, ComplaintRules],
) -> Merge:
    """`said` against the case, whose projection is `row`, in the columns whose cells have
    `changed` since the last file; `rules` are all versions by their ids."""
    taken, conflicts = [], []
    for name in COLUMNS:
        if name not in changed or _same(name, case, row, said):
            continue
        if _fixed(name, case):
            conflicts.append(name)
        else:
            taken.append(name)
    payload = _with(case.begun, said, taken, rules) if taken else None
    return Merge(payload, tuple(conflicts))


def _fixed(name: str, case: Case) -> bool:
    """Whether the program knows it better than any file."""
    return not case.imported or (case.worked and COLUMNS[name][0] in COURSE)


def _same(name: str, case: Case, row: Mapping[str, Any], said: Imported) -> bool:
    """Whether the file says what stands in the case, or what it was last taken to say."""
    compared = COLUMNS[name] if name in WORDS else COLUMNS[name][:1]
    told = [getattr(said, one) for one in compared]
    if isinstance(case.begun, Imported) and told == [getattr(case.begun, one) for one in compared]:
        return True
    stands = [row[one] for one in compared if one in row]
    if name == "received_on":
        told = [business_date(said.received_at)]
        stands = [business_date(row["received_at"])]
    elif name == "answered_on":
        stands = [answered_on(row)]
    return told == stands


def answered_on(row: Mapping[str, Any]) -> date | None:
    """The day of the answer as a file would name it: of a closed case, nothing else."""
    return business_date(row["ended_at"]) if row["state"] == ComplaintState.CLOSED.value else None


def _with(
    begun: Any, said: Imported, taken: Collection[str], rules: Mapping[int, ComplaintRules]
) -> Imported:
    """The payload of the correction. The rules stay those of the receipt."""
    values: dict[str, Any] = {one: getattr(said, one) for name in taken for one in COLUMNS[name]}
    kept = {name: text for name, text in begun.original.items() if name not in taken}
    found = {name: text for name, text in said.original.items() if name in taken}
    payload: Imported = replace(begun, **values, original=kept | found)
    received = business_date(payload.received_at)
    if "received_on" in taken:
        payload = replace(payload, rule_set_id=said.rule_set_id)
    if {"received_on", "business"} & set(taken):
        regime = rules[payload.rule_set_id].regime_for(payload.business, received)
        payload = replace(payload, regime=regime.code)
    before = payload.answered_on is not None and payload.answered_on < received
    return replace(payload, answered_before=before)
