"""What the trail knows of a registration: its words, and how often they were saved again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlmodel import col

from crm_tui.db.audit import IMAGE_CONTEXT
from crm_tui.db.tables import Audit, AuditImage
from crm_tui.domain.kinds import Outcome

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.db.crypto import KeyRing

REGISTER: Final = "customer.register"
# Among the fields of an edit that a registration saved again made.
REPEATED: Final = "repeated"


@dataclass(frozen=True, slots=True)
class Registered:
    """The image of a registration, and the version that its own saves have led to."""

    words: dict[str, Any] | None = field(repr=False)
    version: int


def registered(session: Session, keys: KeyRing, customer_id: int) -> Registered:
    """Any version above that of the answer was made by another edit."""
    found = session.execute(
        select(col(Audit.action), col(Audit.fields), col(AuditImage.payload))
        .outerjoin(AuditImage, col(AuditImage.seq) == col(Audit.seq))
        .where(
            col(Audit.object_kind) == "customer",
            col(Audit.object_id) == str(customer_id),
            col(Audit.outcome) == Outcome.DONE.value,
        )
    ).all()
    words, version = None, 1
    for action, fields, payload in found:
        if action == REGISTER and payload:
            words = json.loads(keys.decrypt(payload, IMAGE_CONTEXT))
        elif fields and json.loads(fields).get(REPEATED):
            version += 1
    return Registered(words, version)
