"""What every service of a signed-in person starts from: scope, or a refusal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from crm_tui.clock import business_date
from crm_tui.db import drafts
from crm_tui.errors import Refused
from crm_tui.i18n import _
from crm_tui.services import sign_in
from crm_tui.services.drafts import require_writer
from crm_tui.services.sign_in import actor_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from crm_tui.db.store import Store, Transaction
    from crm_tui.domain.audit import Actor, Entry
    from crm_tui.domain.drafts import DraftKey
    from crm_tui.domain.policy import Policy
    from crm_tui.domain.staff import Permission, Person, Scope


class NotThere(Exception):
    """Raised inside `_writing` when the object is missing or out of scope."""


class _Ended(Exception):
    """The person was disabled, or the session ended, since it began."""


class Service:
    """Use cases of one noun for one person."""

    def __init__(self, store: Store, person: Person, policy: Policy) -> None:
        self._store = store
        self._person = person
        self._policy = policy

    @property
    def _actor(self) -> Actor:
        return actor_of(self._person)

    @property
    def _today(self) -> date:
        return business_date(self._store.clock())

    def _scope(self, permission: Permission, action: str) -> Scope:
        """How far `permission` goes. Raises Refused, audited, when it does not go at all."""
        scope = self._person.scope(permission)
        if scope is None:
            raise self._store.refuse(self._actor, action, reason="permission")
        return scope

    @contextmanager
    def _writing(
        self, action: str, object_kind: str = "", object_id: object = ""
    ) -> Iterator[Transaction]:
        """A transaction; NotThere inside rolls it back and becomes an audited Refused. What is to
        be audited anyway is committed before the person is told why it failed."""
        kept: list[Entry] = []
        try:
            with self._store.write(self._actor) as transaction:
                kept = transaction.kept
                if not sign_in.is_open(transaction.session, self._person):
                    raise _Ended
                yield transaction
        except _Ended:
            self._store.refuse(self._actor, action, object_kind, object_id, reason="session")
            raise Refused(_("This session was ended by the operator. Sign in again.")) from None
        except NotThere:
            raise self._store.refuse(self._actor, action, object_kind, object_id) from None
        except Exception:
            if kept:
                with self._store.write(self._actor) as transaction:
                    transaction.entries += kept
            raise

    def _drop(self, tx: Transaction, draft: DraftKey | None) -> None:
        """Delete the draft of what is being saved, which this session has claimed or written;
        what another one has left there is not of this text, and stays.

        Raises DraftTaken, and so saves nothing, when another session of the person writes it
        now: its text would be lost, and nobody would know.
        """
        if draft is not None:
            mine = self._person
            require_writer(self._store, tx.session, mine, draft)
            drafts.discard(tx.session, mine.staff_id, mine.session_id, draft)
