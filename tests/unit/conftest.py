from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

_VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors.json"


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    """The worked examples that lie beside the project."""
    if not _VECTORS.is_file():
        pytest.skip("vectors.json is not beside the project")
    loaded: dict[str, Any] = json.loads(_VECTORS.read_text(encoding="utf-8"))
    return loaded
