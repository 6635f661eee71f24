"""The settings that become stored, versioned rules: tiers and complaints."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A table of the file; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TierRules(Section):
    """How tiers are computed; the stored rule sets carry a copy."""

    household_mode: Literal["mean", "sum"] = "mean"
    period: Literal["month"] = "month"
    min_members: Annotated[int, Field(ge=2, le=10)] = 2
    demote_after: Annotated[int, Field(ge=1, le=24)] = 3
    near_percent: Annotated[int, Field(ge=50, le=99)] = 85
    gold: Literal["direct", "accept"] = "direct"
    coefficients: dict[str, int | float] = Field(
        default_factory=lambda: dict[str, int | float](loan=0)
    )


class Tier(Section):
    """One tier; thresholds in yuan of average daily assets."""

    code: Literal["silver", "gold", "platinum", "black_gold"]
    individual: int | None = None
    household: int | None = None


def shipped_tiers() -> list[Tier]:
    """The tiers of domain.md 3."""
    return [
        Tier(code="silver"),
        Tier(code="gold", individual=100_000, household=80_000),
        Tier(code="platinum", individual=300_000, household=250_000),
        Tier(code="black_gold"),
    ]


Days = Annotated[int, Field(ge=1, le=365)]


class ComplaintRules(Section):
    """Which regime holds, the bands of time left, the internal targets in working days."""

    regime: str = "nfra_2020"
    amber: Annotated[int, Field(ge=0, le=30)] = 3
    red: Annotated[int, Field(ge=0, le=30)] = 1
    urgent: Days = 3
    normal: Days = 10
    lines: dict[str, str] = Field(default_factory=dict)


class ComplaintRegime(Section):
    """One regime; limits in days from the receipt."""

    code: str
    simple: Days
    complex: Days
    count: Literal["natural", "working"] = "natural"
    since: date | None = None
    earlier: str = ""


def shipped_regimes() -> list[ComplaintRegime]:
    """The regimes of domain.md 1."""
    return [
        ComplaintRegime(
            code="nfra_2020", simple=15, complex=30, since=date(2020, 3, 1), earlier="bank_2012"
        ),
        ComplaintRegime(code="bank_2012", simple=15, complex=15, count="working"),
        ComplaintRegime(code="listed_60_30", simple=60, complex=60),
    ]
