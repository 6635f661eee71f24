"""The command line on both databases: what it says, where, and how it ends."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crm_tui import cli, config
from crm_tui.commands import context as command_context
from crm_tui.commands.arguments import Parser
from crm_tui.db.store import Store
from crm_tui.office import open_unchecked
from tests.support.import_files import HEADERS, LISTENING, customer
from tests.support.inited import Inited, inited
from tests.support.spoken import spoken

__all__ = ["inited"]

ADMIN_PASSWORD = "a long enough password"
ACCOUNTS = ("A1,C0000001,deposit,CNY,1995-03-24", "A2,C0000002,deposit,CNY,1995-03-24")
BALANCES = ("A1,2025-12-31,412006.51", "A2,2025-12-31,10.00")


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line of an error."""
        assert self.err.startswith("crm-tui: "), self.err
        assert self.err.count("\n") == 1, self.err
        assert not self.out
        return self.err.removeprefix("crm-tui: ").rstrip("\n")

    @property
    def json(self) -> dict[str, Any]:
        """The one line of JSON."""
        assert self.out.count("\n") == 1, self.out
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(slots=True)
class Host:
    """A machine with settings of its own on which commands are called."""

    directory: Path
    url: str
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    inited: Inited

    @property
    def config(self) -> Path:
        """The settings in use."""
        return self.directory / "config.toml"

    @property
    def key_file(self) -> Path:
        """The key file that the settings name."""
        return self.directory / "crm.key"

    def call(self, *words: str | Path, stdin: str = "") -> Said:
        """`crm-tui --config … WORDS`."""
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        self.capsys.readouterr()
        try:
            code = cli.main(["--config", str(self.config), *map(str, words)])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = self.capsys.readouterr()
        return Said(code, said.out, said.err)

    def ok(self, *words: str | Path, stdin: str = "") -> Said:
        """The same; it has to end well."""
        said = self.call(*words, stdin=stdin)
        assert (said.code, said.err) == (0, "")
        return said

    def init(self) -> Host:
        """With a database and its first administrator, as `init_now` makes them."""
        self.inited.put(self.directory, self.url, self.init_now)
        return self

    def init_now(self) -> Said:
        """The command itself."""
        return self.ok("init", "--admin", "root", "--password-stdin", stdin=f"{ADMIN_PASSWORD}\n")

    def file(self, kind: str, *lines: str, name: str = "") -> Path:
        """A file to import."""
        path = self.directory / (name or f"{kind}.csv")
        path.write_text("\n".join([HEADERS[kind], *lines, ""]), "utf-8")
        return path

    def load(self, kind: str, *lines: str) -> Said:
        """Import these lines."""
        return self.ok("import", kind, self.file(kind, *lines))

    def bank(self) -> Host:
        """A branch with a manager, two customers with accounts."""
        self.init()
        self.load("branches", "B001,东城支行,HQ")
        self.load("staff", "m001a,李娜,account_manager,B001")
        self.load("customers", customer(1), customer(2, mobile="15400000002", name="仇英"))
        self.load("accounts", *ACCOUNTS)
        self.load("balances", *BALANCES)
        return self

    def store(self) -> Store:
        """The database, to look into."""
        return open_unchecked(config.load(self.config))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with closing(self.store()) as store, store.read() as session:
            return [tuple(row) for row in session.execute(text(sql))]

    def change(self, sql: str) -> None:
        """What somebody changed behind the program's back."""
        with closing(self.store()) as store, store.engine.begin() as connection:
            connection.execute(text(sql))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def host(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    inited: Inited,
) -> Host:
    """A host whose database is not there yet."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/crm.db"
    else:
        new_database: Callable[..., str] = request.getfixturevalue("new_pg_database")
        url = new_database(empty=True)
    found = Host(tmp_path, url, capsys, monkeypatch, inited)
    found.config.write_text(
        f'[database]\nurl = "{url}"\n[security]\nkey_file = "{found.key_file}"\n'
    )
    return found


ON_SQLITE = pytest.mark.parametrize("host", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize(
    "host", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


# --- init and staff -------------------------------------------------------------------------


def test_init_makes_database_key_file_root_branch_and_administrator(host: Host) -> None:
    said = host.init_now()
    assert str(host.key_file) in said.out
    assert stat.S_IMODE(host.key_file.stat().st_mode) == 0o600
    assert host.rows("SELECT code FROM branch") == [("HQ",)]
    assert host.rows("SELECT role FROM staff_role") == [("system_admin",)]
    ((actor, action),) = host.rows("SELECT actor, action FROM audit")
    assert (actor, action) == (command_context.operator().name, "database.init")
    assert actor.startswith("operator:")


@ON_SQLITE
def test_the_database_of_init_is_private(host: Host) -> None:
    host.init_now()
    assert stat.S_IMODE((host.directory / "crm.db").stat().st_mode) == 0o600


def test_init_twice_changes_nothing(host: Host) -> None:
    key = host.init().key_file.read_bytes()
    said = host.call("init", "--admin", "root2", "--password-stdin", stdin=f"{ADMIN_PASSWORD}\n")
    assert said.code == 2
    assert said.error
    assert host.key_file.read_bytes() == key
    assert host.rows("SELECT username FROM staff") == [("root",)]


@pytest.mark.parametrize("password", ["short", "x" * 129, ""])
def test_init_with_a_bad_password_leaves_nothing(host: Host, password: str) -> None:
    said = host.call("init", "--admin", "root", "--password-stdin", stdin=f"{password}\n")
    assert said.code == 1
    assert "10" in said.error
    assert not host.key_file.exists()
    assert "no such database" in host.call("db", "check").error or host.url.startswith("postgresql")


@ON_SQLITE
def test_init_asks_only_on_a_terminal(host: Host) -> None:
    assert host.call("init", stdin="root\n").code == 2
    said = host.call("init", "--admin", "root", stdin="x\n")
    assert said.code == 2
    assert "--password-stdin" in said.error


def test_staff_are_added_given_roles_passwords_and_disabled(host: Host) -> None:
    host.init().load("branches", "B001,东城支行,HQ")
    more = ("--name", "赵敏", "--role", "supervisor", "--branch", "B001", "--password-stdin")
    host.ok("staff", "add", "zhaomin", *more, stdin="a password of hers\n")
    host.ok("staff", "role", "zhaomin", "--role", "compliance")
    host.ok("staff", "passwd", "zhaomin", "--password-stdin", stdin="another password\n")
    host.ok("staff", "disable", "zhaomin")
    assert host.rows("SELECT disabled FROM staff WHERE username = 'zhaomin'")[0][0]
    actions = [row[0] for row in host.rows("SELECT action FROM audit ORDER BY seq")]
    assert actions[-4:] == ["staff.add", "staff.role", "staff.passwd", "staff.disable"]
    assert "password of hers" not in str(host.rows("SELECT * FROM audit"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add", "root", "--name", "x", "--role", "clerk", "--password-stdin"], "root"),
        (["add", "Anna!", "--name", "x", "--role", "clerk", "--password-stdin"], "user name"),
        (
            ["add", "a", "--name", "x", "--role", "clerk", "--branch", "B9", "--password-stdin"],
            "B9",
        ),
        (["passwd", "nobody", "--password-stdin"], "nobody"),
        (["disable", "nobody"], "nobody"),
        (["role", "root", "--role", "auditor"], "exclude each other"),
    ],
)
def test_what_cannot_be_done_with_staff(host: Host, words: list[str], told: str) -> None:
    said = host.init().call("staff", *words, stdin="a long enough password\n")
    assert said.code in (1, 2)
    assert told in said.error
    assert host.rows("SELECT username FROM staff") == [("root",)]


def test_no_option_takes_a_password() -> None:
    """Others on the host see the arguments of every process."""
    parsers, seen = [cli.parser()], 0
    while parsers:
        parser = parsers.pop()
        for action in parser._actions:
            if isinstance(action.choices, dict):
                parsers += action.choices.values()
            elif "password" in action.dest:
                seen += 1
                assert action.nargs == 0
    assert seen == 3


# --- import, tiers, export ------------------------------------------------------------------


def test_a_bank_from_its_files_to_its_tiers(host: Host) -> None:
    host.bank()
    again = host.ok("import", "customers", host.directory / "customers.csv")
    assert "nothing changed" in again.out
    said = host.ok("tiers", "recompute", "--as-of", "2026-01-15", "--json")
    assert said.json["graded"] == 2
    assert said.json["qualifying"] == {"silver": 1, "gold": 0, "platinum": 1, "black_gold": 0}
    out = host.directory / "out.csv"
    assert "2 rows" in host.ok("export", "customers", out, "--columns", "customer_no,tier").out
    assert out.read_text("utf-8-sig").splitlines() == [
        '"customer_no","tier"', '"C0000001","platinum"', '"C0000002","silver"',
    ]  # fmt: skip
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert host.rows("SELECT count(*) FROM audit WHERE action = 'export'") == [(1,)]


def test_tiers_provisionally_store_nothing(host: Host) -> None:
    said = host.bank().ok("tiers", "recompute", "--as-of", "2026-01-15", "--provisional")
    assert "nothing was stored" in said.out
    assert host.rows("SELECT count(*) FROM assessment") == [(0,)]


def test_a_file_with_a_bad_row_loads_nothing_and_ends_with_1(host: Host) -> None:
    host.init()
    path = host.file("branches", "B001,东城支行,HQ", "B002,西城支行,NOWHERE")
    errors = host.directory / "errors.csv"
    said = host.call("import", "branches", path, "--errors", errors)
    assert said.code == 1
    assert "1 of 2" in said.out
    assert "line 3" in said.err
    assert "NOWHERE" in errors.read_text("utf-8-sig")
    assert stat.S_IMODE(errors.stat().st_mode) == 0o600
    assert host.rows("SELECT code FROM branch") == [("HQ",)]


def test_the_good_rows_alone_end_with_3(host: Host) -> None:
    host.init()
    path = host.file("branches", "B001,东城支行,HQ", "B002,西城支行,NOWHERE")
    said = host.call("import", "branches", path, "--skip-bad", "--json")
    assert said.code == 3
    assert (said.json["added"], said.json["bad"], said.json["loaded"]) == (1, 1, True)
    assert host.rows("SELECT code FROM branch ORDER BY code") == [("B001",), ("HQ",)]


def test_a_dry_run_writes_nothing(host: Host) -> None:
    host.init()
    said = host.ok("import", "branches", host.file("branches", "B001,东城支行,HQ"), "--dry-run")
    assert "nothing was written" in said.out
    assert host.rows("SELECT code FROM branch") == [("HQ",)]


def test_a_rule_set_is_imported_from_a_date_on(host: Host) -> None:
    path = host.init().directory / "tiers.toml"
    path.write_text("[[tiers]]\ncode = 'silver'\n[[tiers]]\ncode = 'gold'\nindividual = 50\n")
    host.ok("import", "tiers", path, "--effective", "2026-01-01")
    dates = [str(row[0]) for row in host.rows("SELECT effective_on FROM rule_set")]
    assert "2026-01-01" in dates
    path.write_text("[[tiers]]\ncode = 'silver'\nindividuell = 5\n")
    said = host.call("import", "tiers", path)
    assert said.code == 2
    assert "individuell" in said.error


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["import", "branches", "{dir}/none.csv"], 1, "none.csv"),
        (["import", "branches", "{dir}"], 1, "{dir}"),
        (["import", "branches", "{dir}/config.toml"], 1, ".csv"),
        (["import", "branches", "{dir}/x.csv", "--effective", "2026-01-01"], 2, "and regimes only"),
        (["import", "tiers", "{dir}/none.toml"], 2, "none.toml"),
        (["import", "visits", "{dir}/x.csv", "--mapping", "{dir}/y.toml"], 2, "complaints only"),
        (["import", "complaints", "{dir}/x.csv", "--mapping", "{dir}/y.toml"], 2, "y.toml"),
        (["export", "visits", "{dir}/out.csv", "--view", "open"], 2, "--view open"),
        (["export", "customers", "{dir}/out.txt"], 2, ".csv"),
        (["export", "customers", "{dir}/config.toml"], 2, ".csv"),
        (["export", "customers", "{dir}/out.csv", "--columns", "id_no"], 2, "id_no"),
        (["export", "customers", "{dir}/no/where/out.csv"], 1, "out.csv"),
        (["audit", "verify", "--anchor", "{dir}/config.toml"], 2, "config.toml"),
    ],
)
def test_wrong_files_are_one_line(host: Host, words: list[str], code: int, told: str) -> None:
    host.init()
    where = str(host.directory)
    said = host.call(*[word.replace("{dir}", where) for word in words])
    assert said.code == code
    assert told.replace("{dir}", where) in said.error


@pytest.mark.parametrize(
    "header", ["", "code,name", "code,code,name,parent", "code;name;parent", "code\tname\tparent"]
)
def test_a_wrong_header_names_the_file(host: Host, header: str) -> None:
    path = host.init().directory / "wrong.csv"
    path.write_text(f"{header}\nB001,x\n")
    said = host.call("import", "branches", path)
    assert said.code == 1
    assert said.error.startswith(f"{path}: ")
    assert said.error.count(str(path)) == 1
    assert "\n" not in said.error


def test_an_export_never_overwrites(host: Host) -> None:
    path = host.bank().directory / "out.csv"
    host.ok("export", "visits", path)
    before = path.read_bytes()
    said = host.call("export", "visits", path)
    assert said.code == 1
    assert "out.csv" in said.error
    assert path.read_bytes() == before


@ON_SQLITE
@pytest.mark.parametrize(
    ("ending", "where"),
    [
        ("csv", "crm_tui.services.exports._write_all"),
        ("xlsx", "crm_tui.services.exports._write_all"),
        ("xlsx", "zipfile.ZipFile.write"),
    ],
)
def test_an_export_that_finds_no_room_is_told_and_leaves_nothing(
    host: Host, monkeypatch: pytest.MonkeyPatch, ending: str, where: str
) -> None:
    path = host.bank().directory / f"out.{ending}"
    monkeypatch.setattr(where, no_room)
    said = host.call("export", "customers", path)
    assert said.code == 1
    assert said.error == f"{path}: cannot be written: the disk is full"
    assert not path.exists()


@ON_SQLITE
def test_a_list_of_bad_rows_that_finds_no_room_ends_the_import(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.bank()
    errors = host.directory / "errors.csv"
    path = host.file("customers", customer(3), customer(4, name="9"))
    monkeypatch.setattr("crm_tui.services.imports.report.safe_cell", no_room)
    said = host.call("import", "customers", path, "--skip-bad", "--errors", errors)
    assert said.code == 1
    assert f"{errors}: cannot be written: the disk is full" in said.err
    assert not errors.exists()
    assert host.rows("SELECT count(*) FROM customer") == [(2,)]


@ON_SQLITE
def test_a_wrong_value_fills_no_screen_and_moves_no_terminal(host: Host) -> None:
    host.bank()
    errors = host.directory / "errors.csv"
    path = host.file("customers", customer(3, name="x" * 10_000), customer(4, name="\x1b[2J"))
    said = host.call("import", "customers", path, "--errors", errors)
    assert said.code == 1
    assert max(map(len, said.err.splitlines())) < 200
    assert "\x1b" not in said.err + errors.read_text("utf-8-sig")


def no_room(*_given: object) -> int:
    """A full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


