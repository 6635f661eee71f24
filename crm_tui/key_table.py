"""The table of commands: what a person can do, where, and by which keys.

Bindings, footer, help, palette, go-to overlay and `crm-tui keys` all come from here (keys.py).
Keys are written as in config.toml: `v`, `/`, `ctrl+s`, `f3`, `enter`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crm_tui.i18n import N_

CUSTOMERS: Final = "customers"
CARD: Final = "card"
VISITS: Final = "visits"
SIGN_IN: Final = "sign_in"
CONTACT_FORM: Final = "contact_form"
CUSTOMER_FORM: Final = "customer_form"
DIALOG: Final = "dialog"
# A dialog in which one of several lines is chosen.
CHOICE: Final = "choice"

LISTS: Final = frozenset({CUSTOMERS, VISITS})
RECORDS: Final = LISTS | {CARD}
FORMS: Final = frozenset({CONTACT_FORM, CUSTOMER_FORM})
EVERYWHERE: Final = RECORDS | FORMS | {SIGN_IN, DIALOG, CHOICE}

# Where letters are text most of the time; a bare letter may not be a command's own key there.
TYPING: Final = FORMS | {SIGN_IN, DIALOG}

GROUPS: Final = {
    "areas": N_("Areas"),
    "records": N_("Records"),
    "find": N_("Find"),
    "views": N_("Views"),
    "move": N_("Move"),
    "form": N_("Form"),
    "session": N_("Session"),
}


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do.

    `zh` and `pinyin` are the Chinese label and its reading, so that the palette finds a command
    in either language without a pinyin library; a test compares them with the translations.
    `twin` is a second key for places where the first cannot be typed. `order` is its place in
    the footer, 0 keeps it out; the highest are dropped first on a narrow screen.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    zh: str
    pinyin: str
    group: str
    where: frozenset[str]
    twin: str = ""
    needs: str = ""
    order: int = 0
    go: str = ""
    palette: bool = True

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Every key that runs it."""
        return (*self.keys, self.twin) if self.twin else self.keys


_ONLY_CUSTOMERS: Final = frozenset({CUSTOMERS})
_ONLY_CARD: Final = frozenset({CARD})
_FIELDS: Final = FORMS | {SIGN_IN, DIALOG}
_SIGNED_IN: Final = EVERYWHERE - {SIGN_IN}
C = Command

# fmt: off
AREA_COMMANDS: Final = (
    C("area_customers", ("f3",), N_("Customers"), "客户", "ke hu", "areas", RECORDS,
      needs="see_customers", go="c"),
    C("area_visits", ("f4",), N_("Contacts"), "联系记录", "lian xi ji lu", "areas", RECORDS,
      needs="see_customers", go="v"),
    C("go", ("g",), N_("go to"), "去", "qu", "move", RECORDS, order=48),
)

RECORD_COMMANDS: Final = (
    C("open", ("enter",), N_("open"), "打开", "da kai", "records", RECORDS, order=10),
    C("log_contact", ("v",), N_("log contact"), "联系", "lian xi", "records", RECORDS,
      needs="log_contact", order=15),
    C("new", ("n",), N_("new customer"), "新建", "xin jian", "records", _ONLY_CUSTOMERS,
      twin="ctrl+n", needs="edit_customer", order=20),
    C("edit", ("e",), N_("edit"), "编辑", "bian ji", "records", RECORDS, needs="edit_customer",
      order=25),
    C("reveal", ("p",), N_("show number"), "查看号码", "cha kan hao ma", "records", _ONLY_CARD,
      needs="reveal", order=30),
    C("grant_tier", ("y",), N_("grant tier"), "授予等级", "shou yu deng ji", "records",
      _ONLY_CARD, needs="grant_tier", order=35),
    C("undo", ("u",), N_("undo"), "撤销", "che xiao", "records", RECORDS, order=75),
    C("reload", ("r",), N_("reload"), "刷新", "shua xin", "records", RECORDS, twin="ctrl+r",
      order=80),
    C("back", ("escape",), N_("back"), "返回", "fan hui", "records",
      RECORDS | {DIALOG, CHOICE}, order=55),
)

