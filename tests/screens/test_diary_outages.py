"""The diary and a registration while the database is away, held by another, or the person is:
told, retried, stored once, and no character is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from textual import events
from textual.keys import _character_to_key as key_name

from crm_tui.db.tables import Complaint, Diary, DiaryAddendum
from crm_tui.domain.diary import DiaryForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.errors import OutcomeUnknown, StoreUnavailable
from crm_tui.screens.form_drafts import DraftingScreen
from crm_tui.services.complaints import Complaints
from crm_tui.services.diaries import Diaries
from crm_tui.terminal.idle import IdleWatch
from crm_tui.terminal.safe_app import LOCKED
from tests.support import outages
from tests.support.desk import desk, log, populate
from tests.support.outages import directory_away, done, drafts, held, rows, shown
from tests.support.screen_text import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.desk import Desk
    from tests.support.people import Bank
    from tests.support.postgres import PostgresServer

TEXT: Final = "half a thought"


@dataclass(frozen=True, slots=True)
class Typing:
    """A form of which a part is typed: who types, which field the rest goes into, the table."""

    username: str
    field: str
    draft: DraftKey
    saved: str
    action: str
    table: Any

    def __str__(self) -> str:
        return self.draft.form

    def stored(self, bank: Bank) -> list[str]:
        """What the database has of the field."""
        return [text for (text,) in rows(bank, getattr(self.table, self.field))]

    async def open(self, one: Desk) -> None:
        """By keys, up to the field."""
        await one.until("张伟明")
        if self is DIARY:
            await one.press("f6")
            await one.until("P000001")
            return
        await one.press("f5", "n", "tab")
        await one.type("Passer-by")
        await one.press("tab")
        await one.type("028 66120000")
        await into(one, "channel")
        await one.press("2", "6", "1")
        await into(one, "content")

    async def begin(self, one: Desk) -> None:
        """Half of the text, kept as a draft."""
        await self.open(one)
        await one.type("half")
        await one.until("draft saved")


DIARY: Final = Typing(
    "lina", "insight", DraftKey("diary", "20260302"), "once more hands it in", "diary.save", Diary
)
COMPLAINT: Final = Typing(
    "chenjing",
    "content",
    DraftKey("complaint", "new"),
    "registered.",
    "complaint.register",
    Complaint,
)
BOTH = pytest.mark.parametrize("form", [DIARY, COMPLAINT], ids=str)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def work(bank: Bank) -> Bank:
    """Customers, one of whom was called today."""
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "问理财到期续作")
    return bank


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_template: Path) -> Iterator[Bank]:
    with outages.bank_on_sqlite(tmp_path / "bank", sqlite_template) as bank:
        yield work(bank)


@pytest.fixture
def server(own_pg_server: Callable[[], PostgresServer]) -> PostgresServer:
    return own_pg_server()


@pytest.fixture
def on_postgres(server: PostgresServer) -> Iterator[Bank]:
    with outages.bank_on_postgres(server) as bank:
        yield work(bank)


def form_of(one: Desk) -> Any:
    """The fields on the screen."""
    screen: Any = one.app.screen
    return screen.form


async def spell(one: Desk, text: str) -> None:
    """Every character as a terminal sends it, those too that the pilot has no name for."""
    for char in text:
        key = events.Key("enter", None) if char == "\n" else events.Key(key_name(char), char)
        one.app.post_message(key)
    await one.press("f12")


async def into(one: Desk, field: str) -> None:
    """The cursor into a field."""
    row = form_of(one).row(field)
    assert row is not None
    row.control.focus()
    await one.press("f12")


async def type_on(one: Desk, why: str) -> None:
    """Type the rest, and try to save, while nothing can be stored."""
    await one.pilot.press("space", "a", "space", *"thought")
    await shown(one, "NOT SAVED")
    await one.pilot.press("ctrl+s")
    await shown(one, why)
    assert TEXT in one.text
    assert "NOT SAVED" in one.text


async def saved_at_last(one: Desk, bank: Bank, form: Typing) -> None:
    """Everything typed is still there; saved, it is stored once."""
    assert TEXT in one.text
    typed = form_of(one).values()
    await one.press("ctrl+s")
    await one.until(form.saved)
    assert "NOT SAVED" not in one.text
    assert drafts(bank) == 0
    assert done(bank, form.action) == 1
    if form is DIARY:
        parts = (Diary.content, Diary.method, Diary.insight, Diary.reflection, Diary.state)
        assert rows(bank, *parts) == [(*typed.values(), "draft")]
        assert "P000001 " in typed["content"]
    else:
        columns = (Complaint.content, Complaint.name, Complaint.channel, Complaint.business)
        assert rows(bank, *columns) == [(TEXT, "Passer-by", "phone", "own_wealth")]


# --- the database goes away -----------------------------------------------------------------


@BOTH
async def test_the_directory_goes_and_comes_back(on_sqlite: Bank, form: Typing) -> None:
    async with desk(on_sqlite, form.username) as one:
        await form.begin(one)
        with directory_away(on_sqlite):
            await type_on(one, "The database does not answer")
        assert form.stored(on_sqlite) == []
        await saved_at_last(one, on_sqlite, form)


@pytest.mark.postgres
@pytest.mark.parametrize(("form", "crash"), [(DIARY, True), (COMPLAINT, False)], ids=str)
async def test_a_server_that_stops_and_starts(
    server: PostgresServer, on_postgres: Bank, form: Typing, crash: bool
) -> None:
    async with desk(on_postgres, form.username) as one:
        await form.begin(one)
        server.stop(crash=crash)
        await type_on(one, "The database does not answer")
        server.start()
        assert form.stored(on_postgres) == []
        await saved_at_last(one, on_postgres, form)


async def test_a_diary_is_handed_in_once_the_database_is_back(on_sqlite: Bank) -> None:
    async with desk(on_sqlite, DIARY.username) as one:
        await DIARY.begin(one)
        await one.press("ctrl+s")
        await one.until(DIARY.saved)
        with directory_away(on_sqlite):
            await one.pilot.press("ctrl+s")
            await shown(one, "The database does not answer")
        assert rows(on_sqlite, Diary.state, Diary.insight) == [("draft", "half")]
        await one.press("ctrl+s")
        await one.until("handed in.")
    assert rows(on_sqlite, Diary.state, Diary.insight) == [("submitted", "half")]
    assert done(on_sqlite, "diary.submit") == 1
    assert drafts(on_sqlite) == 0


# --- the file is held by another ------------------------------------------------------------


@BOTH
async def test_another_writer_holds_the_file(on_sqlite: Bank, form: Typing) -> None:
    async with desk(on_sqlite, form.username) as one:
        await form.begin(one)
        with held(on_sqlite):
            await type_on(one, "The database is busy")
        assert form.stored(on_sqlite) == []
        await saved_at_last(one, on_sqlite, form)


async def test_a_draft_that_could_not_be_kept_is_kept_once_the_file_is_free(
    on_sqlite: Bank,
) -> None:
    async with desk(on_sqlite, DIARY.username) as one:
        await DIARY.begin(one)
        with held(on_sqlite):
            await one.pilot.press("space", "a", "space", *"thought")
            await shown(one, "NOT SAVED")
        await one.until("draft saved")
        kept = on_sqlite.office("lina").drafts.load(DIARY.draft)
        assert kept is not None
        assert kept.values["insight"] == TEXT
        assert "is busy" not in one.text


# --- nobody knows whether it was stored -----------------------------------------------------


def break_once(
    monkeypatch: pytest.MonkeyPatch, service: type, method: str, *then: Exception
) -> None:
    """The first call stores, and its answer is lost on the way; then come these errors."""
    write, coming = getattr(service, method), [OutcomeUnknown("the line broke"), *then]

    def broken(*call: Any, **more: Any) -> Any:
        error = coming.pop(0) if coming else None
        answer = None if error in then else write(*call, **more)
        if error is not None:
            raise error
        return answer

    monkeypatch.setattr(service, method, broken)


@ON_SQLITE
async def test_a_diary_goes_on_after_a_save_whose_answer_was_lost(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(bank)
    break_once(monkeypatch, Diaries, "save")
    async with desk(bank, DIARY.username) as one:
        await DIARY.begin(one)
        await one.press("ctrl+s")
        await one.until("the line broke")
        # What is typed now would be taken for the save that may have happened.
        await one.type("XYZ")
        assert "XYZ" not in one.text
        await one.press("ctrl+s")
        await one.until(DIARY.saved)
        assert "NOT SAVED" not in one.text
        await one.type(" a thought")
        await one.press("ctrl+s")
        await one.until(DIARY.saved)
        await one.press("ctrl+s")
        await one.until("handed in.")
    assert rows(bank, Diary.state, Diary.insight) == [("submitted", TEXT)]
    assert done(bank, "diary.save") == 2
    assert drafts(bank) == 0


@ON_SQLITE
async def test_a_diary_whose_handing_in_was_not_answered_is_handed_in_once(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(bank)
    break_once(monkeypatch, Diaries, "submit")
    async with desk(bank, DIARY.username) as one:
        await DIARY.begin(one)
        await one.press("ctrl+s")
        await one.until(DIARY.saved)
        await one.press("ctrl+s")
        await one.until("the line broke")
        await one.press("ctrl+s")
        await one.until("handed in.")
    assert rows(bank, Diary.state, Diary.insight) == [("submitted", "half")]
    assert done(bank, "diary.submit") == 1


@ON_SQLITE
async def test_a_complaint_whose_registration_was_not_answered_is_registered_once(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(bank)
    break_once(monkeypatch, Complaints, "register")
    async with desk(bank, COMPLAINT.username) as one:
        await COMPLAINT.begin(one)
        await one.press("ctrl+s")
        await one.until("the line broke")
        await one.press("ctrl+s")
        await one.until("registered.")
    assert rows(bank, Complaint.content) == [("half",)]
    assert done(bank, "complaint.register") == 1
    assert drafts(bank) == 0


@ON_SQLITE
async def test_what_is_typed_while_nobody_knows_is_not_taken_for_what_was_registered(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line breaks while saving, and the next try finds the database away."""
    work(bank)
    break_once(monkeypatch, Complaints, "register", StoreUnavailable("it is away"))
    async with desk(bank, COMPLAINT.username) as one:
        await COMPLAINT.begin(one)
        await one.press("ctrl+s")
        await one.until("the line broke")
        await one.press("ctrl+s")
        await one.until("it is away")
        await into(one, "content")
        await one.type(" a thought")
        assert TEXT not in one.text
        await one.press("ctrl+s")
        await one.until("registered.")
    assert rows(bank, Complaint.content) == [("half",)]
    assert drafts(bank) == 0


