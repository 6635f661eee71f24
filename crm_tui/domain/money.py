"""Money as integer fen (domain.md 3); never float."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from crm_tui.domain.text_rules import fold_syntax
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

MAX_FEN: Final = 10**15
_AMOUNT: Final = re.compile(
    r"(?P<sign>[+-]?)(?P<yuan>[0-9]{1,20}|[0-9]{1,3}(?:,[0-9]{3}){1,6})(?:\.(?P<fen>[0-9]{1,2}))?"
)


def parse_amount(text: str, *, field: str = "amount") -> int:
    """Fen of an amount in yuan: `412,006.51`, `-3`, full-width digits too.

    Raises InvalidInput for more than two decimals, wrong groups, anything else around the
    number, and beyond ±MAX_FEN.
    """
    match = _AMOUNT.fullmatch(fold_syntax(text).strip())
    if match is None:
        raise InvalidInput(field, _("not an amount: digits with at most two decimals"))
    fen = int(match["yuan"].replace(",", "")) * 100 + int((match["fen"] or "0").ljust(2, "0"))
    if fen > MAX_FEN:
        raise InvalidInput(field, _("the amount is too large"))
    return -fen if match["sign"] == "-" else fen


def fen_of(value: int | Decimal) -> int:
    """Exact fen of an amount in yuan; ValueError when it has more than two decimals."""
    scaled = Decimal(value).scaleb(2)
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(value)
    return int(scaled)


def format_fen(fen: int) -> str:
    """`412,006.51`."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"


def format_plain(fen: int) -> str:
    """`412006.51`, as files carry it."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan}.{rest:02d}"


def average_fen(sum_fen: int, days: int) -> int:
    """The average for display: half away from zero at 0.01; comparisons use `meets`."""
    if days <= 0:
        raise ValueError(days)
    rounded = (2 * abs(sum_fen) + days) // (2 * days)
    return -rounded if sum_fen < 0 else rounded


def meets(sum_fen: int, days: int, threshold_fen: int) -> bool:
    """Whether the unrounded average reaches the threshold, inclusive (domain.md 3)."""
    return sum_fen >= threshold_fen * days


def missing_fen(sum_fen: int, days: int, threshold_fen: int) -> int:
    """Fen by which the average falls short of the threshold, rounded up; 0 when it is met."""
    return max(0, -((sum_fen - threshold_fen * days) // days))