# --- database, audit, check, keys -----------------------------------------------------------


@ON_SQLITE
def test_a_database_is_backed_up_and_the_copy_is_whole(host: Host) -> None:
    said = host.init().ok("db", "backup")
    (copy,) = host.directory.glob("crm.db.*.bak")
    assert str(copy) in said.out
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    (host.directory / "crm.db").write_bytes(copy.read_bytes())
    assert "sound" in host.ok("db", "check").out


@ON_POSTGRES
def test_postgresql_is_backed_up_by_its_own_tools(host: Host) -> None:
    said = host.init().call("db", "backup")
    assert said.code == 2
    assert "pg_dump" in said.error


def test_a_database_at_this_version_needs_no_upgrade(host: Host) -> None:
    assert "up to date" in host.init().ok("db", "upgrade").out
    assert "sound" in host.ok("db", "check").out


def test_a_newer_database_is_refused(host: Host) -> None:
    host.init().change("UPDATE alembic_version SET version_num = '9999'")
    for words in (["db", "check"], ["db", "upgrade"], ["staff", "disable", "root"]):
        said = host.call(*words)
        assert said.code == 1
        assert "9999" in said.err


def test_another_databases_key_file_is_refused(host: Host) -> None:
    from crm_tui.db.crypto import create_key_file

    host.init().key_file.unlink()
    create_key_file(host.key_file)
    for words in (["db", "check"], ["audit", "verify"], ["staff", "disable", "root"]):
        said = host.call(*words)
        assert said.code == 2
        assert "key" in said.error


