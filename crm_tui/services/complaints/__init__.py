"""Complaints: registering, the queue, triage and every step until the end."""

from __future__ import annotations

from crm_tui.services.complaints.choosing import Choosing
from crm_tui.services.complaints.reading import Reading
from crm_tui.services.complaints.registering import Registering
from crm_tui.services.complaints.revealing import Revealing
from crm_tui.services.complaints.working import Working

__all__ = ["Complaints"]


class Complaints(Registering, Working, Choosing, Revealing, Reading):
    """Cases in this person's reach."""