@ON_SQLITE
async def test_a_draft_of_what_may_be_registered_is_not_typed_on(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(bank)
    monkeypatch.setattr(DraftingScreen, "AUTOSAVE_AFTER", 86_400)
    break_once(monkeypatch, Complaints, "register")
    async with desk(bank, COMPLAINT.username) as one:
        await COMPLAINT.open(one)
        await one.type("half")
        await one.press("ctrl+s")
        await one.until("the line broke")
        await one.press("escape")
        await one.until("Whether it was saved is not known yet. The draft is kept: save it again.")
        await one.press("n", "enter")
        await one.until("whether it was saved is not known yet; save again")
        await into(one, "content")
        await one.type(" a thought")
        assert TEXT not in one.text
        await one.press("ctrl+s")
        await one.until("registered.")
    assert rows(bank, Complaint.content) == [("half",)]
    assert drafts(bank) == 0


@ON_SQLITE
async def test_a_draft_that_the_lost_save_took_with_it_is_kept_on_leaving(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was said below, that the draft is kept, was true of no draft that had been stored."""
    work(bank)
    break_once(monkeypatch, Complaints, "register")
    async with desk(bank, COMPLAINT.username) as one:
        await COMPLAINT.begin(one)
        await wait_until(one.pilot, lambda: not one.app.screen._unsaved, what="draft saved")
        await one.press("ctrl+s")
        await one.until("the line broke")
        assert drafts(bank) == 0
        await one.press("escape")
        await one.until("Whether it was saved is not known yet.")
        assert drafts(bank) == 1
        await one.press("n", "enter")
        await one.until("save again")
        await one.press("ctrl+s")
        await one.until("registered.")
    assert rows(bank, Complaint.content) == [("half",)]
    assert drafts(bank) == 0


# --- the idle lock strikes ------------------------------------------------------------------


# Line ends, blanks at both ends, rare Han, marks of full width, markup, an emoji.
ODD: Final = "  先致歉,再谈业务 “𠮷” 𰻝\n\n[b]half[/] \\n {x} %s $n é＋１４～  "


@BOTH
@ON_SQLITE
async def test_what_is_not_kept_when_the_idle_lock_strikes_is_there_at_the_next_sign_in(
    bank: Bank, form: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(bank)
    # The timer of drafts never comes: what is kept was kept by the lock.
    monkeypatch.setattr(DraftingScreen, "AUTOSAVE_AFTER", 86_400)
    seconds = [0.0]
    async with desk(bank, form.username) as one:
        one.app._idle = IdleWatch(600, lambda: seconds[0])
        await form.open(one)
        await spell(one, ODD)
        typed = form_of(one).values()
        assert typed[form.field] == ODD
        assert drafts(bank) == 0
        seconds[0] = 599
        await one.press("!")
        seconds[0] += 600
        # Too late: the lock comes before the key.
        await one.pilot.press("?")
        assert one.app._leave_task is not None
        await wait_until(one.pilot, one.app._leave_task.done, what="locked")
    assert one.app.return_code == LOCKED
    assert form.stored(bank) == []

    bank.clock.at += timedelta(minutes=11)
    async with desk(bank, form.username) as one:
        await one.until("Not finished")
        await one.press("enter")
        await one.until("half")
        assert form_of(one).values() == typed | {form.field: f"{ODD}!"}
        await one.press("ctrl+s")
        await one.until(form.saved)
    assert form.stored(bank) == [f"{ODD}!".strip()]
    assert drafts(bank) == 0


# --- what is said of a diary ----------------------------------------------------------------


def handed_in(bank: Bank) -> int:
    mine = bank.office("lina").diaries
    mine.submit(date(2026, 3, 2), 0, DiaryForm("written"))
    diary_id = mine.entry(date(2026, 3, 2)).diary_id
    assert diary_id is not None
    return diary_id


@pytest.mark.parametrize(("key", "state"), [("y", "reviewed"), ("x", "returned")])
async def test_what_a_reviewer_says_stays_while_it_cannot_be_stored(
    on_sqlite: Bank, key: str, state: str
) -> None:
    handed_in(on_sqlite)
    async with desk(on_sqlite, "zhaomin", area="diary") as one:
        await one.until("李娜")
        await one.press("enter")
        await one.until("F6 > 李娜")
        await one.press(key)
        await one.type(TEXT)
        with held(on_sqlite):
            await one.pilot.press("enter")
            await shown(one, "The database is busy")
        await one.until(TEXT)
        await one.press("enter")
        await one.until("Everything is read")
    assert rows(on_sqlite, Diary.state, Diary.comment) == [(state, TEXT)]
    assert done(on_sqlite, "diary.review" if key == "y" else "diary.return") == 1


async def test_a_correction_stays_while_it_cannot_be_stored(on_sqlite: Bank) -> None:
    diary_id = handed_in(on_sqlite)
    on_sqlite.office("zhaomin").diaries.review(diary_id, 1, "")
    async with desk(on_sqlite, "lina") as one:
        await one.until("张伟明")
        await one.press("f6")
        await one.until("written")
        await one.press("ctrl+e")
        await one.type(TEXT)
        with directory_away(on_sqlite):
            await one.pilot.press("enter")
            await shown(one, "The database does not answer")
        await one.until(TEXT)
        await one.press("enter")
        await one.until("Correction of")
        await one.press("ctrl+e")
        await one.until("added below it")
        assert "half" not in "".join(form_of(one).values().values())
    assert rows(on_sqlite, DiaryAddendum.text) == [(TEXT,)]