@pytest.mark.parametrize("fault", ["missing", "readable", "garbage"])
def test_a_key_file_that_cannot_be_used(host: Host, fault: str) -> None:
    host.init()
    if fault == "missing":
        host.key_file.unlink()
    elif fault == "readable":
        host.key_file.chmod(0o644)
    else:
        host.key_file.write_text('{"active": 1, "keys": {}}')
    said = host.call("audit", "verify")
    assert said.code == 2
    assert str(host.key_file) in said.error


@ON_SQLITE
@pytest.mark.parametrize("place", ["stat", "access", "read_text"])
def test_files_that_may_not_be_read_are_told_with_the_reason(
    host: Host, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The administrator of a test may read everything: the system refuses it as to others."""
    host.init()
    if place == "access":
        monkeypatch.setattr(os, "access", lambda path, _mode: Path(path).suffix != ".db")
    else:
        real = getattr(Path, place)
        suffix = ".db" if place == "stat" else ".key"

        def refused(path: Path, *given: Any, **more: Any) -> Any:
            if path.suffix == suffix:
                raise PermissionError(13, "Permission denied")
            return real(path, *given, **more)

        monkeypatch.setattr(Path, place, refused)
    said = host.call("audit", "verify")
    assert said.code == 2
    assert said.error.endswith("cannot be read: permission denied")


def test_the_chain_is_verified_and_its_end_kept_elsewhere(host: Host) -> None:
    host.bank()
    anchor = host.directory / "anchor"
    anchor.write_text(host.ok("audit", "anchor").out)
    host.ok("staff", "disable", "m001a")
    found = host.ok("audit", "verify", "--anchor", anchor, "--json").json
    assert found == {"rows": host.rows("SELECT count(*) FROM audit")[0][0], "bad_row": None,
                     "problem": ""}  # fmt: skip
    assert "whole" in host.ok("audit", "verify").out


def test_a_foreign_anchor_is_told(host: Host) -> None:
    anchor = host.init().directory / "anchor"
    anchor.write_text(f"1 {'0' * 64}\n")
    said = host.call("audit", "verify", "--anchor", anchor, "--json")
    assert said.code == 1
    assert said.json["problem"] == "anchor"


@ON_SQLITE
def test_the_first_changed_row_of_the_chain_is_named(host: Host) -> None:
    host.bank()
    for (name,) in host.rows(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    ):
        host.change(f"DROP TRIGGER {name}")
    host.change("UPDATE audit SET actor = 'somebody' WHERE seq = 3")
    said = host.call("audit", "verify")
    assert (said.code, said.err) == (1, "")
    assert "row 3" in said.out
    assert host.call("audit", "verify", "--json").json["bad_row"] == 3


def test_the_chain_refuses_to_be_changed(host: Host) -> None:
    from sqlalchemy.exc import DBAPIError

    host.init()
    for sql in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError):
            host.change(sql)


def test_check_says_everything_that_is_wrong(host: Host) -> None:
    said = host.init().call("check")
    assert (said.code, said.err) == (0, "")
    assert str(host.config) in said.out
    assert len(said.out.splitlines()) == 4
    with host.config.open("a") as file:
        file.write('[keys]\nfilter = ["s", "f6"]\n')
    host.key_file.chmod(0o644)
    said = host.call("check")
    assert said.code == 1
    assert "s is both" in said.out
    assert "chmod 600" in said.out


@ON_SQLITE
def test_keys_are_those_in_force(host: Host) -> None:
    from crm_tui.key_table import COMMANDS

    said = host.ok("keys")
    assert all(command.id in said.out for command in COMMANDS)
    with host.config.open("a") as file:
        file.write('[keys]\nlog_contact = ["f9"]\n')
    line = next(one for one in host.ok("keys").out.splitlines() if "log_contact" in one)
    assert line.split()[0] == "F9"


# --- how it ends ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"], ["import"], ["import", "nonsense", "x.csv"], ["staff"], ["db", "nonsense"],
        ["audit", "verify", "--nonsense"], ["tiers", "recompute", "--as-of", "yesterday"],
        ["staff", "add", "x", "--role", "king", "--name", "x"],
        ["import", "tiers", "x.toml", "--effective", "2026-13-01"],
    ],
)  # fmt: skip
@ON_SQLITE
def test_a_wrong_call_is_one_line_and_ends_with_2(host: Host, words: list[str]) -> None:
    said = host.call(*words)
    assert said.code == 2
    assert re.search(r"see `crm-tui( \w+)* --help`$", said.error)


@ON_SQLITE
def test_a_wrong_call_is_told_in_chinese(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    told = host.call("import", "nonsense", "x.csv").error
    assert "没有 'nonsense' 这一项" in told
    assert "invalid" not in told


def test_every_command_reads_its_arguments_alike() -> None:
    parsers = [cli.parser()]
    while parsers:
        parser = parsers.pop()
        assert isinstance(parser, Parser)
        for action in parser._actions:
            if isinstance(action.choices, dict):
                parsers += action.choices.values()


@ON_SQLITE
def test_a_wrong_setting_ends_with_2(host: Host) -> None:
    host.config.write_text("[ui]\ncolour = 1\n")
    said = host.call("keys")
    assert said.code == 2
    assert said.error.startswith(f"{host.config}: ui.colour: ")


@ON_SQLITE
@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:///", "a SQLite database needs a file"),
        ("mysql://root@here/bank", "sqlite:///… and postgresql://… are allowed"),
        ("crm.db", "not a database URL"),
        ("postgresql://here/bank", "PostgreSQL needs it set"),
    ],
)
def test_a_url_of_no_database_is_told_as_that(host: Host, url: str, told: str) -> None:
    host.config.write_text(f'[database]\nurl = "{url}"\n')
    for words in (["init", "--admin", "root", "--password-stdin"], ["audit", "verify"]):
        said = host.call(*words, stdin=f"{ADMIN_PASSWORD}\n")
        assert told in said.error
        assert said.code == 2


@ON_SQLITE
def test_without_a_database_the_command_that_makes_it_is_named(host: Host) -> None:
    assert "crm-tui init" in host.call("db", "check").error
    assert "crm-tui init" in host.call("staff", "disable", "root").error
    assert not (host.directory / "crm.db").exists()


@ON_SQLITE
def test_the_application_needs_a_terminal(host: Host) -> None:
    said = host.init().call()
    assert said.code == 2
    assert "terminal" in said.error


def test_a_second_import_meanwhile_ends_with_75(host: Host) -> None:
    from crm_tui.db import batches
    from crm_tui.db.bulk import BulkStore

    path = host.init().file("branches", "B001,东城支行,HQ")
    with closing(host.store()) as store:
        bulk = BulkStore(store)
        bulk.prepare()
        try:
            with batches.only_importer(bulk):
                said = host.call("import", "branches", path)
        finally:
            bulk.close()
    assert said.code == 75
    assert said.error
    host.ok("import", "branches", path)


@ON_SQLITE
def test_what_nobody_foresaw_is_a_number_without_values(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("张伟明 13800138000")

    host.init()
    monkeypatch.setattr("crm_tui.services.staff.disable", fail)
    # Where an incident is told even when somebody has put another stream in its place.
    real = io.StringIO()
    monkeypatch.setattr(sys, "__stderr__", real)
    assert host.call("staff", "disable", "root") == Said(1, "", "")
    assert re.search("Incident [0-9A-F]{8}", real.getvalue())
    assert "张伟明" not in real.getvalue()


@ON_SQLITE
def test_ctrl_c_ends_quietly(host: Host) -> None:
    """The real program, stopped while it waits for a password."""
    host.init()
    command = [*LISTENING, sys.executable, "-m", "crm_tui", "--config", str(host.config)]
    more = ["staff", "passwd", "root", "--password-stdin"]
    with subprocess.Popen(
        [*command, *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONFAULTHANDLER": ""},
    ) as process:  # fmt: skip
        _wait_until_it_reads(process.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (out, err) == (b"", b"Stopped.\n")


def _wait_until_it_reads(pid: int) -> None:
    """Until the process sleeps in a read of a pipe."""
    waiting = Path(f"/proc/{pid}/wchan")
    if not waiting.exists():
        pytest.skip("no /proc to see by when a process waits")
    while "pipe" not in waiting.read_text():
        os.sched_yield()


def test_the_help_says_in_chinese_what_shows_the_version() -> None:
    with spoken("zh_CN"):
        text = cli.parser().format_help()
    assert "显示版本号" in text
