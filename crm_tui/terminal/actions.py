"""The actions that may run at all (safety.md 6). A new one is refused until it is listed."""

from __future__ import annotations

from typing import Final

EDITING: Final = frozenset(
    {
        "cursor_left", "cursor_right", "cursor_up", "cursor_down",
        "cursor_left_word", "cursor_right_word", "cursor_word_left", "cursor_word_right",
        "cursor_line_start", "cursor_line_end", "cursor_page_up", "cursor_page_down",
        "home", "end", "submit", "undo", "redo", "select_all", "select_line",
        "delete_left", "delete_right", "delete_left_word", "delete_right_word",
        "delete_word_left", "delete_word_right", "delete_left_all", "delete_right_all",
        "delete_line", "delete_to_start_of_line", "delete_to_end_of_line_or_delete_line",
    }
)  # fmt: skip
"""Keys of text fields. No copy and no cut: they reach the clipboard."""
MOVING: Final = frozenset(
    {
        "focus_next", "focus_previous", "select", "first", "last", "page_up", "page_down",
        "scroll_up", "scroll_down", "scroll_home", "scroll_end", "press", "toggle_button",
        "next_button", "previous_button", "show_overlay", "grab",
    }
)  # fmt: skip
TABLE: Final = frozenset(
    {
        "cursor_up", "cursor_down", "page_up", "page_down", "home", "end", "open", "mark",
        "mark_all_shown", "reload",
    }
)  # fmt: skip
COMMANDS: Final = frozenset({"command"})
"""How the key table runs its commands, each with its permission."""

ALLOWED: Final = EDITING | MOVING | TABLE | COMMANDS
