"""The programs beside which we are measured, in an environment of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from benchmarks.places import cache_directory

WANTED: Final = ("harlequin==2.17.*", "visidata==3.4.*", "duckdb>=1.4", "textual==8.2.8")
NAMES: Final = ("harlequin", "visidata", "duckdb", "textual")


class Peers:
    """Their programs, installed on first use from the ordinary index."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.directory = cache_directory() / "peers"
        self.python = self.directory / "bin" / "python"
        stamp = self.directory / "installed"
        if not stamp.exists() or stamp.read_text() != repr(WANTED):
            say("installing harlequin, visidata and duckdb into the cache directory, once")
            subprocess.run([sys.executable, "-m", "venv", str(self.directory)], check=True)
            pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--quiet"]
            subprocess.run([*pip, "install", *WANTED], check=True)
            stamp.write_text(repr(WANTED))
        # A home of their own: no settings of the person who measures, no old sessions.
        self.home = cache_directory() / "home"
        self.home.mkdir(exist_ok=True)

    def versions(self) -> dict[str, str]:
        """What is installed."""
        code = (
            "import json, importlib.metadata as m; "
            f"print(json.dumps({{n: m.version(n) for n in {NAMES!r}}}))"
        )
        asked = subprocess.run(
            [str(self.python), "-c", code], check=True, capture_output=True, text=True
        )
        found: dict[str, str] = json.loads(asked.stdout)
        return found

    @property
    def environment(self) -> dict[str, str]:
        """Of each peer's process."""
        return {"HOME": str(self.home), "LANG": "C.UTF-8"}

    def harlequin(self, database: Path) -> list[str]:
        """Opens a SQLite file."""
        program = str(self.directory / "bin" / "harlequin")
        return [program, "-a", "sqlite", "--no-write-history", "--viewer-max-rows", "-1",
                str(database)]  # fmt: skip

    def visidata(self, file: Path) -> list[str]:
        """Opens a CSV."""
        program = str(self.directory / "bin" / "vd")
        return [program, "--nothing", "--motd-url=", str(file)]

    def script(self, name: str, *arguments: str) -> Any:
        """Run a script of this package there; the JSON that it prints."""
        asked = subprocess.run(
            [str(self.python), str(Path(__file__).with_name(name)), *arguments],
            check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return json.loads(asked.stdout)
