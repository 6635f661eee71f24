"""Personal columns: from what was typed to the four that are stored, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_tui.domain.identifiers import normalize, parse_resident_id, parse_uscc, typed_mobile
from crm_tui.domain.kinds import IdType
from crm_tui.domain.masking import mask_id, mask_mobile, tail4
from crm_tui.domain.text_rules import clean_line

if TYPE_CHECKING:
    from datetime import date

    from crm_tui.db.crypto import KeyRing

ID_LIMIT = 32
CONTEXTS = {"mobile": "customer.mobile", "id_no": "customer.id_no"}


def sealed(keys: KeyRing, name: str, value: str) -> dict[str, object]:
    """The columns `NAME_enc`, `_mask`, `_hash` and `_tail` of a checked value; Nones for none."""
    if not value:
        return {f"{name}_{part}": None for part in ("enc", "mask", "hash", "tail")}
    context = CONTEXTS[name]
    masked = mask_mobile(value) if name == "mobile" else mask_id(value)
    return {
        f"{name}_enc": keys.encrypt(value, context),
        f"{name}_mask": masked,
        f"{name}_hash": keys.blind(value, context),
        f"{name}_tail": tail4(value),
    }


def checked_mobile(text: str) -> str:
    """A mobile number, or empty. Raises InvalidInput."""
    return typed_mobile(text, field="mobile") if text.strip() else ""


def checked_id(text: str, id_type: str, today: date) -> str:
    """A number of its type, or empty. Raises InvalidInput."""
    if not text.strip():
        return ""
    if id_type == IdType.RESIDENT_ID:
        return parse_resident_id(text, field="id_no", today=today).number
    if id_type == IdType.USCC:
        return parse_uscc(text, field="id_no")
    return clean_line(normalize(text), field="id_no", limit=ID_LIMIT)
