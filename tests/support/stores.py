"""Databases with the product's tables, for the tests of `db` and `services`."""

from __future__ import annotations


def make_template(url: str) -> None:
    """Bring the empty database at `url` to the newest schema; once per worker and database."""
