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
TODAY: Final = "today"
COMPLAINTS: Final = "complaints"
CASE: Final = "case"
DIARIES: Final = "diaries"
DIARY_READ: Final = "diary_read"
DIARY: Final = "diary"
# The form of what is said of an entry that was handed in.
DIARY_SAID: Final = "diary_said"
SIGN_IN: Final = "sign_in"
CONTACT_FORM: Final = "contact_form"
CUSTOMER_FORM: Final = "customer_form"
COMPLAINT_FORM: Final = "complaint_form"
CASE_FORM: Final = "case_form"
TRIAGE: Final = "triage"
DIALOG: Final = "dialog"
# A dialog in which one of several lines is chosen.
CHOICE: Final = "choice"
# What was begun and not finished, before the same is begun anew.
UNFINISHED: Final = "unfinished"
# A dialog that is read, or answered by Enter and Esc.
NOTICE: Final = "notice"
# A dialog that is only read: there is nothing to answer.
READING: Final = "reading"

LISTS: Final = frozenset({CUSTOMERS, VISITS, COMPLAINTS, DIARIES})
RECORDS: Final = LISTS | {TODAY, CARD, CASE, DIARY_READ}
FORMS: Final = frozenset(
    {CONTACT_FORM, CUSTOMER_FORM, COMPLAINT_FORM, CASE_FORM, DIARY, DIARY_SAID}
)
MOVES: Final = frozenset({"up", "down", "page_up", "page_down", "first", "last"})
EVERYWHERE: Final = RECORDS | FORMS | {SIGN_IN, TRIAGE, DIALOG, CHOICE, UNFINISHED, NOTICE, READING}
_LINES: Final = frozenset({CHOICE, UNFINISHED})

