"""Invented names: common ones, the surnames that dictionaries misread, rare Han, firms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crm_tui.demo.dice import Dice

_COMMON: Final = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭萧田董潘袁蔡蒋余于杜程魏苏卢"
    "丁姜崔钟谭陆汪范金廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛龚邵钱严覃武戴莫孔向汤"
)
# ux.md N1: each is read otherwise than the dictionary's first reading, or easily misread.
DIFFICULT: Final = tuple(
    [
        "单",
        "仇",
        "解",
        "曾",
        "区",
        "查",
        "翟",
        "缪",
        "覃",
        "盖",
        "朴",
        "任",
        "华",
        "尉",
        "冼",
        "折",
        "郗",
        "员",
        "乐",
        "逄",
        "隗",
        "宓",
        "燕",
        "谌",
        "佘",
        "莘",
        "吕",
        "车",
        "訾",
        "牟",
        "欧阳",
        "尉迟",
        "万俟",
        "司马",
        "上官",
        "夏侯",
        "令狐",
        "诸葛",
        "皇甫",
        "长孙",
        "澹台",
        "端木",
    ]
)
_FEMALE: Final = tuple(
    [
        "雪梅",
        "淑慧",
        "玉兰",
        "秀英",
        "丽华",
        "桂芳",
        "晓燕",
        "婷",
        "静",
        "敏",
        "艳",
        "娟",
        "霞",
        "颖",
        "慧",
        "思琪",
        "雨桐",
        "梦琪",
        "佳怡",
        "欣然",
        "子涵",
        "诗涵",
        "若兰",
        "文静",
        "海燕",
        "春梅",
        "红梅",
        "丽萍",
        "月娥",
        "彩霞",
        "小芳",
        "巧云",
        "凤英",
        "琳",
        "倩",
        "璐",
        "莹",
        "洁",
        "芸",
        "蓉",
    ]
)
_MALE: Final = tuple(
    [
        "志远",
        "建国",
        "伟明",
        "国强",
        "文轩",
        "志强",
        "海涛",
        "晓东",
        "俊杰",
        "浩然",
        "子轩",
        "宇航",
        "家豪",
        "明辉",
        "永康",
        "德胜",
        "振华",
        "少华",
        "立新",
        "国梁",
        "伟",
        "强",
        "磊",
        "军",
        "勇",
        "涛",
        "斌",
        "鹏",
        "辉",
        "刚",
        "超",
        "平",
        "毅",
        "凯",
        "浩",
        "峰",
        "良才",
        "敬安",
        "玉书",
        "天佑",
    ]
)
# Extensions B and on: text that many programs lose.
_RARE: Final = tuple(["𠮷安", "𬱖", "𣲗", "𪸩玥", "𬀩", "玊𤥶"])
_OTHER_PEOPLES: Final = tuple(
    ["阿依古丽·买买提", "次仁旺姆", "吉克阿木", "扎西多吉", "迪丽娜尔·艾山"]
)
_TOWNS: Final = tuple(
    ["成都", "绵阳", "乐山", "川西", "锦城", "蜀南", "青衣江", "涪城", "岷江", "峨眉"]
)
_MARKS: Final = tuple(
    [
        "瑞丰",
        "恒信",
        "天禾",
        "鼎盛",
        "和润",
        "百川",
        "嘉禾",
        "明远",
        "同创",
        "安泰",
        "新蜀",
        "金茂",
        "卓越",
        "华西",
        "永兴",
        "长青",
    ]
)
_TRADES: Final = tuple(
    [
        "茶业",
        "建材",
        "商贸",
        "电子科技",
        "食品",
        "物流",
        "医药",
        "机械制造",
        "纺织",
        "餐饮管理",
        "园林工程",
        "信息技术",
    ]
)

# The first customers, whom a first hour in the program looks for.
KNOWN: Final = (
    ("张伟明", "M"), ("单雪梅", "F"), ("欧阳志远", "M"), ("仇英", "F"), ("解珍", "F"),
    ("查良才", "M"), ("覃辉", "M"), ("翟志明", "M"), ("缪文轩", "M"), ("曾国梁", "M"),
    ("盖玉兰", "F"), ("朴淑慧", "F"), ("区家豪", "M"), ("尉迟敬安", "M"), ("万俟晓东", "M"),
    ("吴𠮷安", "M"), ("吕梦琪", "F"), ("任我行", "M"), ("王建国", "M"), ("阿依古丽·买买提", "F"),
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
