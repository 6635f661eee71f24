"""Where the real data sets lie: beside the project, never in it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"


def shared_data(*parts: str) -> Path:
    """`../shared/data/…`; the test is skipped, with the reason, where it is not."""
    return _existing(SHARED.joinpath("data", *parts))


def shared_vectors() -> Path:
    """`../shared/vectors.json`, the worked examples of the rules, or a skip."""
    return _existing(SHARED / "vectors.json")


def _existing(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"the data set is not there: ../{path.relative_to(SHARED.parent)}")
    return path
