"""What every test may use; the fixtures themselves are in `tests/support`."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

from tests.support import parsed_once, postgres, quiet_pumps, screen_text
from tests.support.fence import fenced_environment
from tests.support.people import bank, founded, make_bank
from tests.support.postgres import (
    new_pg_database,
    own_pg_server,
    pg_admin_url,
    pg_server,
)
from tests.support.pty_session import start_session
from tests.support.stores import clock, database_url, sqlite_template, store, templates

__all__ = [
    "bank",
    "clock",
    "database_url",
    "fenced_environment",
    "founded",
    "make_bank",
    "new_pg_database",
    "own_pg_server",
    "pg_admin_url",
    "pg_server",
    "sqlite_template",
    "start_session",
    "store",
    "templates",
]

# A busy machine is no failure; the same examples each time where nobody looks for new ones.
settings.register_profile("suite", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("suite")
parsed_once.install()
quiet_pumps.install()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of this suite."""
    parser.addoption(
        screen_text.UPDATE_OPTION,
        action="store_true",
        help="write tests/golden/*.txt from what the screens show now",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Open the run's directory in the controlling process, before workers are started."""
    screen_text.set_update(config.getoption(screen_text.UPDATE_OPTION))
    postgres.open_run()


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what lives as long as the run: it took a sixth of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def pytest_unconfigure() -> None:
    """End what the run has started."""
    postgres.close_run()
