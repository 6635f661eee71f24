"""A real line: Debian's sshd on the loopback address, one key, one forced command."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SSHD: Final = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
SSH: Final = shutil.which("ssh")
WHY_NOT: Final = "sshd or ssh is not installed (Debian: openssh-server, openssh-client)"
needs_sshd = pytest.mark.skipif(not (SSHD and SSH), reason=WHY_NOT)


class SshLine:
    """An sshd of its own in `directory`; use as a context, which ends it.

    Whoever comes with the key gets the forced command and a terminal, and nothing else.
    """

    def __init__(
        self, directory: Path, command: Sequence[str], env: Mapping[str, str], *, cwd: Path
    ) -> None:
        self._directory = directory
        self._port = _free_port()
        self._server: subprocess.Popen[bytes] | None = None
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("host", "clerk"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / name)],
                check=True,
            )
        script = directory / "forced.sh"
        settings = "".join(f"export {name}={shlex.quote(text)}\n" for name, text in env.items())
        script.write_text(
            f"#!/bin/sh\ncd {shlex.quote(str(cwd))}\n{settings}exec {shlex.join(command)}\n",
            "utf-8",
        )
        script.chmod(0o700)
        public = (directory / "clerk.pub").read_text("utf-8")
        (directory / "authorized_keys").write_text(f'restrict,pty,command="{script}" {public}')
        (directory / "sshd_config").write_text(self._settings(), "utf-8")

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        assert SSHD is not None
        with (self._directory / "sshd.log").open("wb") as log:
            self._server = subprocess.Popen(
                [SSHD, "-D", "-e", "-f", str(self._directory / "sshd_config")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self._wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(10)

    def command(self) -> list[str]:
        """What a clerk's terminal runs."""
        known = "UserKnownHostsFile=/dev/null"
        return [
            str(SSH), "-tt", "-q", "-F", "none", "-p", str(self._port),
            "-i", str(self._directory / "clerk"), "-o", "IdentitiesOnly=yes",
            "-o", "StrictHostKeyChecking=no", "-o", known,
            f"{getpass.getuser()}@127.0.0.1",
        ]  # fmt: skip

    def _settings(self) -> str:
        return "\n".join(
            (
                f"Port {self._port}",
                "ListenAddress 127.0.0.1",
                f"HostKey {self._directory / 'host'}",
                f"AuthorizedKeysFile {self._directory / 'authorized_keys'}",
                f"PidFile {self._directory / 'pid'}",
                "AuthenticationMethods publickey",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "PermitRootLogin yes",
                # The directory of a test is not the home that sshd would demand.
                "StrictModes no",
                "PrintMotd no",
                "",
            )
        )

    def _wait(self) -> None:
        assert self._server is not None
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self._server.poll() is None:
            with socket.socket() as probe:
                probe.settimeout(0.2)
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
        pytest.fail(f"sshd does not answer: {(self._directory / 'sshd.log').read_text('utf-8')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
