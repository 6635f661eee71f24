"""Before-images of rows that an import changes: what taking a batch back needs."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from crm_tui.db.crypto import KeyRing
    from crm_tui.db.targets import Batch, Values

IMAGE_CONTEXT: Final = "import_image"
IMAGE_COLUMNS: Final = ("batch_id", "table_name", "row_key", "before", "version_after")


def image_row(
    batch: Batch, table: str, row_id: object, before: dict[str, Any], version: int | None
) -> Values:
    """A row of `import_image`."""
    text = json.dumps(before, default=_to_json)
    return (batch.id, table, str(row_id), batch.keys.encrypt(text, IMAGE_CONTEXT), version)


def _to_json(value: object) -> object:
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    return str(value)


def read_image(keys: KeyRing, before: bytes) -> dict[str, Any]:
    """The columns of `image_row`, bytes as bytes and dates as text."""
    stored: dict[str, Any] = json.loads(keys.decrypt(before, IMAGE_CONTEXT))
    return {
        name: base64.b64decode(value["bytes"]) if isinstance(value, dict) else value
        for name, value in stored.items()
    }
