"""crm_tui: a keyboard-driven CRM for the back office of bank and securities branches."""

import os

__version__ = "0.1.0"

# A plug-in of pydantic would see every validated value; none is asked for, and looking for
# them takes a fortieth of a start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# What a key changed is on its way after at most 8 ms instead of 16. Nothing is drawn more often
# than it changes, so a slow line carries no more for it.
os.environ.setdefault("TEXTUAL_FPS", "120")
