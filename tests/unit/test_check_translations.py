"""Each fault that the translations may have is named, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.check_translations import faults, used_texts

HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
SOURCE = """
_("Save {n} rows")
N_("A long text "
   "in two pieces")
ngettext("{n} row", "{n} rows", n)
"not marked"
"""
COMPLETE = """msgid "Save {n} rows"
msgstr "保存 {n} 行"

msgid ""
"A long text "
"in two pieces"
msgstr "两段长文本"

msgid "{n} row"
msgid_plural "{n} rows"
msgstr[0] "{n} 行"
"""


def found(tmp_path: Path, translations: str) -> list[str]:
    package = tmp_path / "package"
    package.mkdir()
    (package / "module.py").write_text(SOURCE, encoding="utf-8")
    path = tmp_path / "zh.po"
    path.write_text(HEADER + translations, encoding="utf-8")
    return list(faults(used_texts(package), path))


def test_a_complete_catalogue_has_no_fault(tmp_path: Path) -> None:
    assert found(tmp_path, COMPLETE) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"保存 {n} 行"', '""', "package/module.py:2: no Chinese for 'Save {n} rows'"),
        ('"保存 {n} 行"', '"保存 {count} 行"', "placeholders ['count'] instead of ['n']"),
        ('"{n} 行"', '"行"', "placeholders [] instead of ['n']"),
        ('"保存 {n} 行"', '"保存 {n 行"', "Save {n} rows"),
        ('msgid "{n} row"', 'msgid "{n} other"', "nothing shows '{n} other' any more"),
        ('msgid "{n} row"\n', '#, fuzzy\nmsgid "{n} row"\n', "no Chinese for '{n} row'"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in COMPLETE
    assert any(said in line for line in found(tmp_path, COMPLETE.replace(before, after)))


def test_an_entry_given_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    twice = COMPLETE + '\nmsgid ""\n"A long text in two pieces"\nmsgstr "又一次"\n'
    (fault,) = found(tmp_path, twice)
    assert "more than once" in fault
    assert "lines 9, 18" in fault
