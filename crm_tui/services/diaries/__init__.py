"""The work diary: writing one's own, reading and reviewing those of one's people."""

from __future__ import annotations

from crm_tui.services.diaries.reviewing import Reviewing
from crm_tui.services.diaries.writing import Writing


class Diaries(Writing, Reviewing):
    """One's own diary, and those of people whose superior one is."""
