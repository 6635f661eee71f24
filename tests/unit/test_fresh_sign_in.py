"""What a lock starts: a sign-in that knows whose session it takes the place of."""

from __future__ import annotations

import pytest

from crm_tui.app import CrmApp
from crm_tui.config import Config, Settings
from crm_tui.screens.sign_in import Locked

FRESH = ("python", "-P", "-m", "crm_tui", "--config", "/x")


def at_the_sign_in(locked: Locked | None) -> CrmApp:
    """Nobody is signed in."""
    settings = Settings(Config(), "test", "sqlite:///unused", None)

    def closed() -> None:
        raise AssertionError("it is not opened")

    return CrmApp(settings, closed, fresh_argv=FRESH, locked=locked)  # type: ignore[arg-type]


@pytest.mark.parametrize("why", ["lock", "idle"])
def test_a_sign_in_that_nobody_answers_still_knows_whose_session_it_was(why: str) -> None:
    command = at_the_sign_in(Locked(why, "lina")).fresh_command("idle")
    assert command == (*FRESH[:4], f"--locked={why}", "--who=lina", *FRESH[4:])


@pytest.mark.parametrize("locked", [None, Locked("", "")])
def test_a_sign_in_without_a_session_before_it_names_nobody(locked: Locked | None) -> None:
    assert at_the_sign_in(locked).fresh_command("idle") == FRESH
