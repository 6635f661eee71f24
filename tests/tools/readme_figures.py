"""Put benchmarks/latest.json into the READMEs: `python -m tests.tools.readme_figures`.

Figures come from that file only; it is written by `python -m benchmarks --save`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.report import Goal, number

ROOT: Final = Path(__file__).resolve().parents[2]
LATEST: Final = ROOT / "benchmarks" / "latest.json"
OPENING, CLOSING = "<!-- benchmarks -->\n", "<!-- /benchmarks -->"
READMES: Final = {"README.md": "en", "README.zh-CN.md": "zh_CN"}
HEADINGS: Final = {
    "en": ("what", "goal", "here", "beside", "met"),
    "zh_CN": ("项目", "目标", "实测", "对照", "达到"),
}
MET: Final = {"en": {True: "yes", False: "**no**", None: "–"},
              "zh_CN": {True: "是", False: "**否**", None: "–"}}  # fmt: skip
NOTHING: Final = {"en": "No run is recorded in this clone yet.\n", "zh_CN": "此处尚无测量结果。\n"}


def figures(language: str, run: Mapping[str, Any] | None) -> str:
    """The table of a run, or a line that there is none."""
    if run is None:
        return NOTHING[language]
    lines = ["| " + " | ".join(HEADINGS[language]) + " |", "|---" * 5 + "|"]
    lines += ["| " + " | ".join(_cells(one, language)) + " |" for one in run["measures"]]
    machine = run["machine"]
    origin = [
        f"{run['customers']:,} customers",
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB",
        f"Python {machine['python']}",
        f"commit {machine['commit']}",
        *(f"{name} {version}" for name, version in run["peers"].items()),
    ]
    failed = [f"{area} FAILED: {why}" for area, why in run["failures"].items()]
    return "\n".join([*lines, "", " · ".join(origin), *failed, ""])


def _cells(one: Mapping[str, Any], language: str) -> Iterator[str]:
    unit = one["unit"]
    yield f"{one['area']}: {one['what']}"
    yield ", ".join(Goal(**goal).said(unit) for goal in one["goals"]) or "–"
    yield number(one["ours"], unit)
    yield ", ".join(f"{name} {number(value, unit)}" for name, value in one["peers"].items()) or "–"
    yield MET[language][one["met"]]


def latest() -> dict[str, Any] | None:
    """The recorded run."""
    if not LATEST.exists():
        return None
    found: dict[str, Any] = json.loads(LATEST.read_text("utf-8"))
    return found


def filled(text: str, language: str) -> str:
    """A README with the figures of the recorded run."""
    before, rest = text.split(OPENING, 1)
    return before + OPENING + figures(language, latest()) + CLOSING + rest.split(CLOSING, 1)[1]


def main() -> int:
    """Fill both."""
    for name, language in READMES.items():
        path = ROOT / name
        path.write_text(filled(path.read_text("utf-8"), language), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
