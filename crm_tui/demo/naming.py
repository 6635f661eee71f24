"""Invented names: common ones, the surnames that dictionaries misread, rare Han, firms."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crm_tui.demo.dice import Dice

_COMMON: Final = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭萧田董潘袁蔡蒋余于杜程魏苏卢"
    "丁姜崔钟谭陆汪范金廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛龚邵钱严覃武戴莫孔向汤"
)


def _read_lists() -> dict[str, tuple[str, ...]]:
    text = resources.files("crm_tui.demo").joinpath("names.txt").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {name: tuple(words) for name, *words in lines}


_LISTS: Final = _read_lists()
DIFFICULT: Final = _LISTS["difficult"]
_FEMALE: Final = _LISTS["female"]
_MALE: Final = _LISTS["male"]
_RARE: Final = _LISTS["rare"]
_OTHER_PEOPLES: Final = _LISTS["other_peoples"]
_TOWNS: Final = _LISTS["towns"]
_MARKS: Final = _LISTS["marks"]
_TRADES: Final = _LISTS["trades"]

# The first customers, whom a first hour in the program looks for.
KNOWN: Final = (
    ("张伟明", "M"), ("单雪梅", "F"), ("欧阳志远", "M"), ("仇英", "F"), ("解珍", "F"),
    ("查良才", "M"), ("覃辉", "M"), ("翟志明", "M"), ("缪文轩", "M"), ("曾国梁", "M"),
    ("盖玉兰", "F"), ("朴淑慧", "F"), ("区家豪", "M"), ("尉迟敬安", "M"), ("万俟晓东", "M"),
    ("吴𠮷安", "M"), ("吕梦琪", "F"), ("任海燕", "F"), ("王建国", "M"), ("阿依古丽·买买提", "F"),
)  # fmt: skip


def surname(dice: Dice) -> str:
    """A surname; one in ten is a difficult one."""
    if dice.chance(0.1):
        return dice.one(DIFFICULT)
    # The first of the list are the most frequent, as in life.
    return _COMMON[int(len(_COMMON) * dice.part() ** 1.7)]


def given_name(dice: Dice, gender: str) -> str:
    """A given name; a few of rare Han."""
    if dice.chance(0.004):
        return dice.one(_RARE)
    return dice.one(_FEMALE if gender == "F" else _MALE)


def person(dice: Dice, gender: str) -> str:
    """A whole name."""
    if dice.chance(0.004):
        return dice.one(_OTHER_PEOPLES)
    return surname(dice) + given_name(dice, gender)


def firm(dice: Dice) -> str:
    """A company's name."""
    return f"{dice.one(_TOWNS)}{dice.one(_MARKS)}{dice.one(_TRADES)}有限公司"
