"""The settings: strict, and every fault named with file, key and what is allowed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from crm_tui import config
from crm_tui.config import Config, load, parse
from crm_tui.errors import ConfigError
from tests.support.spoken import spoken

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def fault(path: Path, text: str) -> str:
    """What the file `text` is told, without its own name."""
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        parse(path)
    message = caught.value.message
    assert message.startswith(str(path))
    assert "\n" not in message
    return message.removeprefix(str(path)).removeprefix(": ")


# --- the shipped file -----------------------------------------------------------------------


def test_the_shipped_file_says_the_defaults_of_the_code() -> None:
    assert parse(SHIPPED) == Config()


def settings_of(model: type[BaseModel], prefix: str = "") -> set[str]:
    """Every key of the model, `section.key`; free tables count as one."""
    found = set()
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= settings_of(kind, f"{name}.")
        else:
            found.add(prefix + name)
    return found


def test_the_shipped_file_mentions_every_setting_and_no_other() -> None:
    shipped = tomli.loads(SHIPPED.read_text("utf-8"))
    named = {
        key if not isinstance(value, dict) or key == "keys" else f"{key}.{inner}"
        for key, value in shipped.items()
        for inner in (value if isinstance(value, dict) and key != "keys" else [""])
    }
    assert named == settings_of(Config)


def test_every_setting_of_the_shipped_file_has_a_comment() -> None:
    """Above it, above the settings that it ends, or above the table that it opens."""
    for block in SHIPPED.read_text("utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("[[tiers]]")]
        for number, line in enumerate(lines):
            if re.match(r"[a-z_]+ = ", line) and not line.startswith("code ="):
                above = [one for one in lines[:number] if one.startswith("#")]
                assert above or line.startswith(("individual", "household")), line


# --- strictness -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour = 1", "colour: there is no such setting; there are database, security, ui,"),
        ("[ui]\ncolour = 1", "ui.colour: there is no such setting; there are language, theme,"),
        ("[[tiers]]\ncode = 'silver'\nfoo = 1", "tiers[1].foo: there is no such setting"),
        ("[ui]\nlanguage = 'fr'", 'ui.language: allowed is "auto", "zh", "en"'),
        ("[ui]\nascii = 1", "ui.ascii: allowed is true or false"),
        ("[ui]\nambiguous_width = 3", 'ui.ambiguous_width: allowed is "auto", "1", "2", 1, 2'),
        ("ui = 3", "ui: allowed is a table"),
        ("tiers = 3", "tiers: allowed is a list of tables"),
        ("tiers = []", "tiers: allowed is a list of tables"),
        ("tiers = [3]", "tiers[1]: allowed is a table"),
        ("[database]\nurl = 1", "database.url: allowed is text in quotation marks"),
        ("[keys]\nopen = 'o'", 'keys.open: allowed is a list, like ["v", "f5"]'),
        ("[tier_rules.coefficients]\nloan = 'x'", "coefficients.loan: allowed is a number"),
        ("[tier_rules.coefficients]\nloan = 2", "loan: allowed is a number from 0 to 1"),
        ("[[tiers]]\ncode = 'tin'", 'tiers[1].code: allowed is "silver", "gold",'),
        ("[[tiers]]\ncode = 'gold'", "tiers.code: allowed is each once, from the lowest"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(path: Path, text: str, told: str) -> None:
    assert told in fault(path, text)


@pytest.mark.parametrize("value", ["2", "21", "true", "5.5", '"5"', "[5]"])
def test_a_number_out_of_its_range_or_of_another_type(path: Path, value: str) -> None:
    told = fault(path, f"[security]\nlock_after_failures = {value}")
    assert told == "security.lock_after_failures: allowed is a whole number from 3 to 20"


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_a_range_holds_at_both_ends(number: int) -> None:
    data = {"security": {"lock_after_failures": number}}
    if 3 <= number <= 20:
        assert Config.model_validate(data).security.lock_after_failures == number
    else:
        with pytest.raises(ValueError, match="lock_after_failures"):
            Config.model_validate(data)


def test_several_faults_are_told_at_once(path: Path) -> None:
    told = fault(path, "[ui]\nmouse = 3\n[contacts]\ninterval_gold = 0")
    assert "ui.mouse: allowed is true or false; contacts.interval_gold: allowed is" in told


@pytest.mark.parametrize(
    "text",
    [
        "colour = 1",
        "[ui]\nmouse = 3",
        "[ui]\nlanguage = 'fr'",
        "[security]\nlock_minutes = 0",
        "[ui",
    ],
)
def test_faults_are_told_in_chinese(path: Path, text: str) -> None:
    with spoken("zh_CN"):
        told = fault(path, text)
    assert HAN.search(told)
    assert not re.search("allowed|should|must|input|valid", told)


def test_clashing_keys_are_a_fault_of_the_file(path: Path) -> None:
    from crm_tui.keys import Keymap

    path.write_text('[keys]\nfilter = ["s", "f6"]\n')
    settings = load(path)
    with pytest.raises(ConfigError, match="s is both") as caught:
        Keymap.build(settings.config.keys, settings.source)
    assert str(path) in caught.value.message


# --- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 5000 + "]" * 5000, "[" * 5000, "a = " + "{b = " * 5000 + "}" * 5000]
)
def test_deep_nesting_is_a_message(path: Path, text: str) -> None:
    assert fault(path, text) == "nested deeper than 32 levels"


@pytest.mark.parametrize("text", ["[ui\nmouse = true", "mouse =", "[ui]\nascii=true\nascii=true"])
def test_what_is_not_toml(path: Path, text: str) -> None:
    assert re.fullmatch(r"line \d+: not valid TOML", fault(path, text))


def test_what_is_not_utf_8(path: Path) -> None:
    path.write_bytes("# 设置\n".encode("gb18030"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        parse(path)


def test_a_byte_order_mark_is_let_pass(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf[ui]\nascii = true\n")
    assert parse(path).ui.ascii


def test_a_file_that_is_too_large(path: Path) -> None:
    path.write_text("#" * (config.LARGEST_CONFIG + 1))
    with pytest.raises(ConfigError, match="larger than"):
        parse(path)


def test_a_file_that_anyone_may_write(path: Path) -> None:
    path.write_text("")
    path.chmod(0o646)
    with pytest.raises(ConfigError, match="chmod o-w"):
        parse(path)


@pytest.mark.parametrize("kind", ["directory", "fifo", "device"])
def test_what_is_not_a_regular_file(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    if kind == "directory":
        place.mkdir()
    elif kind == "fifo":
        os.mkfifo(place)
    else:
        place = Path("/dev/null")
    with pytest.raises(ConfigError, match="not a regular file"):
        parse(place)


def test_a_file_that_is_not_there(path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load(path)


# --- which file, which database -------------------------------------------------------------


def test_the_file_of_the_host_is_found_and_another_can_be_named(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert load().source == "the defaults"
    host = tmp_path / "host.toml"
    host.write_text("[ui]\nmouse = true\n")
    monkeypatch.setattr(config, "SYSTEM_CONFIG", host)
    assert (load().source, load().config.ui.mouse) == (str(host), True)
    path.write_text("")
    assert (load(path).source, load(path).config.ui.mouse) == (str(path), False)


def test_a_setting_left_out_keeps_its_default(path: Path) -> None:
    path.write_text("[security]\nlock_minutes = 5\n")
    found = parse(path)
    assert found.security.lock_minutes == 5
    assert found.security.idle_lock_minutes == Config().security.idle_lock_minutes
    assert found.tiers == Config().tiers


def test_without_a_url_the_database_lies_in_the_persons_data_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    found = load()
    assert found.database_url == f"sqlite:///{tmp_path}/crm-tui/crm.db"
    assert found.key_file == tmp_path / "crm-tui" / "crm.key"


def test_the_environment_wins_over_the_file_of_the_url_and_that_over_the_url(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "url"
    secret.touch(mode=0o600)
    secret.write_text("postgresql://crm:secret@db/crm\n")
    path.write_text('[database]\nurl = "sqlite:////srv/a.db"\n')
    assert load(path).database_url == "sqlite:////srv/a.db"
    path.write_text(f'[database]\nurl = "sqlite:////srv/a.db"\nurl_file = "{secret}"\n')
    assert load(path).database_url == "postgresql://crm:secret@db/crm"
    assert load(path).key_file is None
    monkeypatch.setenv(config.URL_VARIABLE, "sqlite:////srv/b.db")
    assert load(path).database_url == "sqlite:////srv/b.db"
    assert load(path).key_file == Path("/srv/b.key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_file_with_a_secret_is_private(path: Path, tmp_path: Path, mode: int) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://crm:secret@db/crm")
    secret.chmod(mode)
    path.write_text(f'[database]\nurl_file = "{secret}"\n')
    with pytest.raises(ConfigError, match="chmod") as caught:
        load(path)
    assert "secret" not in caught.value.message.replace(str(secret), "")


def test_a_key_file_can_lie_elsewhere(path: Path) -> None:
    path.write_text('[security]\nkey_file = "/srv/keys/crm.key"\n')
    assert load(path).key_file == Path("/srv/keys/crm.key")


def test_every_theme_of_the_settings_is_one_of_the_programs() -> None:
    from typing import get_args

    from crm_tui.terminal.safe_app import SafeApp

    for theme in get_args(config.Ui.model_fields["theme"].annotation):
        assert SafeApp[None](theme=theme).current_theme.name == theme
