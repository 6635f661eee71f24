"""crm_tui: a keyboard-driven CRM for the back office of bank and securities branches."""

__version__ = "0.1.0"
