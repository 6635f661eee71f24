"""Everything about one customer in one look, with one timeline; `[` `]` walk the list."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.customers import TouchKind
from crm_tui.domain.roster import Walk
from crm_tui.i18n import _
from crm_tui.screens import card_lines, card_walk, granting, paging, taking_back, visit_lines
from crm_tui.screens.base import RecordScreen
from crm_tui.screens.card_dialogs import RevealDialog
from crm_tui.screens.dialogs import TextDialog
from crm_tui.screens.visit_lines import Room
from crm_tui.text import clip, one_line, safe
from crm_tui.widgets.record_table import RecordTable
from crm_tui.widgets.rule import Rule
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crm_tui.domain.customers import Card, Touch
    from crm_tui.domain.kinds import RevealField, RevealReason
    from crm_tui.office import Office
    from crm_tui.screens.card_walk import Shown
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.record_messages import Highlighted, Opened, Wanted


DETAIL_LINES: Final = 2


def build(context: Context, office: Office, shown: Shown) -> CardScreen:
    """On the loop: the screen."""
    return CardScreen(context, office, shown)


class CardScreen(RecordScreen[None], inherit_bindings=False):
    """Facts, accounts beside tiers, timeline."""

    WHERE = "card"
    DEFAULT_CSS: ClassVar[str] = """
    CardScreen #facts, CardScreen #pairs { height: auto; width: 1fr; }
    CardScreen #detail { height: 2; width: 1fr; }
    CardScreen RecordTable { height: 1fr; }
    """

    def __init__(self, context: Context, office: Office, shown: Shown) -> None:
        super().__init__(context, _("Customers F3"))
        self._office = office
        self._shown = shown
        self._clear: dict[str, str] = {}
        self._clear_serial = 0

    def anew(self, context: Context) -> CardScreen:
        """The same card, at the same place of its list."""
        return build(context, self._office, self._shown)

    @property
    def _card(self) -> Card:
        return self._shown.card

    @property
    def subject(self) -> tuple[int, str]:
        """The customer who is shown."""
        return self._card.customer_id, self._card.name

    @property
    def _touch(self) -> Touch | None:
        """What the cursor stands on now; `Highlighted` tells it only later."""
        return self.table.row if self.table else None

    def compose_body(self) -> Iterable[Widget]:
        """Facts, assets and tiers, timeline, the highlighted touch."""
        plain = self.context.plain
        yield Static(Content(""), id="facts", markup=False)
        yield Rule(plain=plain, caption=_("assets"))
        yield Static(Content(""), id="pairs", markup=False)
        yield Rule(plain=plain, caption=_("timeline"))
        yield RecordTable(
            card_lines.columns(),
            lambda touch: (touch.kind, touch.object_id),
            empty=_("No contact yet. v logs the first one."),
            ascii_glyphs=plain,
        )
        yield Static(Content(""), id="detail", markup=False)

    def on_mount(self) -> None:
        """The timeline has the keys."""
        table = self.query_one(RecordTable)
        table.focus()
        table.reset()
        self._draw()
        if self._shown.done:
            self.say(self._shown.done)
            self._shown = replace(self._shown, done="")
        self._count_list()

    def _count_list(self) -> None:
        """The list was opened before it was counted: its place in the title comes later."""
        walk = self._shown.walk
        if isinstance(walk, Walk) and walk.total is None:
            count = partial(self._office.roster.count, walk.criteria)
            self.run_read("count", count, self._counted)

    def _counted(self, total: int) -> None:
        walk = self._shown.walk
        if isinstance(walk, Walk):
            self._shown = replace(self._shown, walk=replace(walk, total=total))
            self._draw()

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._draw()

    def _draw(self) -> None:
        card, walk = self._card, self._shown.walk
        place = None
        if isinstance(walk, Walk) and walk.position is not None and walk.total is not None:
            place = (walk.position + 1, walk.total)
        self.show_title(_("Customers F3 > {name}").format(name=one_line(card.name)), place)
        width = max(0, self.app.size.width - 2)
        self._put("facts", card_lines.facts(card, self._office.today(), self._clear))
        plain = self.context.plain
        open_cases = card_lines.complaints(card, plain=plain)
        self._put("pairs", [*card_lines.two_columns(card, width, plain=plain), *open_cases])
        bars = card_lines.spark([v for _day, v in card.monthly_averages], plain=plain)
        caption = _("assets, last 12 months {bars}").format(bars=bars) if bars else _("assets")
        self.query(Rule).first().caption(caption)
        self.refresh_keys()

    def _put(self, name: str, lines: list[str]) -> None:
        width = max(0, self.app.size.width - 2)
        plain = self.context.plain
        text = "\n".join(" " + clip(safe(line), width, ascii_only=plain) for line in lines)
        self.query_one(f"#{name}", Static).update(Content(text))

    # --- the timeline -----------------------------------------------------------------------

    def on_record_table_wanted(self, message: Wanted) -> None:
        """Fetch touches."""
        customer_id = self._card.customer_id
        paging.read_page(self, message, partial(self._office.customers.timeline, customer_id))

    def on_record_table_highlighted(self, message: Highlighted) -> None:
        """The beginning of what was said and of what is wanted, in two lines."""
        message.stop()
        touch = self._touch if self._opens() else None
        room = Room(max(0, self.app.size.width - 2), DETAIL_LINES, self.context.plain)
        lines: list[str] = []
        if touch is not None:
            lines = visit_lines.in_few(touch.text, visit_lines.needs(touch.needs), room)
        self._put("detail", lines)
        self.refresh_keys()

    def _opens(self) -> bool:
        return self._touch is not None and self._touch.kind is not TouchKind.TIER

    def on_record_table_opened(self, message: Opened) -> None:
        """Read a touch in full."""
        message.stop()
        touch: Touch = message.row
        if touch.kind is TouchKind.CONTACT:
            end = card_lines.touch_end(touch)
            heading, text = [card_lines.touch_title(touch)], card_lines.touch_text(touch)
            self.app.push_screen(TextDialog(self.context, heading, text, end))
        elif touch.kind is TouchKind.COMPLAINT:
            self.post_message(Open("case", touch.object_id))

    # --- commands ---------------------------------------------------------------------------

    def came_back(self, *, saved: bool = False) -> None:
        """What was just saved is the newest: the cursor goes to it."""
        self.reload()
        if saved:
            self.query_one(RecordTable).reset()

    def reload(self) -> None:
        """Card and timeline."""
        read = partial(self._office.customers.reload, self._card.customer_id)
        self.run_read("card", read, self._show_card)
        self.query_one(RecordTable).reload()

    def _show_card(self, card: Card) -> None:
        self._shown = replace(self._shown, card=card)
        self._draw()

    def do_log_contact(self) -> None:
        """Log a contact with this customer."""
        self.post_message(Open("contact_form", self._card.customer_id))

    def do_complain(self) -> None:
        """Register a complaint of this customer."""
        self.post_message(Open("complaint_form", self._card.customer_id))

    def do_edit(self) -> None:
        """Edit this customer."""
        self.post_message(Open("customer_form", self._card.customer_id))

    def do_next(self) -> None:
        """The next customer of the list."""
        self._step(1)

    def do_previous(self) -> None:
        """The one before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        walk = self._shown.walk
        if walk is None:
            return

        def read() -> Shown:
            further = card_walk.step(self._office, walk, by)
            return card_walk.load(self._office, further.row.customer_id, further)

        card_walk.go(self, read, self._walked)

    def _walked(self, shown: Shown) -> None:
        self._shown = shown
        self._clear = {}
        self.forget_undo()  # it would be of somebody who is no longer shown
        self.status.clear()
        self._draw()
        self.query_one(RecordTable).reset()

    def do_reveal(self) -> None:
        """Show phone or ID for a while."""

        def chosen(answer: tuple[RevealField, RevealReason, str] | None) -> None:
            if answer is not None:
                field, reason, text = answer
                work = partial(
                    self._office.customers.reveal, self._card.customer_id, field, reason, text
                )
                self.run_write(work, partial(self._revealed, self._card.customer_id, field.value))

        self.app.push_screen(RevealDialog(self.context), chosen)

    def _revealed(self, customer_id: int, field: str, number: str) -> None:
        if customer_id != self._card.customer_id:
            return
        if not number:
            self.say(_("nothing is stored there"), "warning")
            return
        self._clear[field] = number
        self._clear_serial += 1
        seconds = self._office.policy.reveal_seconds
        self.say(_("shown for {n} seconds; this was noted").format(n=seconds))
        self.set_timer(seconds, partial(self._mask_again, self._clear_serial))
        self._draw()

    def _mask_again(self, serial: int) -> None:
        if serial == self._clear_serial:
            self._clear = {}
            self.status.clear()
            self._draw()

    def do_take_back(self) -> None:
        """Take back one's own contact of today."""
        taking_back.ask(self, self._office, lambda: taking_back.contact_of(self._touch))

    def do_grant_tier(self) -> None:
        """Grant the tier that the customer qualifies for."""
        granting.grant(self, self._office, self._card)

    def why_not(self, command_id: str) -> str | None:
        """In words."""
        card = self._card
        if command_id in ("next", "previous"):
            return card_walk.no_step(self._shown.walk, 1 if command_id == "next" else -1)
        if command_id == "open" and self.settled and not self._opens():
            return _("only contacts and complaints open")
        if command_id == "edit" and not card.may_edit:
            return _("only the owner may edit this customer")
        if command_id == "reveal" and not card.may_reveal:
            return _("only the owner may see these numbers")
        if command_id == "grant_tier" and card.qualifying <= card.tier:
            return _("this customer qualifies for no higher tier")
        if command_id == "take_back" and self.settled:
            reason = super().why_not(command_id)
            return reason or taking_back.touch_stays(self._touch, self._office)
        return super().why_not(command_id)