FIND_COMMANDS: Final = (
    C("search", ("/",), N_("search"), "搜索", "sou suo", "find", LISTS, twin="ctrl+f", order=28),
    C("filter", ("f",), N_("filter"), "筛选", "shai xuan", "find", LISTS, order=50),
    C("sort", ("s",), N_("sort"), "排序", "pai xu", "find", LISTS, order=52),
    C("view_1", ("1",), N_("mine"), "我的", "wo de", "views", LISTS),
    C("view_2", ("2",), N_("all"), "全部", "quan bu", "views", LISTS),
    C("view_3", ("3",), N_("near next tier"), "近升级", "jin sheng ji", "views", _ONLY_CUSTOMERS),
    C("view_5", ("5",), N_("overdue contact"), "逾期联系", "yu qi lian xi", "views",
      _ONLY_CUSTOMERS),
    C("view_6", ("6",), N_("recent"), "最近", "zui jin", "views", _ONLY_CUSTOMERS),
)

MOVE_COMMANDS: Final = (
    C("up", ("up", "k"), N_("up"), "上移", "shang yi", "move", RECORDS | {CHOICE}, palette=False),
    C("down", ("down", "j"), N_("down"), "下移", "xia yi", "move", RECORDS | {CHOICE},
      palette=False),
    C("page_up", ("pageup",), N_("page up"), "上页", "shang ye", "move", RECORDS, palette=False),
    C("page_down", ("pagedown",), N_("page down"), "下页", "xia ye", "move", RECORDS,
      palette=False),
    C("first", ("home",), N_("first"), "最前", "zui qian", "move", RECORDS, palette=False),
    C("last", ("end",), N_("last"), "最后", "zui hou", "move", RECORDS, palette=False),
    C("previous", ("[",), N_("previous"), "上一位", "shang yi wei", "move", _ONLY_CARD, order=46),
    C("next", ("]",), N_("next"), "下一位", "xia yi wei", "move", _ONLY_CARD, order=47),
)

FORM_COMMANDS: Final = (
    C("save", ("ctrl+s",), N_("save"), "保存", "bao cun", "form", FORMS | {DIALOG}, order=10),
    C("sign_in", ("enter",), N_("sign in"), "登录", "deng lu", "form", frozenset({SIGN_IN}),
      order=10),
    C("confirm", ("enter",), N_("confirm"), "确认", "que ren", "form",
      frozenset({DIALOG, CHOICE}), order=15),
    C("next_field", ("tab",), N_("next field"), "下一项", "xia yi xiang", "form", _FIELDS,
      order=20, palette=False),
    C("previous_field", ("shift+tab",), N_("previous field"), "上一项", "shang yi xiang", "form",
      _FIELDS, palette=False),
    C("leave", ("escape",), N_("leave, keep draft"), "离开(留草稿)", "li kai liu cao gao", "form",
      FORMS, order=30),
    C("discard", ("ctrl+d",), N_("discard"), "丢弃", "diu qi", "form",
      FORMS | {CHOICE}, order=40),
    C("take_over", ("ctrl+t",), N_("take over draft"), "接管草稿", "jie guan cao gao", "form",
      FORMS),
)

SESSION_COMMANDS: Final = (
    C("help", ("?", "f1"), N_("keys"), "按键", "an jian", "session", EVERYWHERE, order=999),
    C("palette", ("ctrl+p",), N_("commands"), "命令", "ming ling", "session", EVERYWHERE,
      order=90, palette=False),
    C("lock", ("ctrl+l",), N_("lock"), "锁定", "suo ding", "session", _SIGNED_IN),
    C("sign_out", ("ctrl+q",), N_("sign out"), "退出登录", "tui chu deng lu", "session",
      _SIGNED_IN),
    C("quit", ("ctrl+q",), N_("quit"), "退出", "tui chu", "session", frozenset({SIGN_IN}),
      order=80),
)
# fmt: on

COMMANDS: Final[tuple[Command, ...]] = (
    *RECORD_COMMANDS,
    *FIND_COMMANDS,
    *MOVE_COMMANDS,
    *FORM_COMMANDS,
    *AREA_COMMANDS,
    *SESSION_COMMANDS,
)
