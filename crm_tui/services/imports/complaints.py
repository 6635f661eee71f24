"""Complaints: words outside our lists stay beside `other`; what was answered comes in closed."""

from __future__ import annotations

import json
from bisect import bisect_right
from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crm_tui.clock import SHANGHAI
from crm_tui.db import import_reads
from crm_tui.db.complaint_imports import TABLE, CaseWriter, FileCase
from crm_tui.db.complaint_rules import StoredComplaintRules, complaint_rules_since
from crm_tui.db.targets import Field, Result, Target
from crm_tui.domain.complaint_events import Imported
from crm_tui.domain.complaint_files import COLUMNS, WORDS
from crm_tui.domain.complaint_kinds import Business, Channel, Reason
from crm_tui.domain.text_rules import COMPLAINT_LIMIT, clean_line, clean_text
from crm_tui.i18n import _
from crm_tui.services.files_out import plain_cell
from crm_tui.services.imports import fields
from crm_tui.services.imports.base import Importer, Staged
from crm_tui.services.imports.fields import Column
from crm_tui.services.imports.word_lists import LISTS, WORD_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_tui.db.bulk import Bulk
    from crm_tui.db.staging import Staging
    from crm_tui.db.targets import Batch
    from crm_tui.services.imports.base import Context

# Places in a staged row before the number has become a customer.
_LINE, _CUSTOMER, _RECEIVED, _REASON, _ANSWERED = 1, 2, 3, 6, 9
_OTHER: Final = "other"
_CODES: Final[Mapping[str, dict[str, Any]]] = {
    name: {one.value: one for one in codes} for name, codes in LISTS.items()
}
# Words that are counted for the note; a file of free texts would have no end of them.
_MOST_WORDS: Final = 1_000


