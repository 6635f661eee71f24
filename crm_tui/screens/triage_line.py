"""The one line of triage: class, department, handler, urgency, limit, each picked by digit."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from crm_tui import labels
from crm_tui.domain.complaint_kinds import ComplaintClass, Complexity, Urgency
from crm_tui.domain.complaints import TriageForm
from crm_tui.i18n import N_, _
from crm_tui.labels_complaints import short
from crm_tui.text import clip, one_line
from crm_tui.widgets.bindings import is_character, typed
from crm_tui.widgets.pick_field import CLEARS, CURSOR, offered
from crm_tui.widgets.picking import DIGITS, MORE, Picking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from crm_tui.domain.complaints import Proposal

_TITLES = {
    "complaint_class": N_("Class"),
    "department": N_("Dept"),
    "handler": N_("Handler"),
    "urgency": N_("Urgency"),
    "complexity": N_("Limit"),
}
VALUE_CELLS = 12


class TriageLine(Widget, can_focus=True):
    """Five choices on a line; the options of the current one stand below it."""

    DEFAULT_CSS: ClassVar[str] = """
    TriageLine { height: 3; width: 1fr; padding: 0 1; }
    """

    class Edited(Message):
        """Something was chosen or typed."""

    class Refused(Message):
        """There is no such choice."""

    def __init__(self) -> None:
        super().__init__()
        self._picks = {one.name: Picking() for one in fields(TriageForm)}
        self._at = 0

    def begin(
        self,
        proposal: Proposal,
        departments: Sequence[tuple[str, str]],
        handlers: Sequence[tuple[str, str]],
    ) -> None:
        """Offer the choices of another case, the proposal picked; a digit means the same person
        from case to case, for hands that know it by heart."""
        form = proposal.form
        nobody = ("", _("this branch"))
        self._picks["complaint_class"].offer([(one.value, short(one)) for one in ComplaintClass])
        self._picks["department"].offer([nobody, *departments])
        self._picks["handler"].offer(handlers)
        self._picks["urgency"].offer([(one.value, labels.label(one)) for one in Urgency])
        self._picks["complexity"].offer([(one.value, labels.label(one)) for one in Complexity])
        for name, picking in self._picks.items():
            picking.pick(getattr(form, name))
        self._at = 0
        self.refresh()

    def values(self) -> TriageForm:
        """What is picked."""
        return TriageForm(**{name: picking.chosen for name, picking in self._picks.items()})

    def settle(self) -> bool:
        """Take what is typed; False, and there the keys stay, when it is not clear."""
        for place, picking in enumerate(self._picks.values()):
            if not picking.settle():
                self.go(place)
                return False
        self.refresh()
        return True

    def complain(self, name: str) -> None:
        """Go to the choice that is wrong."""
        if name in self._picks:
            self.go(list(self._picks).index(name))

    def go(self, place: int) -> None:
        """To another choice; what is typed in this one is taken where it is clear."""
        self._now.settle()
        self._at = place % len(self._picks)
        self.refresh()

    def step(self, by: int) -> None:
        """To the next choice, or the one before."""
        self.go(self._at + by)

    @property
    def _now(self) -> Picking:
        return list(self._picks.values())[self._at]

    def render(self) -> Content:
        """What is picked; below, what can be."""
        parts: list[str | Content | tuple[str, str]] = []
        for place, (name, picking) in enumerate(self._picks.items()):
            value = one_line(picking.typed) + CURSOR if picking.typed else self._value(picking)
            text = f"{_(_TITLES[name])} {clip(value, VALUE_CELLS, ascii_only=True)}"
            here = place == self._at
            parts += ["  "] if parts else []
            parts.append((f"[{text}]", "bold") if here else text)
        return Content.assemble(*parts, "\n", offered(self._now, self.content_size.width))

    def _value(self, picking: Picking) -> str:
        return one_line(picking.label) or "?"

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Every character is its own: digits pick, others narrow."""
        return is_character(key, character)

    def on_key(self, event: events.Key) -> None:
        """A digit picks and goes on to the next choice; characters narrow."""
        digit, refused = typed(event), False
        if digit and digit in DIGITS:
            event.stop()
            if self._now.digit(digit):
                self._at = min(self._at + 1, len(self._picks) - 1)
            elif not (self._now.has_more and digit == MORE):
                refused = True
        elif event.key in ("backspace", "delete"):
            event.stop()
            self._now.rub_out()
        elif event.key in CLEARS:
            event.stop()
            self._now.clear()
        elif event.key in ("left", "right"):
            event.stop()
            self.step(1 if event.key == "right" else -1)
        elif event.character and event.is_printable:
            event.stop()
            # `t` `Enter` for each case, though the line is open already: `t` begins no class.
            if digit != "t" or self._at or self._now.typed:
                self._now.type(event.character)
            refused = not self._now.matching()
        else:
            return
        self.post_message(self.Refused() if refused else self.Edited())
        self.refresh()

    def on_paste(self, event: events.Paste) -> None:
        """A name, or part of one."""
        event.stop()
        self._now.type(one_line(event.text))
        self.refresh()
