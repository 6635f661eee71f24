"""Write docs/pictures/*.svg from a demo bank: `make pictures`.

The bank is made from its seed and the clock stands still, so that a picture changes only when
its screen does. The program itself writes no picture of personal data (safety.md 6): what its
compositor holds is drawn here.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crm_tui.demo.place import Place
from tests.support.demo_desk import copied, demo_desk, drop_line, make_bank, press
from tests.support.screen_text import screen_text, settle, wait_until
from tests.tools.svg import svg

PICTURES: Final = Path(__file__).resolve().parents[2] / "docs" / "pictures"
CUSTOMERS: Final = 2_000
LANGUAGES: Final = {"en": "en", "zh": "zh_CN"}
NOTE: Final = "来电问定期到期怎么续作"
LOGGING: Final = ("/", "zwm", "Enter", "v", "3", NOTE, "Tab", "+14")


@dataclass(frozen=True, slots=True)
class Scene:
    """A screen, its title in English and Chinese, and the keys that lead there.

    `user` is None before anybody has signed in. With `lost` the line drops after the keys,
    and the picture is of the next sign-in.
    """

    name: str
    title: tuple[str, str]
    keys: Sequence[str] = ()
    shows: str = ""
    user: str | None = "lina"
    lost: bool = False


SCENES: Final = (
    Scene("sign_in", ("Sign in", "登录"), ("lina", "Enter"), user=None),
    Scene("today", ("Today", "今日")),
    Scene("customers", ("Customers", "客户"), ("F3", "2", "↓", "↓", "↓")),
    Scene("search", ("Search", "搜索"), ("/", "zwm"), "1/3"),
    Scene("card", ("Customer card", "客户卡片"), ("/", "sxm", "Enter"), "H000002"),
    Scene("contact_form", ("Log a contact", "登记联系"), LOGGING, "12-07"),
    Scene("drafts", ("Drafts after a dropped line", "断线后的草稿"), LOGGING, "12-07", lost=True),
    Scene("visits", ("Contacts", "联系记录"), ("F4", "↓"), "F4"),
    Scene("complaints", ("Complaints", "投诉"), ("F5", "2"), "CP-2026", user="zhaomin"),
    Scene("triage", ("Triage", "分派"), ("F5", "3", "t"), "CP-2026", user="zhaomin"),
    Scene("case", ("A case", "一件投诉"), ("F5", "1", "Enter"), "CP-2026"),
    Scene(
        "complaint_form",
        ("Register a complaint", "登记投诉"),
        ("/", "zwm", "Enter", "Ctrl+K", "年费多收了一年", "Tab", "2", "4"),
        user="zhoutao",
    ),
    Scene(
        "diary",
        ("Work diary", "工作日志"),
        ("/", "sxm", "Enter", "v", "1", NOTE, "Ctrl+S", "F6"),
        "C0000011",
    ),
    Scene("diaries", ("Diaries to read", "批阅日志"), ("F6",), user="zhaomin"),
    Scene(
        "customer_form",
        ("New customer", "新建客户"),
        (
            "F3",
            "n",
        ),
    ),
    Scene(
        "help",
        ("Keys", "按键"),
        (
            "F3",
            "?",
        ),
    ),
    Scene("palette", ("Commands", "命令"), ("Ctrl+P",)),
)


async def picture(place: Place, scene: Scene, language: str) -> str:
    """The SVG of a scene in a bank of its own."""
    start = "F2" if scene.user else ""
    async with demo_desk(place, scene.user, language, shows=start) as pilot:
        await press(pilot, scene.keys)
        await wait_until(pilot, lambda: scene.shows in screen_text(pilot.app), what=scene.name)
        if not scene.lost:
            await settle(pilot)
            return _drawn(pilot.app.screen._compositor.render_strips(), scene, language)
        await drop_line(pilot)
    async with demo_desk(place, scene.user, language, shows="Ctrl+D") as pilot:
        return _drawn(pilot.app.screen._compositor.render_strips(), scene, language)


def _drawn(lines: Sequence[object], scene: Scene, language: str) -> str:
    return svg(lines, 80, scene.title[language != "en"])  # type: ignore[arg-type]


def main() -> int:
    """Draw every scene in both languages."""
    parser = argparse.ArgumentParser(description="Draw the pictures of the README.")
    parser.add_argument("only", nargs="*", help="names of scenes; all without it")
    only = parser.parse_args().only
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="crm-tui-pictures-") as directory:
        bank = Place(Path(directory) / "bank")
        make_bank(bank, CUSTOMERS, lambda what, part: print(f"{part:4.0%} {what}"))
        for scene in SCENES:
            for suffix, language in LANGUAGES.items():
                if only and scene.name not in only:
                    continue
                place = copied(bank, Path(directory) / f"{scene.name}.{suffix}")
                drawn = asyncio.run(picture(place, scene, language))
                path = PICTURES / f"{scene.name}.{suffix}.svg"
                path.write_text(drawn, encoding="utf-8")
                print(path.relative_to(PICTURES.parents[1]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