class ComplaintImporter(Importer):
    """The twelve columns of complaints."""

    passed_over = frozenset({"state", "due_on", "handler"})
    target = Target(
        TABLE,
        [("complaint_no", "text")],
        [Field(name, (name,)) for name in COLUMNS],
        fixed=("branch_id", "original"),
    )
    widest_step = 2_000

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._words: dict[str, set[str]] = {name: set() for name in WORDS}

    def make_columns(self) -> tuple[Column, ...]:
        """The columns of the file."""
        today = self.context.today
        return (
            Column("complaint_no", fields.code(), fields.as_is),
            Column("customer_no", fields.code(required=False), fields.as_is),
            Column("received_on", fields.day(latest=today)),
            Column("channel", partial(_word, required=True)),
            Column("business", partial(_word, required=True)),
            Column("reason", partial(_word, required=False)),
            Column("content", _text, fields.hidden_text),
            Column("first_responder", fields.code(64), fields.as_is),
            Column("answered_on", fields.day(required=False, latest=today)),
            Column("result", _text, fields.hidden_text),
            Column("on_time", fields.yes_or_no),
            Column("disputed", fields.yes_or_no),
        )

    def prepare(self, bulk: Bulk) -> None:
        """Staff and their branches, and the rules that have been in force."""
        super().prepare(bulk)
        today = self.context.today.isoformat()
        self._homes = import_reads.branches_of_staff(bulk, today)
        self._rules = complaint_rules_since(bulk.session)

    def shape(self, line: int, values: list[Any]) -> Staged | None:
        """Words translated; the customer stays a number until its chunk is looked up."""
        (number, customer, received, channel, business, reason, content, username, answered,
         result, on_time, disputed) = values  # fmt: skip
        staff_id = self.context.staff.get(username)
        if staff_id is None:
            self.bad(line, "first_responder", username, _("there is no such user name"))
            return None
        original: dict[str, str] = {}
        words = [
            self._translated(name, text, original)
            for name, text in zip(WORDS, (channel, business, reason), strict=True)
        ]
        return (
            number, line, customer, received, *words, content, staff_id, answered, result,
            on_time, disputed, self._homes.get(staff_id),
            json.dumps(original) if original else "",
        )  # fmt: skip

    def _translated(self, name: str, text: str, original: dict[str, str]) -> str:
        """Our code, or the source's own word."""
        code = self.context.words.get(name, {}).get(text)
        if code is None and text:
            return text
        original[name] = text
        return code or _OTHER

    def resolve(self, bulk: Bulk, rows: list[Staged]) -> list[Staged]:
        """Customers by id; the case is the first responder's branch's, else the customer's."""
        known = import_reads.by_number(
            bulk,
            "customer",
            "customer_no",
            ["id", "branch_id"],
            (row[_CUSTOMER] for row in rows if row[_CUSTOMER]),
        )
        found = []
        for row in rows:
            self._note_words(row[_RECEIVED + 1 : _REASON + 1])
            number = row[_CUSTOMER]
            customer_id, of_customer = known.get(number, (None, None))
            branch_id = row[-2] or of_customer
            if number and customer_id is None:
                self.bad(row[_LINE], "customer_no", number, _("there is no such customer"))
            elif branch_id is None:
                self.bad(row[_LINE], "first_responder", "", _("holds no role at any branch"))
            else:
                self._mark(row)
                middle = row[_CUSTOMER + 1 : -2]
                found.append((*row[:_CUSTOMER], customer_id, *middle, branch_id, row[-1]))
        return found

    def _note_words(self, words: Sequence[str]) -> None:
        """Keep those that are none of our codes."""
        for name, word in zip(WORDS, words, strict=True):
            if word not in _CODES[name] and len(self._words[name]) < _MOST_WORDS:
                self._words[name].add(word)

    def _mark(self, row: Staged) -> None:
        """Count what is loaded all the same."""
        received, answered = row[_RECEIVED], row[_ANSWERED]
        self.context.issues.note_case(
            answered_before=answered is not None and answered < received,
            no_reason=row[_REASON] == _OTHER and json.loads(row[-1] or "{}").get("reason") == "",
        )

    def review(self, staging: Staging) -> None:
        """Say how many words of the source are not ours."""
        for name, words in self._words.items():
            if words:
                text = _(
                    "{column}: words of the source that stay beside other: {n}; "
                    "--mapping FILE translates them"
                )
                self.context.issues.say(text.format(column=name, n=len(words)))

    def apply(self, bulk: Bulk, batch: Batch, rows: Sequence[Staged]) -> Result:
        """Cases and their events."""
        marker = batch.marker(self.target)
        assert marker is not None
        cases = []
        for row in rows:
            (number,), line, values = self.target.split(row)
            marks = marker.all(values[: self.target.width])
            cases.append(FileCase(number, line, self._payload(values), marks))
        return CaseWriter(bulk, batch, self.context.actor).bring_in(cases)

    def _payload(self, values: Sequence[Any]) -> Imported:
        (customer_id, received, channel, business, reason, content, staff_id, answered, result,
         on_time, disputed, branch_id, original) = values  # fmt: skip
        received_on = date.fromisoformat(received)
        answered_on = date.fromisoformat(answered) if answered else None
        rules = self._rules_on(received_on)
        line_of_business: Business = _CODES["business"].get(business, Business.OTHER)
        return Imported(
            branch_id=branch_id,
            received_at=datetime.combine(received_on, time(), SHANGHAI),
            first_responder_id=staff_id,
            regime=rules.rules.regime_for(line_of_business, received_on).code,
            rule_set_id=rules.id,
            customer_id=customer_id,
            channel=_CODES["channel"].get(channel, Channel.OTHER),
            channel_text=_own_words("channel", channel),
            business=line_of_business,
            business_text=_own_words("business", business),
            reason=_CODES["reason"].get(reason, Reason.OTHER),
            reason_text=_own_words("reason", reason),
            content=content,
            answered_on=answered_on,
            result=result,
            on_time=None if on_time is None else bool(on_time),
            disputed=None if disputed is None else bool(disputed),
            answered_before=answered_on is not None and answered_on < received_on,
            original=json.loads(original) if original else {},
        )

    def _rules_on(self, day: date) -> StoredComplaintRules:
        place = bisect_right(self._rules, day, key=lambda one: one[0])
        return self._rules[max(place - 1, 0)][1]


def _own_words(name: str, word: str) -> str:
    """The word of a source that is none of our codes."""
    return "" if word in _CODES[name] else word


def _word(text: str, *, required: bool) -> str:
    return clean_line(plain_cell(text), field="", limit=WORD_LIMIT, required=required)


def _text(text: str) -> str:
    return clean_text(plain_cell(text), field="", limit=COMPLAINT_LIMIT)
