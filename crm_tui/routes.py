"""Which screen an area or a target is: imported when it is first needed, read off the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.domain.drafts import NEW, another_new
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from crm_tui.office import Office
    from crm_tui.widgets.context import Context

Builder = "Callable[[Context], Screen[Any]]"


def area(command_id: str, context: Context, office: Office) -> Screen[Any]:
    """The screen of an area, such as `area_visits`."""
    if command_id == "area_diary":
        from crm_tui.screens.diaries import DiariesScreen

        return DiariesScreen(context, office)
    if command_id == "area_visits":
        from crm_tui.screens.visits import VisitsScreen

        return VisitsScreen(context, office)
    if command_id == "area_complaints":
        from crm_tui.screens.complaints import ComplaintsScreen

        return ComplaintsScreen(context, office)
    if command_id == "area_today":
        from crm_tui.screens.today import TodayScreen

        return TodayScreen(context, office)
    from crm_tui.screens.customers import CustomersScreen

    return CustomersScreen(context, office)


def read_ahead(context: Context, office: Office) -> None:
    """In a thread, while nobody waits for it: import what every form stands on, and the diary of
    whoever writes one. More would be kept in memory for nothing."""
    from crm_tui.screens import form_base  # noqa: F401

    if "write_diary" in context.permissions:
        from crm_tui.screens import diary  # noqa: F401

        _service = office.diaries  # imported when it is first asked for


def prepare(
    target: str, record_id: int, office: Office, details: dict[str, Any]
) -> Callable[[Context], Screen[Any]]:
    """In a thread: read what the target needs; the answer builds the screen on the loop."""
    if target in ("customer_form", "complaint_form") and not record_id:
        unfinished = _unfinished(target, office, details)
        if unfinished is not None:
            return unfinished
    if target == "card":
        from crm_tui.screens import card, card_walk

        shown = card_walk.load(office, record_id, **details)
        return lambda context: card.build(context, office, shown)
    if target in ("case", "case_form", "complaint_form", "triage"):
        return _of_complaints(target, record_id, office, details)
    if target in ("contact_form", "edit_contact"):
        from crm_tui.screens import contact_form

        started = contact_form.load(office, target, record_id)
        return lambda context: contact_form.build(context, office, started, **details)
    if target == "customer_form":
        from crm_tui.screens import customer_form

        later = {name: value for name, value in details.items() if name != "record"}
        start = customer_form.load(office, record_id, record=details.get("record", NEW))
        return lambda context: customer_form.build(context, office, start, **later)
    if target == "diary":
        from crm_tui.screens import diary_start

        begun = diary_start.load(office, record_id)
        if begun.to_read:
            from crm_tui.screens import diary_read

            return lambda context: diary_read.build_own(context, office, begun, **details)
        from crm_tui.screens import diary

        return lambda context: diary.build(context, office, begun, **details)
    if target == "diary_read":
        from crm_tui.screens import diary_read

        entry = diary_read.load(office, record_id)
        return lambda context: diary_read.build(context, office, entry, **details)
    if target in ("diary_review", "diary_return", "diary_correct"):
        from crm_tui.screens import diary_said

        about = diary_said.load(office, target, record_id, wanted="draft" in details)
        return lambda context: diary_said.build(context, office, about, **details)
    raise KeyError(target)


def _unfinished(
    target: str, office: Office, details: dict[str, Any]
) -> Callable[[Context], Screen[Any]] | None:
    """What offers the drafts of something new before it is begun once more; None without any,
    or when it is known which is meant."""
    if "record" in details or "draft" in details:
        return None
    from crm_tui.screens import drafts

    waiting = drafts.unfinished(office, target)
    if not waiting:
        return None
    another = Open(target, 0, **details, record=another_new())
    return lambda context: drafts.UnfinishedDialog(context, office, waiting, another)


def _of_complaints(
    target: str, record_id: int, office: Office, details: dict[str, Any]
) -> Callable[[Context], Screen[Any]]:
    """`prepare` for a case, its steps, its triage, and a new one."""
    later = {name: details[name] for name in ("draft", "went_on", "instead_of") if name in details}
    details = {name: value for name, value in details.items() if name not in later}
    if target == "case":
        from crm_tui.screens import case

        shown = case.load(office, record_id, **details)
        return lambda context: case.build(context, office, shown)
    if target == "case_form":
        from crm_tui.screens import case_form

        step = case_form.load(office, record_id, **details)
        return lambda context: case_form.build(context, office, step, **later)
    if target == "complaint_form":
        from crm_tui.screens import complaint_form

        start = complaint_form.load(office, record_id, **details)
        return lambda context: complaint_form.build(context, office, start, **later)
    from crm_tui.screens import triage, triage_start

    begun = triage_start.load(office, record_id)
    return lambda context: triage.build(context, office, begun, **later)
