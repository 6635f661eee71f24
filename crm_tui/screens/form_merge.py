"""Two versions of one form become one: what only one side changed is taken, the rest is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_tui.widgets.form_work import merge
from crm_tui.widgets.option_field import OptionField

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import App

    from crm_tui.widgets.context import Context
    from crm_tui.widgets.form import FormView

Values = dict[str, str]


def settle(
    app: App[object],
    context: Context,
    form: FormView,
    now: Mapping[str, str],
    was: Mapping[str, str],
    done: Callable[[Values | None], object],
    *,
    unknown: frozenset[str] = frozenset(),
    by: str = "",
    own: bool = False,
) -> None:
    """Merge what `form` shows with `now`, both begun from `was`; `done` gets the result, or None
    when the person would rather go on typing. What the fields `unknown` were is not offered;
    `by` is who changed the record last, `own` that it was this person in another session."""
    mine = form.values()
    theirs = {key: now.get(key, mine[key]) for key in mine}
    before = {key: was.get(key, "") for key in mine}
    merged, both = merge(mine, theirs, before)
    if not both:
        done(merged)
        return
    # Of the forms that are opened few ever meet a conflict.
    from crm_tui.screens.dialogs import Clash, ConflictDialog

    versions = (mine, theirs, before)

    def settled(picks: dict[str, int] | None) -> None:
        chosen = {key: versions[pick][key] for key, pick in (picks or {}).items()}
        done(None if picks is None else merged | chosen)

    def clash(key: str) -> Clash:
        ours, present, first = (_shown(form, key, one[key]) for one in versions)
        return Clash(key, form.label_of(key), ours, present, None if key in unknown else first)

    app.push_screen(ConflictDialog(context, [clash(key) for key in both], by, own=own), settled)


def _shown(form: FormView, key: str, text: str) -> str:
    row = form.row(key)
    if row is not None and isinstance(row.control, OptionField):
        return dict(row.control.options).get(text, text)
    return text
