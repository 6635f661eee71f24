"""What a driver says, as the exceptions that a person can act on. No data in any of them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm_tui.errors import StoreBusy, StoreError, StoreUnavailable
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def translate() -> Iterator[None]:
    """Turn the driver's errors into StoreError; IntegrityError is the caller's to explain."""
    try:
        yield
    except IntegrityError:
        raise
    except PoolTimeout:
        raise StoreBusy(_("The database is busy. Nothing was saved; try again.")) from None
    except (OperationalError, InterfaceError, InternalError) as error:
        raise explain(error) from None
    except DBAPIError as error:
        if error.connection_invalidated:
            raise away() from None
        if "malformed" in (said := str(error.orig).lower()) or "not a database" in said:
            raise StoreError(
                _("The database is damaged. Nothing was saved; tell the operator.")
            ) from None
        raise


def explain(error: DBAPIError) -> StoreError:
    """The StoreError that fits the driver's error."""
    said = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", None) or ""
    if "locked" in said or "busy" in said or state in ("55P03", "40001", "40P01"):
        return StoreBusy(_("The database is busy. Nothing was saved; try again."))
    if state == "57014":
        return StoreBusy(_("The database took too long. Nothing was saved; try again."))
    if "full" in said or state == "53100":
        return StoreError(_("The database's disk is full. Nothing was saved; tell the operator."))
    if "readonly" in said or "read-only" in said or state == "25006":
        return StoreError(_("The database cannot be written. Nothing was saved."))
    if "no such table" in said or "undefinedtable" in said or state == "42P01":
        return StoreError(_("The database is empty or another program's: run `crm-tui init`."))
    return away()


def away() -> StoreUnavailable:
    """That nobody is there."""
    return StoreUnavailable(_("The database does not answer. Nothing was saved; try again."))
