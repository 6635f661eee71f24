"""Keeps the developer's own environment out of every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_tui import i18n

XDG_NAMES = ("CONFIG", "DATA", "STATE", "CACHE", "RUNTIME")
FENCED_PREFIXES = ("CRM_TUI_", "TEXTUAL", "PG", "LC_", "XDG_")
FENCED_NAMES = ("LANGUAGE", "COLUMNS", "LINES", "NO_COLOR", "COLORTERM", "FORCE_COLOR", "BROWSER")


@pytest.fixture(autouse=True)
def fenced_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty home, UTF-8, English, no settings of the host; gives the home."""
    home = tmp_path / "home"
    home.mkdir()
    for name in list(os.environ):
        if name.startswith(FENCED_PREFIXES) or name in FENCED_NAMES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in XDG_NAMES:
        monkeypatch.setenv(f"XDG_{name}_{'DIR' if name == 'RUNTIME' else 'HOME'}", str(home / name))
    monkeypatch.setattr("crm_tui.config.SYSTEM_CONFIG", home / "no-system-config.toml")
    i18n.use("en")
    yield home
    i18n.use("en")
