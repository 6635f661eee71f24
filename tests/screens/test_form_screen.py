"""The form screen: drafts, saving, failures, conflicts, take-over; nothing typed is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot

from crm_tui.domain.drafts import BASE_VERSION, FOCUS, REQUEST_KEY
from crm_tui.errors import Conflict, InvalidInput, OutcomeUnknown, Refused, StoreUnavailable
from crm_tui.screens.base import RecordScreen
from crm_tui.screens.dialogs import ClashView, ConfirmDialog, ConflictDialog
from crm_tui.screens.form_base import FormScreen
from crm_tui.terminal.safe_app import SafeApp
from crm_tui.widgets.context import Context
from crm_tui.widgets.fields import LineField
from crm_tui.widgets.form import FieldRow
from crm_tui.widgets.form_work import FormOutcome, FormWork, Submission, merge, stored_text
from crm_tui.widgets.note_field import NoteField
from crm_tui.widgets.option_field import OptionField
from crm_tui.widgets.pick_field import PickField
from tests.support.screen_text import screen_lines, wait_until

NOW = datetime(2026, 11, 23, 1, 15, 2, tzinfo=UTC)


@dataclass
class Store:
    """A fake of what stands behind a form."""

    drafts: list[dict[str, str]] = field(default_factory=list)
    submitted: list[Submission] = field(default_factory=list)
    discarded: int = 0
    away: bool = False
    answers: list[Exception] = field(default_factory=list)
    hold: threading.Event | None = None

    def save_draft(self, values: dict[str, str]) -> None:
        if self.away:
            raise StoreUnavailable("The database is away.")
        self.drafts.append(values)

    def submit(self, submission: Submission) -> object:
        self.submitted.append(submission)
        if self.hold is not None:
            self.hold.wait(10)
        if self.away:
            raise StoreUnavailable("The database is away.")
        if self.answers:
            raise self.answers.pop(0)
        return 17

    def discard_draft(self) -> None:
        if self.away:
            raise StoreUnavailable("The database is away.")
        self.discarded += 1


class ContactScreen(FormScreen):
    WHERE = "contact_form"
    AUTOSAVE_AFTER = 0.01


class Desk(SafeApp[None], inherit_bindings=False):
    def __init__(self, store: Store, **given: Any) -> None:
        super().__init__()
        self.store = store
        self.given = given
        self.outcomes: list[FormOutcome | None] = []
        self.incidents: list[BaseException] = []

    def on_mount(self) -> None:
        self.push_screen(Base(self.context()))
        self.open_form(**self.given)

    def context(self) -> Context:
        def incident(error: BaseException) -> str:
            self.incidents.append(error)
            return "ABCD1234"

        permissions = frozenset({"log_contact", "see_customers"})
        return Context(clock=lambda: NOW, permissions=permissions, incident=incident)

    def open_form(self, take_over: Callable[[], Mapping[str, str]] | None = None,
                  more: Sequence[FieldRow] = (), **given: Any) -> None:  # fmt: skip
        rows = [
            FieldRow("method", "方式", OptionField([("visit", "上门"), ("phone", "电话")])),
            FieldRow("note", "内容", NoteField()),
            FieldRow("name", "姓名", LineField(limit=8)),
        ]
        rows += more
        work = FormWork(
            self.store.submit, self.store.save_draft, self.store.discard_draft, take_over
        )
        self.form_screen = ContactScreen(self.context(), "联系记录 › 张伟明", rows, work, **given)
        self.push_screen(self.form_screen, self.outcomes.append)


class Base(RecordScreen[None]):
    WHERE = "customers"


async def saved(pilot: Pilot[Any], app: Desk) -> None:
    await wait_until(pilot, lambda: app.outcomes, what="the form is left")


async def told(pilot: Pilot[Any], app: Desk, text: str) -> None:
    await wait_until(pilot, lambda: text in "\n".join(screen_lines(app)), what=text)


async def test_typing_saves_a_draft_and_says_when() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2", *"问到期")
        await told(pilot, app, "draft saved 09:15:02")
        draft = app.store.drafts[-1]
        assert (draft["method"], draft["note"]) == ("phone", "问到期")
        assert draft[REQUEST_KEY]


async def test_an_untouched_form_makes_no_draft() -> None:
    app = Desk(Store(), original={"note": "甲"})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", "escape")
        await saved(pilot, app)
        assert app.store.drafts == []
        assert app.outcomes[0] is not None
        assert app.outcomes[0].how == "left"


async def test_blanks_alone_are_no_work_and_make_no_draft() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "space", "enter", "space", "escape")
        await saved(pilot, app)
        assert app.store.drafts == []


async def test_what_was_taken_out_to_the_last_blank_is_stored_as_taken_out() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "a")
        await told(pilot, app, "draft saved")
        await pilot.press("backspace", "escape")
        await saved(pilot, app)
        assert app.store.drafts[-1]["note"] == ""


async def test_a_key_of_another_screen_is_told_but_letters_are_text() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "ctrl+o")
        await told(pilot, app, "not available here: customer of the line")
        await pilot.press("ctrl+b")
        await told(pilot, app, "Ctrl+B does nothing here")
        await pilot.press("f4")
        await told(pilot, app, "first leave this with Esc")
        await pilot.press("u", "v")
        await told(pilot, app, "uv")


async def test_escape_keeps_the_last_key_in_the_draft() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        app.form_screen.AUTOSAVE_AFTER = 60.0  # type: ignore[misc]
        await pilot.press("tab", *"abc", "escape")
        await saved(pilot, app)
        assert app.store.drafts[-1]["note"] == "abc"


async def test_saving_dismisses_with_the_result_and_makes_no_later_draft() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", "x", "ctrl+s")
        await saved(pilot, app)
        count = len(app.store.drafts)
        outcome = app.outcomes[0]
        assert outcome is not None
        assert (outcome.how, outcome.result) == ("saved", 17)
        await pilot.pause(0.05)
        assert len(app.store.drafts) == count


async def test_ctrl_s_twice_saves_once() -> None:
    store = Store(hold=threading.Event())
    app = Desk(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", "x", "ctrl+s", "ctrl+s")
        assert store.hold is not None
        store.hold.set()
        await saved(pilot, app)
        assert len(store.submitted) == 1


async def test_a_refused_value_is_told_at_its_field_and_the_text_stays() -> None:
    app = Desk(Store(answers=[InvalidInput("name", "This name is taken.")]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", *"note", "ctrl+s")
        await told(pilot, app, "! This name is taken.")
        assert app.focused is app.form_screen.form.rows[2].control
        assert app.form_screen.form.values()["note"] == "note"
        await pilot.press("ctrl+s")
        await saved(pilot, app)
        first, second = app.store.submitted
        assert first.request_key != second.request_key


async def test_a_form_with_a_fault_is_not_sent() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", *"123456789", "ctrl+s")
        await told(pilot, app, "mend what is marked")
        assert app.store.submitted == []


async def test_that_something_is_marked_is_not_said_once_nothing_is() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", *"123456789", "ctrl+s")
        await told(pilot, app, "mend what is marked")
        await pilot.press("backspace")
        await wait_until(
            pilot, lambda: "mend what" not in "\n".join(screen_lines(app)), what="not said"
        )


async def test_on_a_smaller_screen_the_field_that_is_typed_in_stays_in_sight() -> None:
    more = [FieldRow(f"more{n}", f"More {n}", NoteField()) for n in range(3)]
    app = Desk(Store(), more=more)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.press("tab", "tab", "tab", "tab", "tab", *"here")
        await told(pilot, app, "here")
        await pilot.resize_terminal(60, 20)
        await told(pilot, app, "here")


async def test_while_the_database_is_away_nothing_is_lost_and_the_same_key_retries() -> None:
    app = Desk(Store(away=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", *"abc")
        await told(pilot, app, "NOT SAVED")
        await pilot.press("ctrl+s")
        await told(pilot, app, "Ctrl+S tries again")
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is app.form_screen
        app.store.away = False
        await pilot.press("ctrl+s")
        await saved(pilot, app)
        keys = {one.request_key for one in app.store.submitted}
        assert len(keys) == 1
        assert app.store.submitted[-1].values["note"] == "abc"


async def test_the_draft_is_saved_by_itself_when_the_database_comes_back() -> None:
    app = Desk(Store(away=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", *"abc")
        await told(pilot, app, "NOT SAVED")
        app.store.away = False
        await told(pilot, app, "draft saved")
        assert app.store.drafts[-1]["note"] == "abc"
        assert app.form_screen.status.message == ""


async def test_after_an_unknown_outcome_the_text_is_held_until_it_is_known() -> None:
    app = Desk(Store(answers=[OutcomeUnknown("The line broke.")]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", *"abc", "ctrl+s")
        await told(pilot, app, "The line broke.")
        await pilot.press("x", "ctrl+d")
        await pilot.pause()
        assert app.store.discarded == 0
        await pilot.press("ctrl+s")
        await saved(pilot, app)
        first, second = app.store.submitted
        assert first == second


async def test_a_draft_brings_back_its_request_key() -> None:
    app = Desk(Store(), draft={"note": "abc", REQUEST_KEY: "k1", BASE_VERSION: "0"})
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.form_screen.form.values()["note"] == "abc"
        await pilot.press("ctrl+s")
        await saved(pilot, app)
        assert app.store.submitted[0].request_key == "k1"


async def test_a_draft_goes_on_in_the_field_in_which_the_person_stopped() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", *"wants a ", "escape")
        await saved(pilot, app)
    resumed = Desk(Store(), draft=app.store.drafts[-1])
    async with resumed.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"2 year plan")
        values = resumed.form_screen.form.values()
        assert (values["method"], values["note"]) == ("visit", "wants a 2 year plan")


async def test_moving_on_before_leaving_is_kept_and_looking_is_not() -> None:
    app = Desk(Store(), draft={"note": "abc", "name": "Li", FOCUS: "note"})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "escape")
        await saved(pilot, app)
        assert [one[FOCUS] for one in app.store.drafts] == ["name"]
    again = Desk(Store(), draft=app.store.drafts[-1])
    async with again.run_test(size=(80, 24)) as pilot:
        await pilot.press("escape")
        await saved(pilot, again)
        assert again.store.drafts == []


async def test_a_search_is_kept_in_the_draft_and_taken_before_saving() -> None:
    people = [("lina", "李娜"), ("wangqiang", "王强"), ("wangfang", "王芳")]

    def row() -> FieldRow:
        return FieldRow("who", "首问", PickField(people))

    app = Desk(Store(), more=[row()], original={"who": "lina"})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("shift+tab", *"王强", "escape")
        await saved(pilot, app)
    kept = app.store.drafts[-1]
    resumed = Desk(Store(), more=[row()], original={"who": "lina"}, draft=kept)
    async with resumed.run_test(size=(80, 24)) as pilot:
        await told(pilot, resumed, "王强_")
        await pilot.press("ctrl+s")
        await saved(pilot, resumed)
    assert resumed.store.submitted[0].values["who"] == "wangqiang"
    kept = {**kept, "_search_who": "王"}
    refused = Desk(Store(), more=[row()], original={"who": "lina"}, draft=kept)
    async with refused.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s")
        await told(pilot, refused, "! choose one by its digit")
    assert refused.store.submitted == []


async def test_a_draft_that_does_not_say_where_goes_on_in_its_last_text() -> None:
    app = Desk(Store(), draft={"method": "visit", "note": "call "})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"2 times")
        values = app.form_screen.form.values()
        assert (values["method"], values["note"]) == ("visit", "call 2 times")


async def test_discard_deletes_the_draft_and_gives_the_text_back_for_undo() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+d")
        await told(pilot, app, "nothing has been typed")
        await pilot.press("tab", *"abc", "ctrl+d")
        await saved(pilot, app)
        outcome = app.outcomes[0]
        assert outcome is not None
        assert (outcome.how, outcome.values["note"]) == ("discarded", "abc")
        assert app.store.discarded == 1
        count = len(app.store.drafts)
        await pilot.pause(0.05)
        assert len(app.store.drafts) == count


async def test_undo_of_a_discard_brings_the_text_and_its_draft_back() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", *"abc", "ctrl+d")
        await saved(pilot, app)
        base = app.screen
        assert isinstance(base, Base)
        app.store.drafts.clear()
        base.after_form(
            app.outcomes[0], lambda values: app.open_form(draft=values, draft_stored=False)
        )
        await pilot.press("u")
        await wait_until(pilot, lambda: app.store.drafts)
        assert app.store.drafts[-1]["note"] == "abc"
        assert app.form_screen.form.values()["note"] == "abc"


async def test_a_refusal_and_an_unexpected_error_are_told_and_the_text_stays() -> None:
    app = Desk(Store(answers=[Refused("Not found."), ValueError("13800138000")]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", *"abc", "ctrl+s")
        await told(pilot, app, "Not found.")
        await pilot.press("ctrl+s")
        await told(pilot, app, "ABCD1234")
        assert "13800138000" not in "\n".join(screen_lines(app))
        assert len(app.incidents) == 1
        assert app.form_screen.form.values()["note"] == "abc"


async def test_a_conflict_is_settled_field_by_field() -> None:
    stored = {"method": "visit", "note": "theirs", "name": "new"}
    app = Desk(
        Store(answers=[Conflict("Changed meanwhile.", stored, 5)]),
        original={"method": "visit", "note": "old", "name": "old"},
        version=4,
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2", "!", "ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, ConflictDialog))
        (view,) = app.screen.query(ClashView)
        assert (view.clash.mine, view.clash.now, view.clash.original) == ("old!", "theirs", "old")
        assert "2 now" in "\n".join(screen_lines(app))
        await pilot.press("2", "ctrl+s")
        await saved(pilot, app)
        last = app.store.submitted[-1]
        assert last.version == 5
        assert last.values == {"method": "phone", "note": "theirs", "name": "new"}


async def test_leaving_a_conflict_keeps_everything_typed() -> None:
    app = Desk(
        Store(answers=[Conflict("Changed meanwhile.", {"note": "theirs"}, 5)]),
        original={"note": "old"}, version=4,
    )  # fmt: skip
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "!", "ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, ConflictDialog))
        await pilot.press("escape")
        await pilot.pause()
        assert app.form_screen.form.values()["note"] == "old!"
        assert app.store.drafts[-1]["_was_note"] == "old"


async def test_another_session_writes_until_this_one_takes_over() -> None:
    app = Desk(
        Store(), draft={"note": "there"}, read_only=True, take_over=lambda: {"note": "newer"}
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "x", "ctrl+s")
        assert app.store.submitted == []
        await pilot.press("ctrl+t")
        await wait_until(pilot, lambda: not app.form_screen.form.disabled)
        await pilot.press("!")
        await wait_until(pilot, lambda: app.store.drafts)
        assert app.store.drafts[-1]["note"] == "newer!"


async def test_a_letter_that_no_choice_and_no_text_takes_is_told() -> None:
    app = Desk(Store(), more=[FieldRow("result", "结果", OptionField([("agreed", "同意")]))])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("shift+tab", "x")
        await told(pilot, app, "! choose one by its digit")


async def test_a_paste_that_no_choice_and_no_text_takes_is_told() -> None:
    app = Desk(Store(), more=[FieldRow("result", "结果", OptionField([("agreed", "同意")]))])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("shift+tab")
        app.post_message(events.Paste("two\nlines"))
        await told(pilot, app, "! choose one by its digit")


async def test_letters_in_a_form_are_text_and_commands_are_ctrl_keys() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", *"/?vgnp[]1 ")
        assert app.form_screen.form.values()["note"] == "/?vgnp[]1 "
        assert "Ctrl+S save" in screen_lines(app)[-1]
        assert screen_lines(app)[-1].rstrip().endswith("F1 keys")


@given(st.dictionaries(st.sampled_from("abc"), st.tuples(*[st.sampled_from("xyz")] * 3)))
def test_merging_never_drops_a_change_of_one_side(fields: dict[str, tuple[str, ...]]) -> None:
    mine, now, was = ({key: texts[i] for key, texts in fields.items()} for i in range(3))
    merged, both = merge(mine, now, was)
    for key in fields:
        if mine[key] == was[key]:
            assert merged[key] == now[key]
        elif now[key] in (was[key], mine[key]):
            assert merged[key] == mine[key]
        assert (key in both) == (len({mine[key], now[key], was[key]}) == 3)


def test_stored_values_become_texts() -> None:
    assert [stored_text(value) for value in (None, date(2026, 12, 7), 5, "x")] == [
        "", "2026-12-07", "5", "x",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [40, 80])
async def test_a_dialog_without_a_line_that_talks_tells_in_its_frame(width: int) -> None:
    app = Desk(Store())
    async with app.run_test(size=(width, 24)) as pilot:
        app.push_screen(ConfirmDialog(app.context(), "Really?"))
        await told(pilot, app, "Really?")
        await pilot.press("f4")
        await told(pilot, app, "! first leave this with Esc")
        await pilot.press("x")
        assert isinstance(app.screen, ConfirmDialog)
        await pilot.press("ctrl+b")
        await told(pilot, app, "! Ctrl+B does nothing here")


async def test_a_draft_left_at_a_choice_goes_on_in_its_text() -> None:
    more = [FieldRow("result", "结果", OptionField([("agreed", "同意")]))]
    draft = {"note": "abc", "name": "", "result": "", FOCUS: "result"}
    app = Desk(Store(), more=more, draft=draft)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d")
        assert app.form_screen.form.values()["note"] == "abcd"
