"""What the READMEs promise: keys of the first hour, example files, roles, pictures, commands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import tomli
from textual.pilot import Pilot

from crm_tui import cli
from crm_tui.config import Config
from crm_tui.db.store import Store
from crm_tui.demo.place import Place
from crm_tui.domain.staff import GRANTS, Permission, Role
from crm_tui.domain.tier_settings import parse_rule_file
from crm_tui.services.imports import ImportKind, import_file
from crm_tui.services.imports.nouns import IMPORTERS
from crm_tui.services.imports.word_lists import read_word_lists
from tests.support.demo_desk import copied, demo_desk, drop_line, make_bank, press
from tests.support.import_files import OPERATOR
from tests.support.once import once_per_run
from tests.support.people import found_bank
from tests.support.screen_text import screen_text, settle, wait_until
from tests.support.stores import SetClock
from tests.tools.readme_figures import figures, filled

ROOT = Path(__file__).resolve().parents[2]
READMES = {"en": ROOT / "README.md", "zh_CN": ROOT / "README.zh-CN.md"}
FIRST_HOUR = {"en": "## A first hour", "zh_CN": "## 第一个小时"}
MAY = {"en": "## Who may do what", "zh_CN": "## 谁能做什么"}
REACH = {
    "en": ["own", "branch", "all", "passed", "–"],
    "zh_CN": ["本人", "网点", "全部", "经手", "–"],
}
FIRST_DAY = {"en": "## A first day", "zh_CN": "## 第一天"}
ROLES = ("zhoutao", "lina", "zhaomin")
CUSTOMERS = 120
CODE = re.compile("`([^`]+)`")
BOTH = pytest.mark.parametrize("language", ["en", "zh_CN"])


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the first hour; without keys the line drops."""

    keys: tuple[str, ...]
    shows: tuple[str, ...]


def section(language: str, heading: str) -> str:
    """The text under a heading, up to the next of its rank."""
    text = READMES[language].read_text("utf-8")
    assert heading in text
    return text.split(f"{heading}\n", 1)[1].split("\n## ", 1)[0]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of a table's rows, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    for line in lines[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def first_hour(language: str) -> list[Step]:
    """The table of keys."""
    return [
        Step(tuple(CODE.findall(keys)), tuple(CODE.findall(shows)))
        for keys, _what, shows in rows(section(language, FIRST_HOUR[language]))
    ]


def first_day(language: str) -> dict[str, list[Step]]:
    """The tables of keys, by user name."""
    parts = section(language, FIRST_DAY[language]).split("\n### ")[1:]
    return {
        CODE.findall(part.splitlines()[0])[0]: [
            Step(tuple(CODE.findall(keys)), tuple(CODE.findall(shows)))
            for keys, _what, shows in rows(part)
        ]
        for part in parts
    }


@pytest.fixture(scope="module")
def demo_bank() -> Place:
    """A small demo bank, made once."""
    return Place(once_per_run("demo bank", lambda made: make_bank(Place(made), CUSTOMERS)))


async def walk(pilot: Pilot[Any], steps: list[Step]) -> None:
    """Press the keys of each row and wait for what its last column names."""
    for step in steps:
        await press(pilot, step.keys)
        for text in step.shows:
            await wait_until(pilot, lambda text=text: text in shown(pilot), what=f"{step}: {text}")
        await settle(pilot)


def shown(pilot: Pilot[Any]) -> str:
    """The screen with blanks that do not break as blanks."""
    return screen_text(pilot.app).replace("\xa0", " ")


@pytest.mark.timeout(300)
@BOTH
async def test_the_first_hour(demo_bank: Place, tmp_path: Path, language: str) -> None:
    place = copied(demo_bank, tmp_path / "bank")
    steps = first_hour(language)
    drop = next(number for number, step in enumerate(steps) if not step.keys)
    assert drop >= 10
    async with demo_desk(place, "lina", language, shows="F2") as pilot:
        await walk(pilot, steps[:drop])
        await drop_line(pilot)
    async with demo_desk(place, "lina", language, shows=steps[drop].shows[0]) as pilot:
        await walk(pilot, steps[drop + 1 :])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("user", ROLES)
@BOTH
async def test_the_first_day(demo_bank: Place, tmp_path: Path, language: str, user: str) -> None:
    place = copied(demo_bank, tmp_path / "bank")
    async with demo_desk(place, user, language, shows="F2") as pilot:
        await walk(pilot, first_day(language)[user])


