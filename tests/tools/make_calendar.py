"""Write crm_tui/db/seed/calendar.csv: the arrangements published for 2004–2026.

Rows are the days that depart from Monday–Friday (make-up weekends, weekdays off) and the weekend
days inside a holiday. Work days come from `holidays`, named holidays from `chinesecalendar`;
the test compares all days of both. Run: python tests/tools/make_calendar.py
"""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import chinese_calendar
import holidays
from chinese_calendar.constants import holidays as named

FIRST, LAST = 2004, 2026
TARGET = Path(__file__).parents[2] / "crm_tui" / "db" / "seed" / "calendar.csv"
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def rows() -> list[tuple[str, str, str]]:
    """(date, kind, name), ascending."""
    china = holidays.country_holidays("CN", years=range(FIRST, LAST + 1))
    found: dict[date, tuple[str, str]] = {
        day: ("off", NAMES[name]) for day, name in named.items() if FIRST <= day.year <= LAST
    }
    for day in china.weekend_workdays:
        if FIRST <= day.year <= LAST:
            made_up = chinese_calendar.constants.workdays.get(day, "New Year's Day")
            found[day] = ("work", f"{NAMES[made_up]}调休上班")
    return [(day.isoformat(), kind, name) for day, (kind, name) in sorted(found.items())]


def text() -> str:
    """The file's whole text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["date", "kind", "name"])
    writer.writerows(rows())
    return out.getvalue()


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text(), encoding="utf-8")
