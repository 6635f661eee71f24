"""The key table: lint, remapping, footer, palette search, reference."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from crm_tui import i18n
from crm_tui.domain.staff import Permission
from crm_tui.errors import ConfigError
from crm_tui.key_table import COMMANDS, EVERYWHERE, FORMS, TYPING, Command
from crm_tui.keys import FORBIDDEN, Keymap, is_bare, matches, normal, reference, shown

PO = Path(i18n.LOCALE_DIR) / "zh_CN" / "LC_MESSAGES" / "crm_tui.po"


def chinese() -> dict[str, str]:
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', PO.read_text("utf-8"), re.MULTILINE)
    return dict(pairs)


def changed(command_id: str, **values: object) -> Keymap:
    return Keymap(
        replace(command, **values) if command.id == command_id else command for command in COMMANDS
    )


def test_the_table_is_clean() -> None:
    assert Keymap().lint() == []


def test_ids_are_unique() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_static_chinese_is_the_translation_and_its_pinyin_a_reading(command: Command) -> None:
    assert chinese()[command.label] == command.zh
    readings = pinyin(re.sub(r"[^\u4e00-\u9fff]", "", command.zh), style=Style.NORMAL)
    heteronyms = pinyin(
        re.sub(r"[^\u4e00-\u9fff]", "", command.zh), style=Style.NORMAL, heteronym=True
    )
    syllables = command.pinyin.split()
    assert len(syllables) == len(readings)
    for syllable, allowed in zip(syllables, heteronyms, strict=True):
        assert syllable in allowed


def test_permissions_are_real() -> None:
    needed = {one for command in COMMANDS for one in command.needs.split("|")}
    assert needed - {""} <= set(map(str, Permission))


@pytest.mark.parametrize(
    ("command_id", "values", "fault"),
    [
        ("edit", {"keys": ("v",)}, "both"),
        ("edit", {"keys": ("ctrl+h",)}, "cannot be used"),
        ("edit", {"keys": ("f11",)}, "only key"),
        ("edit", {"keys": ("alt+e",)}, "only key"),
        ("edit", {"keys": ()}, "no key"),
        ("edit", {"keys": ("hyper+e",)}, "is no key"),
        ("edit", {"palette": False}, "second key"),
        ("discard", {"keys": ("x",)}, "text in a form"),
        ("discard", {"keys": ("v", "ctrl+d")}, "means"),
        ("area_visits", {"go": "c"}, "taken twice"),
    ],
)
def test_lint_names_the_fault(command_id: str, values: dict[str, object], fault: str) -> None:
    assert any(fault in line for line in changed(command_id, **values).lint())


@pytest.mark.parametrize("key", sorted(FORBIDDEN))
def test_forbidden_keys_are_refused_in_settings(key: str) -> None:
    with pytest.raises(ConfigError):
        Keymap.build({"edit": [key]}, "config.toml")


def test_remapping_replaces_every_key_of_a_command() -> None:
    keymap = Keymap.build({"new": ["Ｎ", "Ctrl+N"], "edit": ["F9"]})
    assert keymap.get("new").all_keys == ("N", "ctrl+n")
    assert keymap.get("edit").all_keys == ("f9",)
    assert keymap.get("search").all_keys == ("/", "ctrl+f")


def test_every_fault_of_the_settings_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Keymap.build({"nope": ["x"], "edit": ["v"], "sort": ["ctrl+z"]}, "my.toml")
    for part in ("my.toml", "nope", "edit", "ctrl+z"):
        assert part in caught.value.message


@pytest.mark.parametrize("where", sorted(EVERYWHERE))
def test_help_is_the_last_of_every_footer_and_can_be_reached_in_a_form(where: str) -> None:
    keymap = Keymap()
    footer = keymap.footer(where)
    assert footer[-1].id == "help"
    for command in footer:
        key = keymap.key_at(command, where)
        assert not (where in TYPING and is_bare(key))


def test_no_letter_command_lives_in_a_form() -> None:
    for where in FORMS:
        for command in Keymap().at(where):
            assert not all(map(is_bare, command.all_keys))


def test_palette_puts_this_screen_first() -> None:
    groups = [command.group for command in Keymap().palette("card")]
    own = [group not in ("areas", "session") for group in groups]
    assert own == sorted(own, reverse=True)
    assert groups[0] == "records"


@pytest.mark.parametrize("wanted", ["搜索", "sousuo", "ss", "sou suo", "SEARCH", "ｓｓ", "/", "、"])
def test_palette_finds_chinese_pinyin_initials_english_and_keys(wanted: str) -> None:
    assert matches(Keymap().get("search"), wanted)


def test_palette_does_not_find_what_does_not_match() -> None:
    assert not matches(Keymap().get("search"), "编辑")


@given(st.sampled_from(COMMANDS))
def test_every_command_is_found_by_each_of_its_names(command: Command) -> None:
    initials = "".join(part[0] for part in command.pinyin.split())
    for name in (command.zh, command.label, command.pinyin.replace(" ", ""), initials):
        assert matches(command, name)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Esc", "escape"),
        (" ", "space"),
        ("、", "/"),
        ("【", "["),
        ("ｖ", "v"),
        ("Ctrl+S", "ctrl+s"),
    ],
)
def test_keys_are_read_as_people_write_them(written: str, key: str) -> None:
    assert normal(written) == key


def test_keys_are_shown_as_printed_on_a_keyboard() -> None:
    assert [shown(key) for key in ("escape", "ctrl+s", "f3", "v", "up")] == [
        "Esc", "Ctrl+S", "F3", "v", "↑",
    ]  # fmt: skip
    assert shown("up", plain=True) == "Up"


def test_reference_lists_every_command_once() -> None:
    words = [line.split() for line in reference(Keymap()).splitlines() if line.startswith("  ")]
    for command in COMMANDS:
        assert sum(command.id in line for line in words) >= 1
