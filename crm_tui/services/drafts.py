"""A person's own drafts. Nobody else's can be named, so there is no scope to check."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from crm_tui.db import drafts as rows
from crm_tui.domain.drafts import Draft
from crm_tui.errors import DraftGone, DraftTaken
from crm_tui.i18n import _
from crm_tui.services import liveness
from crm_tui.services.sign_in import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from crm_tui.db.store import Store
    from crm_tui.domain.drafts import DraftKey
    from crm_tui.domain.staff import Person

# As long as a session without a key stays unlocked by default.
UNLOCKED = timedelta(minutes=10)
AUTOSAVE = "draft autosaves are not audited (decisions.md, Audit)"


class Unknown(Enum):
    """Who saves does not say which draft they have seen."""

    DRAFT = "unknown"


UNKNOWN: Final = Unknown.DRAFT


class Drafts:
    """What this person has typed and not saved."""

    def __init__(self, store: Store, person: Person) -> None:
        self._store = store
        self._person = person

    def save(
        self, key: DraftKey, values: Mapping[str, str], *, known: Draft | Unknown | None = UNKNOWN
    ) -> None:
        """Keep `values`. Raises DraftTaken, also when another session has left there what is
        later than the `known` draft, and StoreError; the text then stays on the screen."""
        with self._store.write(actor_of(self._person)) as tx:
            tx.unaudited(AUTOSAVE)
            writer = require_writer(self._store, tx.session, self._person, key)
            self._require_known(writer, known)
            mine, keys = self._person, self._store.keys
            # Where there was none, no row was locked: another session may begin one meanwhile.
            if not rows.save(
                tx.session,
                keys,
                mine.staff_id,
                mine.session_id,
                key,
                values,
                tx.now,
                over=writer is not None,
            ):
                raise DraftTaken(_("another session of yours is writing this"))

    def begin(self, key: DraftKey, values: Mapping[str, str]) -> None:
        """Keep `values` where there is no draft any more. Raises DraftTaken when there is one,
        whoever wrote it, and StoreError."""
        with self._store.write(actor_of(self._person)) as tx:
            tx.unaudited(AUTOSAVE)
            mine, keys = self._person, self._store.keys
            if not rows.save(
                tx.session, keys, mine.staff_id, mine.session_id, key, values, tx.now, over=False
            ):
                raise DraftTaken(_("another session of yours is writing this"))

    def load(self, key: DraftKey) -> Draft | None:
        """The draft of a form and record."""
        found = self._load(key)
        return found[0] if found else None

    def all(self) -> list[Draft]:
        """Every draft, newest first: what is offered after signing in."""
        return self._load(None)

    def claim(self, key: DraftKey, known: Draft) -> None:
        """Be the one that writes the `known` draft from now on: its form is open here.

        Raises DraftTaken when another session does, or has written on it; StoreError.
        """
        with self._store.write(actor_of(self._person)) as tx:
            tx.unaudited(AUTOSAVE)
            writer = require_writer(self._store, tx.session, self._person, key)
            self._require_known(writer, known)
            rows.take_over(tx.session, self._person.staff_id, self._person.session_id, key)

    def give_up(self, key: DraftKey) -> None:
        """The form was left: any session of the person goes on with its draft. StoreError."""
        with self._store.write(actor_of(self._person)) as tx:
            tx.unaudited(AUTOSAVE)
            rows.give_up(tx.session, self._person.staff_id, self._person.session_id, key)

    def _require_known(self, writer: rows.Writer | None, known: Draft | Unknown | None) -> None:
        """Raises DraftTaken when it would write over what the form has not seen."""
        if writer is None or known is UNKNOWN or writer.session_id == self._person.session_id:
            return
        if not isinstance(known, Draft) or known.saved_at != writer.saved_at:
            raise DraftTaken(_("another session of yours is writing this"))

    def discard(self, key: DraftKey, seen: Draft | None = None) -> None:
        """Delete the draft that this session has claimed or written, or has just `seen`; to undo,
        save it again.

        What another one has left there stays. Raises DraftTaken when it is being written, or was
        written on since it was seen; StoreError.
        """
        with self._store.write(actor_of(self._person)) as tx:
            tx.unaudited(AUTOSAVE)
            mine = self._person
            writer = require_writer(self._store, tx.session, mine, key)
            if seen is not None:
                self._require_known(writer, seen)
                rows.take_over(tx.session, mine.staff_id, mine.session_id, key)
            rows.discard(tx.session, mine.staff_id, mine.session_id, key)

    def take_over(self, key: DraftKey) -> Mapping[str, str]:
        """Write here a draft that another session of the same person was writing; what it holds.

        Raises DraftGone when it is not there any more, StoreError.
        """
        with self._store.write(actor_of(self._person)) as tx:
            tx.unaudited(AUTOSAVE)
            mine = self._person
            if not rows.take_over(tx.session, mine.staff_id, mine.session_id, key):
                raise DraftGone(_("your other session has saved or discarded this meanwhile"))
        kept = self.load(key)
        return kept.values if kept else {}

    def _load(self, key: DraftKey | None) -> list[Draft]:
        with self._store.read() as session:
            return kept_drafts(self._store, session, self._person, key)


def kept_drafts(
    store: Store, session: Session, person: Person, key: DraftKey | None = None
) -> list[Draft]:
    """A person's drafts, newest first; only that of `key` when given."""
    return [
        Draft(one.key, one.values, one.writer.saved_at, _is_elsewhere(store, person, one.writer))
        for one in rows.load(session, store.keys, person.staff_id, key)
    ]


def require_writer(
    store: Store, session: Session, person: Person, key: DraftKey
) -> rows.Writer | None:
    """Who wrote the draft last. What another living session has taken over is not written or
    saved from here any more.

    Nobody takes it over from now until the transaction ends: what is stored or discarded here
    is what was looked at. Raises DraftTaken.
    """
    # Two statements: the writer is read as they are once the lock is there.
    rows.lock(session, person.staff_id, key)
    writer = rows.writer(session, person.staff_id, key)
    if writer is not None and _is_elsewhere(store, person, writer):
        raise DraftTaken(_("another session of yours is writing this"))
    return writer


def _is_elsewhere(store: Store, person: Person, writer: rows.Writer) -> bool:
    """Whether another session is still writing: one that ended or was killed is not.

    On another host nobody can tell, so a session counts as alive for as long as an idle one
    stays unlocked.
    """
    if writer.session_id in (person.session_id, rows.NOBODY) or writer.ended_at is not None:
        return False
    alive = liveness.is_alive(writer.process)
    if alive is None:
        return store.clock() - writer.saved_at < UNLOCKED
    return alive
