"""Facts that the database keeps about itself: its kind and which key file is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select
from sqlmodel import col

from crm_tui.db.tables import StoreFact
from crm_tui.errors import ConfigError
from crm_tui.i18n import _

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.db.store import Store

KIND: Final = "kind"
FINGERPRINT: Final = "key_fingerprint"
REAL, DEMO = "real", "demo"


def get(session: Session, name: str) -> str | None:
    """A fact, or None."""
    return session.execute(select(col(StoreFact.value)).where(col(StoreFact.name) == name)).scalar()


def put(session: Session, name: str, value: str) -> None:
    """Write a new fact."""
    session.execute(insert(StoreFact).values(name=name, value=value))


def is_demo(store: Store) -> bool:
    """Whether this is a demo bank, where clocks and sign-in may be bent."""
    with store.read() as session:
        return get(session, KIND) == DEMO


def check_keys(store: Store) -> None:
    """Raises ConfigError when the key file is another database's: nothing may be written then."""
    with store.read() as session:
        found = get(session, FINGERPRINT)
    if found is not None and found != store.keys.fingerprint():
        raise ConfigError(_("The key file is not this database's; set [security] key_file."))
