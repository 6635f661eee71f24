"""What to keep of the roster: tier, state, owner."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui import labels
from crm_tui.domain.kinds import CustomerState, Tier
from crm_tui.errors import CrmError, InvalidInput
from crm_tui.i18n import _
from crm_tui.widgets.commanding import CommandDialog
from crm_tui.widgets.fields import LineField
from crm_tui.widgets.footer import KeyFooter
from crm_tui.widgets.form import FieldRow, FormView
from crm_tui.widgets.option_field import OptionField

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from crm_tui.domain.roster import RosterCriteria
    from crm_tui.widgets.context import Context


class FilterDialog(CommandDialog["tuple[RosterCriteria, str]"]):
    """Dismisses with the criteria and the owner's name; Enter applies, Delete clears a choice."""

    CSS_PATH = Path(__file__).with_name("base.tcss")

    def __init__(
        self,
        context: Context,
        criteria: RosterCriteria,
        manager: str,
        managers: Callable[[], Sequence[tuple[int, str]]],
    ) -> None:
        super().__init__(context)
        self._criteria = criteria
        self._managers = managers
        tiers = [(str(int(tier)), labels.tier_card(tier)) for tier in sorted(Tier, reverse=True)]
        states = [(state.value, labels.label(state)) for state in CustomerState]
        self.form = FormView(
            [
                FieldRow("tier", _("Tier"), OptionField(tiers)),
                FieldRow("state", _("State"), OptionField(states)),
                FieldRow("manager", _("Owner"), LineField(limit=64, hint=_("a part of the name"))),
            ]
        )
        self._manager = manager

    def compose(self) -> ComposeResult:
        """The three choices."""
        with Vertical(id="frame"):
            yield Static(Content(_("Show only")), markup=False)
            yield self.form
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        """What is in force now."""
        self.form.styles.height = "auto"
        criteria = self._criteria
        self.form.load(
            {
                "tier": "" if criteria.tier is None else str(int(criteria.tier)),
                "state": criteria.state.value if criteria.state else "",
                "manager": self._manager,
            }
        )
        self.form.focus_first()

    def do_save(self) -> None:
        """Ctrl+S applies too."""
        self.do_confirm()

    def do_confirm(self) -> None:
        """Apply."""
        self.run_worker(self._apply(), exclusive=True, exit_on_error=False)

    async def _apply(self) -> None:
        values = self.form.values()
        manager_id, name = None, ""
        if values["manager"].strip():
            try:
                managers = await asyncio.to_thread(self._managers)
                manager_id, name = the_one(managers, values["manager"])
            except CrmError as error:
                self.form.show_error("manager", error.message)
                return
        tier = Tier(int(values["tier"])) if values["tier"] else None
        state = CustomerState(values["state"]) if values["state"] else None
        picked = replace(self._criteria, tier=tier, state=state, manager_id=manager_id)
        self.dismiss((picked, name))


def the_one(managers: Sequence[tuple[int, str]], typed: str) -> tuple[int, str]:
    """The account manager whose name is or contains `typed`. Raises InvalidInput."""
    wanted = typed.strip().removeprefix("@")
    exact = [one for one in managers if one[1] == wanted]
    found = exact or [one for one in managers if wanted in one[1]]
    if not found:
        raise InvalidInput("manager", _("There is no such account manager."))
    if len(found) > 1:
        names = " ".join(name for _id, name in found[:5])
        raise InvalidInput("manager", _("Which one? {names}").format(names=names))
    return found[0]
