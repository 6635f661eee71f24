"""What a form does with its draft in the database."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from crm_tui.domain.drafts import TITLE
from crm_tui.errors import DraftTaken
from crm_tui.widgets.form_work import FormWork

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_tui.domain.drafts import Draft, DraftKey
    from crm_tui.office import Office
    from crm_tui.widgets.form_work import Submission


def keeping(
    office: Office,
    key: DraftKey,
    submit: Callable[[Submission], object],
    kept: Draft | None,
    title: str = "",
) -> FormWork:
    """The work of a form whose draft is under `key`, and was `kept` there before. `title` is what
    the list of drafts calls it, unless the form says so itself."""
    drafts = office.drafts
    claim = partial(drafts.claim, key, kept) if kept else None

    def titled(values: dict[str, str]) -> dict[str, str]:
        return {**values, TITLE: title} if title else values

    def claimed() -> None:
        """What ends the draft ends the one that was seen, though its claim failed before; what
        another session has written there since then stays."""
        if claim is not None:
            with suppress(DraftTaken):
                claim()

    def submit_claimed(said: Submission) -> object:
        claimed()
        return submit(said)

    def discard() -> None:
        claimed()
        drafts.discard(key)

    return FormWork(
        submit=submit_claimed,
        save_draft=lambda values: drafts.save(key, titled(values), known=kept),
        discard_draft=discard,
        take_over=partial(drafts.take_over, key),
        claim=claim,
        give_up=partial(drafts.give_up, key),
        begin_draft=lambda values: drafts.begin(key, titled(values)),
    )
