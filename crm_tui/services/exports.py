"""Customers, contacts and complaints as CSV or XLSX, by the operator, names masked, audited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from crm_tui.clock import SHANGHAI, business_date
from crm_tui.db import complaint_exports
from crm_tui.db import exports as queries
from crm_tui.db.tables import NEVER_DUE, NOT_GRADED
from crm_tui.domain.kinds import Tier
from crm_tui.domain.masking import mask_name
from crm_tui.errors import CrmError, UsageError, why_failed
from crm_tui.i18n import _
from crm_tui.services.files_out import new_private_file, whole_or_none
from crm_tui.services.rows_out import Cell, Fen, Writer, writer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlmodel import Session

    from crm_tui.db.store import Store
    from crm_tui.domain.audit import Actor


class ExportKind(StrEnum):
    """What a file can hold."""

    CUSTOMERS = "customers"
    VISITS = "visits"
    COMPLAINTS = "complaints"


class ExportView(StrEnum):
    """Which rows. Customers: near the next tier, overdue for contact. Complaints: as the views
    of the queue."""

    ALL = "all"
    NEAR = "near"
    OVERDUE = "overdue"
    OPEN = "open"
    UNTRIAGED = "untriaged"
    ENDED = "ended"


CUSTOMER_DEFAULT: Final = (
    "customer_no", "name", "tier", "qualifying_tier", "average_daily_assets",
    "household_average", "branch", "account_manager", "state",
)  # fmt: skip
CUSTOMER_COLUMNS: Final = (
    *CUSTOMER_DEFAULT, "kind", "mobile", "opened_on", "household_no", "card_type",
    "last_contact_on", "contact_due_on",
)  # fmt: skip
VISIT_COLUMNS: Final = tuple(queries.CONTACT_COLUMNS)
# The columns of the import first, so that the file can come in again.
COMPLAINT_DEFAULT: Final = (
    "complaint_no", "customer_no", "received_on", "channel", "business", "reason", "content",
    "first_responder", "answered_on", "result", "on_time", "disputed", "state", "due_on",
    "handler",
)  # fmt: skip
COMPLAINT_COLUMNS: Final = (*COMPLAINT_DEFAULT, "name", "imported", "answered_before")


class _Shape(NamedTuple):
    """What a kind of file may hold."""

    default: tuple[str, ...]
    known: tuple[str, ...]
    views: frozenset[ExportView]


_V = ExportView
_SHAPES: Final[Mapping[ExportKind, _Shape]] = {
    ExportKind.CUSTOMERS: _Shape(
        CUSTOMER_DEFAULT, CUSTOMER_COLUMNS, frozenset({_V.ALL, _V.NEAR, _V.OVERDUE})
    ),
    ExportKind.VISITS: _Shape(VISIT_COLUMNS, VISIT_COLUMNS, frozenset({_V.ALL})),
    ExportKind.COMPLAINTS: _Shape(COMPLAINT_DEFAULT, COMPLAINT_COLUMNS, frozenset(_V) - {_V.NEAR}),
}


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written."""

    kind: ExportKind
    path: Path
    rows: int


def export_file(
    store: Store,
    kind: ExportKind,
    path: Path,
    *,
    actor: Actor,
    columns: Sequence[str] = (),
    view: ExportView = ExportView.ALL,
) -> ExportReport:
    """Write a new file (0600). The audit row is there before the first line is.

    Raises UsageError for a wrong column, view or ending, CrmError when the file cannot be made
    or a cell is too long, StoreError.
    """
    names = _chosen(kind, columns, view)
    make_writer = writer_of(path)
    with store.read() as session:
        count, rows = _query(session, kind, names, view, business_date(store.clock()))
        file = _new_file(path)
        with whole_or_none(path), file:
            _audit(store, actor, kind, names, view, count, path)
            writer = make_writer(file)
            writer.write([str(name) for name in names])
            written = _write_all(writer, names, rows)
            writer.close()
    return ExportReport(kind, path, written)


def _chosen(kind: ExportKind, columns: Sequence[str], view: ExportView) -> tuple[str, ...]:
    shape = _SHAPES[kind]
    if view not in shape.views:
        raise UsageError(
            _("--view {view} is not for {kind}; allowed are {views}").format(
                view=view.value,
                kind=kind.value,
                views=", ".join(one.value for one in ExportView if one in shape.views),
            )
        )
    unknown = [name for name in columns if name not in shape.known]
    if unknown:
        raise UsageError(
            _("--columns: {column} is not known; allowed are {columns}").format(
                column=unknown[0][:40], columns=", ".join(shape.known)
            )
        )
    return tuple(dict.fromkeys(columns)) or shape.default


def _query(
    session: Session, kind: ExportKind, names: Sequence[str], view: ExportView, today: date
) -> tuple[int, Iterator[Sequence[Any]]]:
    if kind is ExportKind.VISITS:
        return queries.contacts(session, names)
    if kind is ExportKind.COMPLAINTS:
        return complaint_exports.complaints(session, names, view.value, today)
    return queries.customers(
        session,
        names,
        near=view is ExportView.NEAR,
        overdue_on=today if view is ExportView.OVERDUE else None,
    )


def _audit(
    store: Store,
    actor: Actor,
    kind: ExportKind,
    names: Sequence[str],
    view: ExportView,
    count: int,
    path: Path,
) -> None:
    with store.write(actor) as tx:
        tx.audit(
            "export",
            "file",
            fields={
                "kind": kind.value,
                "columns": list(names),
                "view": view.value,
                "rows": count,
                "file": path.name,
            },
        )


def _new_file(path: Path) -> IO[str]:
    try:
        return new_private_file(path)
    except OSError as error:
        raise CrmError(
            _("{file}: cannot be made: {why}; an export writes a new file only").format(
                file=path, why=why_failed(error)
            )
        ) from None


def _write_all(writer: Writer, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    renderers = [RENDERERS.get(name, _plain) for name in names]
    written = 0
    for row in rows:
        written += 1
        writer.write([render(value) for render, value in zip(renderers, row, strict=True)])
    return written


def _plain(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    if isinstance(value, date):
        return "" if value == NEVER_DUE else value.isoformat()
    return str(value)


def _tier(rank: int | None) -> Cell:
    return Tier(rank or 0).code


def _day(at: datetime | None) -> Cell:
    """The date in Shanghai."""
    return business_date(at).isoformat() if at else ""


def _fen(amount: int | None) -> Cell:
    return "" if amount is None or amount == NOT_GRADED else Fen(amount)


RENDERERS: Final[Mapping[str, Callable[[Any], Cell]]] = {
    "name": mask_name,
    "tier": _tier,
    "qualifying_tier": _tier,
    "average_daily_assets": _fen,
    "household_average": _fen,
    "received_on": _day,
    "answered_on": _day,
    "withdrawn": lambda at: "yes" if at else "no",
}
