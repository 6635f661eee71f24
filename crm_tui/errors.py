"""The one exception tree.

CrmError
├── ConfigError            a setting is wrong: names file, key and what is allowed (exit 2)
├── UsageError             a command was called wrongly (exit 2)
├── StoreError             the database cannot serve
│   ├── StoreUnavailable   it is away; retry may help, nothing was saved
│   ├── StoreBusy          another writer holds it; retry may help, nothing was saved
│   ├── SchemaMismatch     its revision is not this program's
│   └── OutcomeUnknown     the line broke during commit; retry with the same request key
├── Refused                not allowed, or not there: both look the same to the user
├── SignInFailed           wrong name or password, locked or disabled
├── InvalidInput           a field's value breaks a rule: names the field
├── Conflict               the record changed since it was shown: carries the stored version
│   └── StoredOtherwise    the same save was stored before, in other words
├── DraftTaken             another session of the person writes the draft now
│   └── DraftGone          that session has saved or discarded it
├── LooksAlike             a customer to be registered may be there already: carries whom
├── AuditBroken            the audit chain has lost its end: nothing can be written
└── ImportRejected         a file has bad rows, or is no such file
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping


class CrmError(Exception):
    """Base of every error that a person is told about; `message` is translated text."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConfigError(CrmError):
    """A setting is wrong."""


class UsageError(CrmError):
    """A command was called wrongly."""


class StoreError(CrmError):
    """The database cannot serve."""


class StoreUnavailable(StoreError):
    """The database is away; nothing was saved."""


class StoreBusy(StoreError):
    """Another writer holds the database; nothing was saved."""


class SchemaMismatch(StoreError):
    """The database's revision is not this program's."""


class OutcomeUnknown(StoreError):
    """The line broke during commit: ask again with the same request key."""


class Refused(CrmError):
    """Not allowed, or not there; the user cannot tell which, the audit can."""


class SignInFailed(CrmError):
    """Name or password is wrong, or the account cannot be used."""


class InvalidInput(CrmError):
    """A value breaks a rule. `field` names the form field or column."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Conflict(CrmError):
    """The record changed since it was shown.

    `stored` and `version` are the fields and version now in the database, `by` the name of who
    changed it last, where that is known; `own` that it was the same person, elsewhere.
    """

    def __init__(
        self,
        message: str,
        stored: Mapping[str, object],
        version: int,
        by: str = "",
        *,
        own: bool = False,
    ) -> None:
        super().__init__(message)
        self.by = by
        self.own = own
        self.stored = dict(stored)
        self.version = version


class StoredOtherwise(Conflict):
    """The same save was stored before, unknown to the person, who has changed the words since."""


class DraftTaken(CrmError):
    """Another session of the same person has taken the draft over; nothing was saved."""


class DraftGone(DraftTaken):
    """Another session of the same person has saved or discarded the draft: there is none."""


class LooksAlike(CrmError):
    """A customer to be registered may be there already; `found` are the candidates in scope.

    `elsewhere`: a customer of another branch has the same ID number, and no more is told.
    """

    def __init__(self, message: str, found: tuple[object, ...], *, elsewhere: bool = False) -> None:
        super().__init__(message)
        self.found = found
        self.elsewhere = elsewhere


class AuditBroken(CrmError):
    """The audit chain has lost its end; nothing was saved."""


class ImportRejected(CrmError):
    """A file has bad rows, or is not what it should be; nothing of it was loaded."""


def why_failed(error: OSError) -> str:
    """Why the system did not open, make or write a file; what it says itself is English."""
    if error.errno == errno.ENOSPC:
        return _("the disk is full")
    if isinstance(error, FileNotFoundError):
        return _("there is no such file or directory")
    if isinstance(error, FileExistsError):
        return _("it is there already")
    if isinstance(error, PermissionError):
        return _("permission denied")
    if isinstance(error, IsADirectoryError):
        return _("it is a directory")
    return error.strerror or type(error).__name__