def test_both_readmes_press_the_same_keys() -> None:
    """But for what is typed."""

    def keys(language: str) -> list[tuple[str, ...]]:
        prose = re.compile("[a-z]+ |[\u4e00-\u9fff]")
        return [
            tuple("text" if prose.match(key) else key for key in step.keys)
            for step in [
                *first_hour(language),
                *(one for user in ROLES for one in first_day(language)[user]),
            ]
        ]

    assert keys("en") == keys("zh_CN")


@BOTH
def test_the_example_files_can_be_imported(store: Store, tmp_path: Path, language: str) -> None:
    found_bank(store)
    assert isinstance(store.clock, SetClock)
    store.clock.at = datetime(2026, 2, 2, 2, tzinfo=UTC)
    text = READMES[language].read_text("utf-8")
    examples = dict(re.findall(r"### (\w+)\n\n```csv\n(.*?)```", text, re.DOTALL))
    assert set(examples) == {kind.value for kind in IMPORTERS}
    for kind, example in examples.items():
        path = tmp_path / f"{kind}.csv"
        path.write_text(example, "utf-8")
        report = import_file(store, ImportKind(kind), path, actor=OPERATOR)
        assert report.loaded, (kind, report.first_issues)
        assert not report.notes
        assert not report.bad_rows


@BOTH
def test_the_example_settings_are_taken(language: str, tmp_path: Path) -> None:
    text = READMES[language].read_text("utf-8")
    settings, words, tiers = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "words.toml"
    path.write_text(words, "utf-8")
    assert read_word_lists(path)["business"] == {"Credit card": "credit_card"}
    assert Config.model_validate(tomli.loads(settings)) != Config()
    assert parse_rule_file(tomli.loads(tiers), source="README").rules


@BOTH
def test_the_table_of_roles_is_that_of_the_code(language: str) -> None:
    part = section(language, MAY[language])
    head = next(line for line in part.splitlines() if line.startswith("|"))
    roles = [Role(cell.strip()) for cell in head.strip("|").split("|")[1:]]
    assert set(roles) == {role for role in Role if GRANTS.get(role)}
    own, branch, every, passed, none = REACH[language]
    words = {"own": own, "branch": branch, "all": every, "passed": passed, None: none}
    named = []
    for permission, *cells in rows(part):
        named.append(Permission(permission.split()[0]))
        assert cells == [words[GRANTS[role].get(named[-1])] for role in roles], permission
    assert named == list(Permission)


@BOTH
def test_every_picture_and_page_is_there(language: str) -> None:
    text = READMES[language].read_text("utf-8")
    linked = re.findall(r"\]\(([^)]+)\)", text)
    assert linked
    for target in linked:
        assert (ROOT / target).is_file(), target
    suffix = "en" if language == "en" else "zh"
    drawn = {
        f"docs/pictures/{file.name}" for file in (ROOT / "docs/pictures").glob(f"*.{suffix}.svg")
    }
    assert drawn == {target for target in linked if target.endswith(".svg")}


@BOTH
def test_every_command_named_is_one(language: str) -> None:
    text = READMES[language].read_text("utf-8")
    parser = cli.parser()
    known = next(action.choices for action in parser._actions if isinstance(action.choices, dict))
    named = re.findall(r"crm-tui ([a-z]+)(?: ([a-z]+))?", text.replace("crm-tui/bin/", ""))
    assert {command for command, _action in named} >= {"init", "import", "staff", "tiers", "audit"}
    for command, action in named:
        assert command in known
        actions = [one.choices for one in known[command]._actions if isinstance(one.choices, dict)]
        assert not actions or not action or action in actions[0], (command, action)


@BOTH
def test_the_figures_are_those_of_the_recorded_run(language: str) -> None:
    text = READMES[language].read_text("utf-8")
    assert filled(text, language) == text


def test_a_recorded_run_becomes_a_table() -> None:
    from benchmarks.report import Goal, Measure, Run

    run = Run(1_000, {"harlequin": "2"})
    run.measures.append(
        Measure("keys", "bytes of ↓", "bytes", 196.0, (Goal(250),), {"harlequin": 1209.0})
    )
    run.measures.append(Measure("start", "first rows", "s", None, (Goal(0.6, "harlequin"),)))
    lines = figures("en", json.loads(run.as_json())).splitlines()
    assert (
        lines[2] == "| keys: bytes of ↓ | ≤ 250 bytes | 196 bytes | harlequin 1,209 bytes | yes |"
    )
    assert lines[3] == "| start: first rows | ≤ 0.6 × harlequin | – | – | **no** |"
    assert lines[5].startswith("1,000 customers · ")
