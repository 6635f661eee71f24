"""What one signed-in person can do: one service per noun. And the door that leads here.

Importing this module loads the database layer; the first screen has painted by then.
"""

from __future__ import annotations

import errno
import os
from functools import cached_property
from typing import TYPE_CHECKING

from crm_tui import config
from crm_tui.clock import business_date, utc_now
from crm_tui.db import batches, schema
from crm_tui.db.crypto import load_key_file
from crm_tui.db.facts import check_keys, is_demo
from crm_tui.db.store import Store, parse_url
from crm_tui.domain.audit import Actor
from crm_tui.errors import ConfigError, why_failed
from crm_tui.i18n import _
from crm_tui.services import sign_in
from crm_tui.services.setup import complete

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from crm_tui.clock import Clock
    from crm_tui.domain.policy import Policy
    from crm_tui.domain.staff import Person
    from crm_tui.services.complaints import Complaints
    from crm_tui.services.contacts import Contacts
    from crm_tui.services.customers import Customers
    from crm_tui.services.diaries import Diaries
    from crm_tui.services.drafts import Drafts
    from crm_tui.services.registration import Registration
    from crm_tui.services.roster import RosterService
    from crm_tui.services.tiers import TiersService
    from crm_tui.services.today import TodayService


STARTER = Actor("start")


class Office:
    """The use cases of one signed-in person; each service is loaded when first asked for."""

    def __init__(self, store: Store, person: Person, policy: Policy) -> None:
        self.person = person
        self.policy = policy
        self._store = store

    @cached_property
    def roster(self) -> RosterService:
        """The customers of the scope, in pages."""
        from crm_tui.services.roster import RosterService

        return RosterService(self._store, self.person, self.policy)

    @cached_property
    def customers(self) -> Customers:
        """One customer: the card and its changes."""
        from crm_tui.services.customers import Customers

        return Customers(self._store, self.person, self.policy)

    @cached_property
    def registration(self) -> Registration:
        """New customers."""
        from crm_tui.services.registration import Registration

        return Registration(self._store, self.person, self.policy)

    @cached_property
    def complaints(self) -> Complaints:
        """Cases from their registration to their end."""
        from crm_tui.services.complaints import Complaints

        return Complaints(self._store, self.person, self.policy)

    @cached_property
    def contacts(self) -> Contacts:
        """Visits, calls and what came of them."""
        from crm_tui.services.contacts import Contacts

        return Contacts(self._store, self.person, self.policy)

    @cached_property
    def diaries(self) -> Diaries:
        """The work diary, written and reviewed."""
        from crm_tui.services.diaries import Diaries

        return Diaries(self._store, self.person, self.policy)

    @cached_property
    def tiers(self) -> TiersService:
        """What a customer has earned, and the grant of it."""
        from crm_tui.services.tiers import TiersService

        return TiersService(self._store, self.person, self.policy)

    @cached_property
    def drafts(self) -> Drafts:
        """What was typed and not yet saved."""
        from crm_tui.services.drafts import Drafts

        return Drafts(self._store, self.person)

    @cached_property
    def waiting(self) -> TodayService:
        """What waits for this person today."""
        from crm_tui.services.today import TodayService

        return TodayService(self._store, self.person, self.policy)

    def now(self) -> datetime:
        """The instant by the one clock."""
        return self._store.clock()

    def today(self) -> date:
        """The business date in Shanghai."""
        return business_date(self.now())

    def speak(self, language: str) -> None:
        """Keep the person's own choice of language. Raises StoreError."""
        sign_in.speak(self._store, self.person, language)

    def still_in(self) -> bool:
        """Whether the operator has not ended this session meanwhile. Raises StoreError."""
        return sign_in.still_in(self._store, self.person)

    def leave(self, ended_by: str) -> None:
        """End the session: `sign_out`, `lock`, `idle` or `line_lost`."""
        sign_in.sign_out(self._store, self.person, ended_by)

    def close(self) -> None:
        """Give back the database's connections."""
        self._store.close()


class Door:
    """The open database before anybody has signed in."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._policy = policy

    def sign_in(self, username: str, password: str) -> Office:
        """The office of a person. Raises SignInFailed, StoreError."""
        person = sign_in.sign_in(self._store, username, password, self._policy)
        return Office(self._store, person, self._policy)

    def enter_demo(self, username: str) -> Office:
        """Signed in without a password, in a demo bank only. Raises SignInFailed, ConfigError."""
        if not is_demo(self._store):
            raise ConfigError(_("Only a demo bank lets somebody in without a password."))
        person = sign_in.open_session(self._store, username, how="demo")
        return Office(self._store, person, self._policy)

    def close(self) -> None:
        """Give back the database's connections."""
        self._store.close()


def open_store(settings: config.Settings, clock: Clock = utc_now) -> Store:
    """The database of the settings with its keys, at this program's schema.

    Raises ConfigError, SchemaMismatch, StoreError.
    """
    store = open_unchecked(settings, clock)
    try:
        schema.require_head(store.engine)
        check_keys(store)
        _take_back_killed_imports(store, config.policy(settings.config))
        complete(store, settings.config.complaint_mapping(), STARTER)
    except BaseException:
        store.close()
        raise
    return store


def _take_back_killed_imports(store: Store, policy: Policy) -> None:
    """An import that was killed leaves nothing behind after the next start."""
    with store.read() as session:
        if not batches.unfinished(session):
            return
    from crm_tui.services.imports import recover

    recover(store, STARTER, policy)


def key_file_of(settings: config.Settings) -> Path:
    """Where the keys of the database are, whose URL is one. Raises ConfigError."""
    parse_url(settings.database_url)
    if settings.key_file is None:
        raise ConfigError(
            _("{file}: [security] key_file: PostgreSQL needs it set").format(file=settings.source)
        )
    return settings.key_file


def _require_file(database: Path) -> None:
    """Raises ConfigError where there is no database, or none that may be read. To open it for
    that would end the locks that this process holds on it."""
    try:
        database.stat()
        if not os.access(database, os.R_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except FileNotFoundError:
        raise ConfigError(
            _("{file}: there is no such database; make it with `crm-tui init`").format(
                file=database
            )
        ) from None
    except OSError as error:
        raise ConfigError(
            _("{file}: cannot be read: {why}").format(file=database, why=why_failed(error))
        ) from None


def open_unchecked(settings: config.Settings, clock: Clock = utc_now) -> Store:
    """The database whatever its schema, for `db upgrade` and `db check`. Raises ConfigError."""
    key_file = key_file_of(settings)
    database = config.sqlite_path(settings.database_url)
    if database is not None:
        _require_file(database)
    return Store(
        settings.database_url,
        load_key_file(key_file),
        clock=clock,
        pool_size=settings.config.database.pool_size,
        busy_timeout=settings.config.database.busy_timeout,
    )


def open_door(settings: config.Settings, clock: Clock = utc_now) -> Door:
    """The database, ready for somebody to sign in. Raises ConfigError, StoreError."""
    return Door(open_store(settings, clock), config.policy(settings.config))
