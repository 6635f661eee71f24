"""Encryption of personal columns, drafts and audit images; the key file."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crm_tui.errors import ConfigError, why_failed
from crm_tui.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32


@dataclass(slots=True)
class KeyRing:
    """The keys of one database. A ciphertext names its key: id byte, nonce, AES-256-GCM.

    `index_key` makes the hashes by which equal values find each other; it never changes.
    """

    active: int
    keys: dict[int, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)
    _ciphers: dict[int, AESGCM] = field(default_factory=dict, repr=False)

    @classmethod
    def generate(cls) -> KeyRing:
        """A ring with one fresh key."""
        return cls(1, {1: os.urandom(KEY_BYTES)}, os.urandom(KEY_BYTES))

    def encrypt(self, text: str, context: str) -> bytes:
        """`text` for the column `context`; a value cannot be moved to another column."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher(self.active).encrypt(nonce, text.encode(), context.encode())
        return bytes([self.active]) + nonce + sealed

    def decrypt(self, blob: bytes, context: str) -> str:
        """The text of `encrypt`. Raises ConfigError when the key file is another database's."""
        from cryptography.exceptions import InvalidTag

        try:
            cipher = self._cipher(blob[0])
            nonce, sealed = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
            return cipher.decrypt(nonce, sealed, context.encode()).decode()
        except (InvalidTag, KeyError, IndexError):
            raise ConfigError(
                _("a stored value cannot be decrypted: the key file is not this database's")
            ) from None

    def blind(self, text: str, context: str) -> bytes:
        """A keyed hash of `text`, equal for equal values of one column."""
        return hmac.digest(self.index_key, f"{context}\0{text}".encode(), hashlib.sha256)

    def fingerprint(self) -> str:
        """What the database keeps to recognise its key file."""
        return self.blind("fingerprint", "ring").hex()[:32]

    def _cipher(self, key_id: int) -> AESGCM:
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            # 7 MB that a session without a secret to read or write does without.
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM

            cipher = self._ciphers[key_id] = AESGCM(self.keys[key_id])
        return cipher


def create_key_file(path: Path) -> KeyRing:
    """Write a new key file (0600) that must not exist yet. Raises ConfigError."""
    ring = KeyRing.generate()
    content = {
        "active": ring.active,
        "keys": {str(key_id): _encode(key) for key_id, key in ring.keys.items()},
        "index_key": _encode(ring.index_key),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        raise ConfigError(
            _("{file}: the key file cannot be made: {why}").format(file=path, why=why_failed(error))
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    return ring


def load_key_file(path: Path) -> KeyRing:
    """The ring of a key file that nobody else can read. Raises ConfigError."""
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(
                _("{file}: others may read it; make it private (chmod 600)").format(file=path)
            )
        content = json.loads(path.read_text("ascii"))
        keys = {int(key_id): _decode(key) for key_id, key in content["keys"].items()}
        ring = KeyRing(int(content["active"]), keys, _decode(content["index_key"]))
    except FileNotFoundError:
        raise ConfigError(
            _("{file}: the key file is missing; without it phones and IDs cannot be read").format(
                file=path
            )
        ) from None
    except OSError as error:
        raise ConfigError(
            _("{file}: cannot be read: {why}").format(file=path, why=why_failed(error))
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(_("{file}: not a key file").format(file=path)) from None
    if ring.active not in ring.keys:
        raise ConfigError(_("{file}: not a key file").format(file=path))
    return ring


def _encode(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _decode(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("key length")
    return key