# Where letters are text most of the time; a bare letter may not be a command's own key there.
TYPING: Final = FORMS | {SIGN_IN, TRIAGE, DIALOG}

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
    `twin` is a second key for places where the first cannot be typed. `needs` names permissions,
    parted by `|`, of which one is enough. `order` is its place in
    the footer, 0 keeps it out; the highest are dropped first on a narrow screen. Commands of one
    `verb` mean the same in different places and may share a letter. `brief` is the label of the
    footer, where the usual one is long. A `rare` one is in the footer only while it can act, and
    then in the place of those that cannot.
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
    verb: str = ""
    brief: str = ""
    rare: bool = False

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Every key that runs it."""
        return (*self.keys, self.twin) if self.twin else self.keys


_ONLY_CUSTOMERS: Final = frozenset({CUSTOMERS})
_ONLY_CARD: Final = frozenset({CARD})
_NUMBERS: Final = frozenset({CARD, CASE})
_ONLY_COMPLAINTS: Final = frozenset({COMPLAINTS})
_ONLY_DIARIES: Final = frozenset({DIARIES})
_ONLY_DIARY: Final = frozenset({DIARY})
_CASES: Final = frozenset({COMPLAINTS, CASE})
_OF_CUSTOMERS: Final = frozenset({TODAY, CUSTOMERS, CARD, VISITS, COMPLAINTS, CASE})
_REVIEW: Final = frozenset({DIARIES, DIARY_READ})
_SEARCHED: Final = frozenset({CUSTOMERS, VISITS, COMPLAINTS})
_AREAS: Final = RECORDS | {DIARY}
_PAGED: Final = RECORDS | {DIARY_SAID}
_FIELDS: Final = FORMS | {SIGN_IN, TRIAGE, DIALOG}
_SIGNED_IN: Final = EVERYWHERE - {SIGN_IN}
C = Command

# fmt: off
AREA_COMMANDS: Final = (
    C("area_today", ("f2",), N_("Today"), "今日", "jin ri", "areas", _AREAS, go="t"),
    C("area_customers", ("f3",), N_("Customers"), "客户", "ke hu", "areas", _AREAS,
      needs="see_customers", go="c"),
    C("area_visits", ("f4",), N_("Contacts"), "联系记录", "lian xi ji lu", "areas", _AREAS,
      needs="see_customers", go="v"),
    C("area_complaints", ("f5",), N_("Complaints"), "投诉", "tou su", "areas", _AREAS,
      needs="see_complaints", go="q"),
    C("area_diary", ("f6",), N_("Diary"), "日志", "ri zhi", "areas", _AREAS,
      needs="write_diary|review_diary", go="d"),
    C("go", ("g",), N_("go to"), "去", "qu", "move", RECORDS, order=48, brief=N_("go")),
)

RECORD_COMMANDS: Final = (
    C("open", ("enter",), N_("open"), "打开", "da kai", "records", RECORDS, order=10),
    C("log_contact", ("v",), N_("log contact"), "联系", "lian xi", "records", _OF_CUSTOMERS,
      needs="log_contact", order=15, brief=N_("contact")),
    C("new", ("n",), N_("new customer"), "新建", "xin jian", "records", _ONLY_CUSTOMERS,
      twin="ctrl+n", needs="edit_customer", order=20, verb="new", brief=N_("add")),
    C("new_complaint", ("n",), N_("register"), "登记", "deng ji", "records",
      _ONLY_COMPLAINTS, twin="ctrl+n", needs="register_complaint", order=14, verb="new"),
    C("complain", ("ctrl+k",), N_("complaint"), "转投诉", "zhuan tou su", "records",
      frozenset({CUSTOMERS, CARD, VISITS, COMPLAINTS, CONTACT_FORM}), needs="register_complaint"),
    C("triage", ("t",), N_("triage"), "分派", "fen pai", "records", _CASES,
      needs="triage_complaint", order=11),
    C("next_step", ("z",), N_("next step"), "办理", "ban li", "records", _CASES,
      needs="see_complaints", order=12),
    C("other_step", ("o",), N_("other steps"), "其他步骤", "qi ta bu zhou", "records", _CASES,
      needs="see_complaints", order=13),
    C("open_customer", ("c",), N_("customer card"), "客户卡片", "ke hu ka pian", "records", _CASES,
      needs="see_customers", order=29, brief=N_("card")),
    C("review", ("y",), N_("approve"), "批阅", "pi yue", "records", _REVIEW,
      needs="review_diary", order=16, verb="approve"),
    C("return_diary", ("x",), N_("return"), "退回", "tui hui", "records", _REVIEW,
      needs="review_diary", order=17),
    C("new_diary", ("n",), N_("write mine"), "写日志", "xie ri zhi", "records", _ONLY_DIARIES,
      twin="ctrl+n", needs="write_diary", order=20, verb="new"),
    C("addendum", ("ctrl+e",), N_("correct"), "更正", "geng zheng", "records",
      frozenset({DIARY_READ}), needs="write_diary", order=25),
    C("edit", ("e",), N_("edit"), "编辑", "bian ji", "records",
      frozenset({CUSTOMERS, CARD, VISITS}), needs="edit_customer", order=25),
    C("reveal", ("p",), N_("show number"), "查看号码", "cha kan hao ma", "records", _NUMBERS,
      needs="reveal", order=30),
    C("grant_tier", ("y",), N_("grant tier"), "授予等级", "shou yu deng ji", "records",
      _ONLY_CARD, needs="grant_tier", order=35, verb="approve"),
    C("take_back", ("ctrl+d",), N_("take back"), "撤回", "che hui", "records",
      frozenset({CARD, VISITS}), needs="log_contact", order=76),
    C("undo", ("u",), N_("undo"), "撤销", "che xiao", "records", RECORDS, order=75),
    C("reload", ("r",), N_("reload"), "刷新", "shua xin", "records", RECORDS, twin="ctrl+r",
      order=80),
    C("back", ("escape",), N_("back"), "返回", "fan hui", "records",
      RECORDS | _LINES | {TRIAGE, DIALOG, NOTICE, READING}, order=49),
)

FIND_COMMANDS: Final = (
    C("search", ("/",), N_("search"), "搜索", "sou suo", "find", RECORDS,
      twin="ctrl+f", order=28),
    C("filter", ("f",), N_("filter"), "筛选", "shai xuan", "find", frozenset({CUSTOMERS, VISITS}),
      order=50),
    C("sort", ("s",), N_("sort"), "排序", "pai xu", "find", frozenset({CUSTOMERS, VISITS}),
      order=52),
    C("view_1", ("1",), N_("mine"), "我的", "wo de", "views", _SEARCHED),
    C("view_2", ("2",), N_("all"), "全部", "quan bu", "views",
      frozenset({CUSTOMERS, VISITS, DIARIES})),
    C("view_open", ("2",), N_("open cases"), "未结", "wei jie", "views", _ONLY_COMPLAINTS),
    C("view_untriaged", ("3",), N_("untriaged"), "待分派", "dai fen pai", "views",
      _ONLY_COMPLAINTS),
    C("view_overdue", ("4",), N_("overdue"), "逾期", "yu qi", "views", _ONLY_COMPLAINTS),
    C("view_ended", ("6",), N_("ended"), "已结", "yi jie", "views", _ONLY_COMPLAINTS),
    C("view_handlers", ("7",), N_("handlers"), "承办人", "cheng ban ren", "views",
      _ONLY_COMPLAINTS),
    C("view_unread", ("1",), N_("unread"), "未阅", "wei yue", "views", _ONLY_DIARIES),
    C("view_missing", ("3",), N_("missing days"), "缺交", "que jiao", "views", _ONLY_DIARIES),
    C("view_3", ("3",), N_("near next tier"), "近升级", "jin sheng ji", "views", _ONLY_CUSTOMERS),
    C("view_5", ("5",), N_("overdue contact"), "逾期联系", "yu qi lian xi", "views",
      _ONLY_CUSTOMERS),
    C("view_6", ("6",), N_("recent"), "最近", "zui jin", "views", _ONLY_CUSTOMERS),
    C("view_7", ("7",), N_("to contact today"), "今日应联系", "jin ri ying lian xi", "views",
      _ONLY_CUSTOMERS),
)

MOVE_COMMANDS: Final = (
    C("up", ("up", "k"), N_("up"), "上移", "shang yi", "move", RECORDS | _LINES, palette=False),
    C("down", ("down", "j"), N_("down"), "下移", "xia yi", "move", RECORDS | _LINES,
      palette=False),
    C("page_up", ("pageup",), N_("page up"), "上页", "shang ye", "move", _PAGED, palette=False),
    C("page_down", ("pagedown",), N_("page down"), "下页", "xia ye", "move", _PAGED,
      palette=False),
    C("first", ("home",), N_("first"), "最前", "zui qian", "move", RECORDS, palette=False),
    C("last", ("end",), N_("last"), "最后", "zui hou", "move", RECORDS, palette=False),
    C("previous", ("[",), N_("previous"), "上一位", "shang yi wei", "move", _ONLY_CARD, order=46),
    C("next", ("]",), N_("next"), "下一位", "xia yi wei", "move", _ONLY_CARD, order=47),
    C("previous_item", ("[", "ctrl+b"), N_("one before"), "上一个", "shang yi ge", "move",
      frozenset({CASE, DIARY_READ}), order=46),
    C("next_item", ("]", "ctrl+n"), N_("one after"), "下一个", "xia yi ge", "move",
      frozenset({CASE, DIARY_READ}), order=47),
    C("previous_day", ("[", "ctrl+b"), N_("day before"), "前一天", "qian yi tian", "move",
      _ONLY_DIARY, order=46),
    C("next_day", ("]", "ctrl+n"), N_("day after"), "后一天", "hou yi tian", "move",
      _ONLY_DIARY, order=47),
    C("read_said", ("f7",), N_("what was said"), "退回意见", "tui hui yi jian", "move",
      _ONLY_DIARY),
    C("open_line", ("ctrl+o",), N_("customer of the line"), "该行客户", "gai hang ke hu", "move",
      _ONLY_DIARY, order=48),
)

FORM_COMMANDS: Final = (
    C("save", ("ctrl+s",), N_("save"), "保存", "bao cun", "form", FORMS | {DIALOG}, order=10),
    C("sign_in", ("enter",), N_("sign in"), "登录", "deng lu", "form", frozenset({SIGN_IN}),
      order=10),
    C("confirm", ("enter",), N_("confirm"), "确认", "que ren", "form",
      _LINES | {TRIAGE, DIARY_SAID, DIALOG, NOTICE}, order=15),
    C("close", ("enter",), N_("close this"), "关闭", "guan bi", "form", frozenset({READING}),
      order=15),
    C("new_one", ("n",), N_("a new one"), "另开新的", "ling kai xin de", "form",
      frozenset({UNFINISHED}), order=16, verb="new"),
    C("next_field", ("tab",), N_("next field"), "下一项", "xia yi xiang", "form", _FIELDS,
      order=20, palette=False),
    C("previous_field", ("shift+tab",), N_("previous field"), "上一项", "shang yi xiang", "form",
      _FIELDS, palette=False),
    C("leave", ("escape",), N_("leave, keep draft"), "离开(留草稿)", "li kai liu cao gao", "form",
      FORMS, order=30),
    C("discard", ("ctrl+d",), N_("discard"), "丢弃", "diu qi", "form",
      FORMS | _LINES, order=40),
    C("discard_draft", ("ctrl+d",), N_("discard draft"), "丢弃草稿", "diu qi cao gao", "form",
      frozenset({TODAY}), order=40),
    C("discard_own", ("ctrl+d",), N_("discard draft"), "丢弃草稿", "diu qi cao gao", "form",
      frozenset({DIARY_READ}), needs="write_diary"),
    C("take_over", ("ctrl+t",), N_("take over draft"), "接管草稿", "jie guan cao gao", "form",
      FORMS, order=12, rare=True, brief=N_("take over")),
)

SESSION_COMMANDS: Final = (
    C("help", ("?", "f1"), N_("keys"), "按键", "an jian", "session", EVERYWHERE, order=999),
    C("palette", ("ctrl+p",), N_("commands"), "命令", "ming ling", "session", EVERYWHERE,
      order=90, palette=False),
    C("language", ("ctrl+g",), N_("other language"), "换语言", "huan yu yan", "session", RECORDS),
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
