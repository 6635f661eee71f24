"""What was measured, as one table and as JSON."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from crm_tui.text import cell_width

ROOT: Final = Path(__file__).resolve().parents[1]
HEADINGS: Final = ("area", "what", "goal", "ours", "peers", "ratio", "met")


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit, in the measured unit, or as a multiple of the peer `of`."""

    limit: float
    of: str = ""
    at_least: bool = False

    def said(self, unit: str) -> str:
        """`≤ 90 MB`, `≤ 0.6 × harlequin`."""
        sign = "≥" if self.at_least else "≤"
        if self.of:
            return f"{sign} {self.of}" if self.limit == 1 else f"{sign} {self.limit:g} × {self.of}"
        return f"{sign} {number(self.limit, unit)}"


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table. The ratio is ours to the first peer."""

    area: str
    what: str
    unit: str
    ours: float | None
    goals: tuple[Goal, ...] = ()
    peers: dict[str, float] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Ours to the first peer."""
        first = next(iter(self.peers.values()), None)
        return self.ours / first if self.ours is not None and first else None

    @property
    def met(self) -> bool | None:
        """Whether every goal is met; None when there is none, or a peer is missing."""
        answers = [self._meets(goal) for goal in self.goals]
        if False in answers:
            return False
        return True if answers and None not in answers else None

    def _meets(self, goal: Goal) -> bool | None:
        if self.ours is None:
            return False
        limit: float | None = goal.limit
        if goal.of:
            peer = self.peers.get(goal.of)
            limit = goal.limit * peer if peer is not None else None
        if limit is None:
            return None
        return self.ours >= limit if goal.at_least else self.ours <= limit

    def as_json(self) -> dict[str, Any]:
        """Every field, with what follows from them."""
        ratio = round(self.ratio, 3) if self.ratio is not None else None
        return asdict(self) | {"ratio": ratio, "met": self.met}


def number(value: float | None, unit: str) -> str:
    """`1,234 bytes`, `0.42 s`; a dash for what could not be measured."""
    if value is None:
        return "–"
    if unit in ("bytes", "rows/s") or abs(value) >= 100:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.2f}" if unit == "s" else f"{value:.1f}"
    return f"{text} {unit}"


def table(measures: list[Measure]) -> str:
    """One table in aligned columns."""
    lines = [HEADINGS, *(_cells(one) for one in measures)]
    widths = [max(cell_width(line[n]) for line in lines) for n in range(len(HEADINGS))]
    shown = ["  ".join(_padded(c, w) for c, w in zip(line, widths, strict=True)) for line in lines]
    shown.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(line.rstrip() for line in shown)


def _cells(one: Measure) -> tuple[str, ...]:
    return (
        one.area,
        one.what,
        ", ".join(goal.said(one.unit) for goal in one.goals) or "–",
        number(one.ours, one.unit),
        ", ".join(f"{name} {number(value, one.unit)}" for name, value in one.peers.items()) or "–",
        f"{one.ratio:.2f}" if one.ratio is not None else "–",
        {True: "yes", False: "NO", None: "–"}[one.met],
    )


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_width(text))


def _machine() -> dict[str, Any]:
    """What it ran on, without names of hosts or people."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "commit": _commit(),
        "load_average_before": _load(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()


def _load() -> list[float]:
    return [round(one, 2) for one in os.getloadavg()]


def _commit() -> str:
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    return asked.stdout.strip() or "unknown"


@dataclass(slots=True)
class Run:
    """All that one call of the program measured, and on what."""

    customers: int
    peers: dict[str, str] = field(default_factory=dict)
    measures: list[Measure] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=_machine)
    seconds: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> str:
        """One object; the order of keys is the order of reading."""
        whole = {
            "customers": self.customers,
            "machine": self.machine | {"load_average_after": _load()},
            "peers": self.peers,
            "seconds": self.seconds,
            "failures": self.failures,
            "measures": [one.as_json() for one in self.measures],
        }
        return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"

    def text(self) -> str:
        """The table and a line on where it comes from."""
        where = self.machine
        origin = (
            f"{self.customers:,} customers",
            f"{where['processor']}, {where['cores']} cores, {where['memory_gib']} GiB",
            f"Python {where['python']}",
            f"commit {where['commit']}",
            f"load average {where['load_average_before'][0]} before, {_load()[0]} after",
            f"{sum(self.seconds.values()):.0f} s",
        )
        lines = [table(self.measures), "", " · ".join(origin)]
        if self.peers:
            lines.append("beside " + ", ".join(f"{k} {v}" for k, v in self.peers.items()))
        lines += [f"{area} FAILED: {why}" for area, why in self.failures.items()]
        return "\n".join(lines)
