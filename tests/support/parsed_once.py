"""Style sheets of Textual, parsed once per process and not once per application under test.

A program parses them once; a run of tests starts hundreds of applications with the same sheets.
Parsed rules are only read, so that applications with the same variables can share them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.css.stylesheet import Stylesheet

if TYPE_CHECKING:
    from textual.css.model import RuleSet

_parse: Final = Stylesheet._parse_rules
_frozen: Final[dict[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]] = {}
_parsed: Final[dict[tuple[Any, ...], list[RuleSet]]] = {}


def parse_rules(sheet: Stylesheet, css: str, read_from: Any, *how: Any, **more: Any) -> Any:
    """`Stylesheet._parse_rules`, by everything that it reads."""
    key = (css, read_from, how, *sorted(more.items()), _variables(sheet))
    if key not in _parsed:
        _parsed[key] = _parse(sheet, css, read_from, *how, **more)
    return _parsed[key]


def _variables(sheet: Any) -> frozenset[tuple[str, str]]:
    """The variables of a sheet, frozen once for each dictionary that it is given."""
    if getattr(sheet, "frozen_from", None) is not sheet._variables:
        frozen = frozenset(sheet._variables.items())
        sheet.frozen_from, sheet.frozen = sheet._variables, _frozen.setdefault(frozen, frozen)
    return sheet.frozen  # type: ignore[no-any-return]


def install() -> None:
    """Let every application share them."""
    Stylesheet._parse_rules = parse_rules  # type: ignore[method-assign]
