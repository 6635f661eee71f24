"""Customers: identifiers checked and encrypted, households, search text, first tier."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from crm_tui.db import complaint_homes, import_reads, import_writes, roster
from crm_tui.db.targets import Field, Result, Target
from crm_tui.db.upsert import upsert
from crm_tui.domain import masking
from crm_tui.domain.identifiers import normalize, parse_resident_id, parse_uscc
from crm_tui.domain.kinds import CustomerKind, CustomerState, Gender, IdType
from crm_tui.domain.names import name_key, search_tokens
from crm_tui.domain.plausible import check_age, check_births, check_name
from crm_tui.domain.text_rules import NAME_LIMIT, clean_line
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _
from crm_tui.services.imports import fields, roster_after
from crm_tui.services.imports.base import Importer, Staged
from crm_tui.services.imports.fields import Column
from crm_tui.services.personal import CONTEXTS, ID_LIMIT
from crm_tui.services.pinyin import char_readings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crm_tui.db.bulk import Bulk, BulkStore
    from crm_tui.db.targets import Batch, Values, Written

_HOUSEHOLD_NOW: Final = (
    "(SELECT h.household_no FROM household_member AS m JOIN household AS h "
    "ON h.id = m.household_id WHERE m.customer_id = t.id AND m.until_on IS NULL)"
)
_HIDDEN_DATE: Final = "****-**-**"
_KIND, _NAME = 0, 1
_OPENED, _HOUSEHOLD = 15, 17
_NO_ID: Final = (None, None, None, None)


class CustomerImporter(Importer):
    """The fourteen columns of customers."""

    target = Target(
        "customer",
        [("customer_no", "text")],
        [
            Field("kind", ("kind",)),
            Field("name", ("name",)),
            Field("id_type", ("id_type",)),
            Field("id_no", ("id_no_enc", "id_no_mask", "id_no_hash", "id_no_tail"), by=2),
            Field("gender", ("gender",)),
            Field("birth_date", ("birth_date",)),
            Field("mobile", ("mobile_enc", "mobile_mask", "mobile_hash", "mobile_tail"), by=2),
            Field("branch", ("branch_id",)),
            Field("account_manager", ("manager_id",)),
            Field("opened_on", ("opened_on",)),
            Field("state", ("state",)),
            Field("household_no", ("household_no",), kept=_HOUSEHOLD_NOW),
            Field("card_type", ("card_type",)),
        ],
        derived=("name_key",),
    )
    # Numbers are encrypted, names spelled.
    helped = True
    # The search text.
    staged_beside = 1

    def make_columns(self) -> tuple[Column, ...]:
        """The columns of the file."""
        today = self.context.today
        return (
            Column("customer_no", fields.code(), fields.as_is),
            Column("kind", fields.choice(CustomerKind)),
            Column("name", _name, masking.mask_name),
            Column("id_type", fields.choice(IdType, required=False)),
            Column("id_no", lambda text: text, masking.mask_id),
            Column("gender", fields.choice(Gender, required=False)),
            Column("birth_date", fields.day(required=False, latest=today), _hide_date),
            Column("mobile", fields.mobile, masking.mask_mobile),
            Column("branch", fields.code(), fields.as_is),
            Column("account_manager", fields.code(64, required=False), fields.as_is),
            Column("opened_on", fields.day(required=False)),
            Column("state", fields.choice(CustomerState)),
            Column("household_no", fields.code(required=False), fields.as_is),
            Column("card_type", fields.line(32)),
        )

    def shape(self, line: int, values: list[Any]) -> Staged | None:
        """Numbers encrypted, references by id, name spelled; every fault of the row is noted."""
        (number, kind, name, id_type, id_text, gender, born, mobile, branch_code, username,
         opened, state, household, card_type) = values  # fmt: skip
        identity = self._identity(line, id_type, id_text, born)
        if born is not None:
            self._doubt(line, "birth_date", check_age, date.fromisoformat(born), self.context.today)
        branch = self.context.branches.get(branch_code)
        if branch is None:
            self.bad(line, "branch", branch_code, _("there is no such branch"))
        manager = self.context.staff.get(username) if username else None
        if username and manager is None:
            self.bad(line, "account_manager", username, _("there is no such user name"))
            return None
        if household and kind != CustomerKind.INDIVIDUAL:
            self.bad(line, "household_no", household, _("a company has no household"))
            return None
        if branch is None or identity is None:
            return None
        person = kind == CustomerKind.INDIVIDUAL
        return (
            number, line, kind, name, id_type, *identity, gender, born,
            *self._sealed(mobile, "mobile"), branch.id, manager, opened, state, household,
            card_type or None,
            name_key(name, char_readings, person=person),
            search_tokens(name, number, branch_code, char_readings, person=person),
        )  # fmt: skip

    def _identity(
        self, line: int, id_type: str | None, text: str, born: str | None
    ) -> Staged | None:
        """Encrypted, mask, hash, tail of an identity document; None when it is wrong."""
        if not text.strip():
            return _NO_ID
        try:
            if id_type is None:
                raise InvalidInput("", _("an id_type is needed to check it"))
            return self._sealed(self._id_number(line, id_type, text, born), "id_no")
        except InvalidInput as error:
            self.bad(line, "id_no", text, error.message)
            return None

    def _id_number(self, line: int, id_type: str, text: str, born: str | None) -> str:
        if id_type == IdType.RESIDENT_ID:
            found = parse_resident_id(text, field="", today=self.context.today)
            if born is None:
                self._doubt(line, "id_no", check_age, found.birth_date, self.context.today)
            else:
                day = date.fromisoformat(born)
                self._doubt(line, "id_no", check_births, day, found.birth_date)
            if not found.region_known:
                self.warn(line, "id_no", _("the first digits name no known region"))
            return found.number
        if id_type == IdType.USCC:
            return parse_uscc(text, field="")
        return normalize(clean_line(text, field="", limit=ID_LIMIT))

    def _doubt(self, line: int, column: str, check: Callable[..., None], *dates: date) -> None:
        """A real and harmless defect is loaded and marked (decisions.md, Import)."""
        try:
            check(*dates, field="")
        except InvalidInput as error:
            self.warn(line, column, error.message)

    def _sealed(self, number: str | None, column: str) -> Staged:
        if not number:
            return _NO_ID
        mask = masking.mask_mobile if column == "mobile" else masking.mask_id
        context = CONTEXTS[column]
        keys = self.context.keys
        return (
            keys.encrypt(number, context),
            mask(number),
            keys.blind(number, context),
            masking.tail4(number),
        )

    def starts(self, bulk: Bulk, rows: int) -> None:
        """Branch codes by id, for the search text; whether tiers are in use."""
        self._later = rows >= roster_after.LARGE_FILE
        self._written: list[int] | None = []
        self._codes = {ref.id: code for code, ref in self.context.branches.items()}
        self._grades = import_reads.any_tier_held(bulk)

    def apply(self, bulk: Bulk, batch: Batch, rows: Sequence[Staged]) -> Result:
        """Customers and all that hangs on them."""
        result = upsert(bulk, self.target, rows, batch, _name_key)
        written = result.written
        moves = [self._move(batch, one) for one in written if _moves(one)]
        import_writes.move_households(bulk, batch, moves)
        complaint_homes.follow(bulk, [one.row_id for one in written if _changes_branch(one)])
        import_writes.add_search_texts(
            bulk, [(one.row_id, one.beside[0]) for one in written if one.before is None]
        )
        import_writes.change_search_texts(
            bulk,
            batch,
            [
                self._doc(one)
                for one in written
                if one.before is not None and one.changed & {"name", "kind", "branch"}
            ],
        )
        ids = [one.row_id for one in written]
        if self._grades:
            import_writes.grant_lowest(bulk, batch, ids)
        if not self._later:
            roster.refresh(bulk.session, ids, policy=self.context.policy)
        elif self._written is not None:
            self._written += ids
            if len(self._written) > roster_after.MOST_IDS:
                self._written = None
        return result

    def ends(self, bulk: BulkStore) -> None:
        """The roster of a large file."""
        if self._later:
            roster_after.write(bulk, self.context.policy, self._written)

    def _doc(self, one: Written) -> tuple[int, str]:
        person = one.values[_KIND] == CustomerKind.INDIVIDUAL
        code = self._codes[one.values[13]]
        text = search_tokens(one.values[_NAME], one.key[0], code, char_readings, person=person)
        return one.row_id, text

    def _move(self, batch: Batch, one: Written) -> import_writes.Move:
        """From the opening when first seen, from the business date when it changes later."""
        is_new = one.before is None
        opened = one.values[_OPENED]
        start = (str(opened) if opened else None) if is_new else batch.today.isoformat()
        return import_writes.Move(one.row_id, one.values[_HOUSEHOLD], start, is_new)


def _moves(one: Written) -> bool:
    if one.before is None:
        return one.values[_HOUSEHOLD] is not None
    return "household_no" in one.changed


def _changes_branch(one: Written) -> bool:
    return one.before is not None and "branch" in one.changed


def _name_key(_key: Values, values: Values) -> Values:
    person = values[_KIND] == CustomerKind.INDIVIDUAL
    return (name_key(values[_NAME], char_readings, person=person),)


def _name(text: str) -> str:
    name = clean_line(text, field="", limit=NAME_LIMIT, required=True)
    check_name(name, field="")
    return name


def _hide_date(text: str) -> str:
    return _HIDDEN_DATE if text.strip() else ""
