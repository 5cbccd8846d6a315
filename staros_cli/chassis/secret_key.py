"""Secrets that the system has to show again, such as names of SNMP communities.

They are kept encrypted (AES-SIV, RFC 5297): the same text of the same use is the same each time, so
that its line is found again, and what somebody else made or changed is not taken. The key belongs
to the chassis; it stands beside the file systems of the device and in no file of theirs.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from staros_cli.whole_files import read_regular, write_whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

MARK = "+A"
_LENGTH = 32


def of_seed(seed: int) -> Callable[[int], bytes]:
    """Bytes for a key that follows from a seed: for a chassis whose files are nobody's secret."""
    return Random(f"{seed} secret key").randbytes


class SecretKey:
    """The key of a chassis, made by `random` when it is first needed.

    With `path` it is kept in a file for the owner only; where that cannot be written, what was
    encrypted is not read again by another program.
    """

    def __init__(self, random: Callable[[int], bytes], path: Path | None = None) -> None:
        self._random = random
        self._path = path
        self._key = b""

    def encrypted(self, text: str, use: str) -> str:
        """The form in which a secret is kept: base32 behind `+A`."""
        data = self._cipher().encrypt(text.encode(errors="surrogatepass"), [use.encode()])
        return MARK + base64.b32encode(data).decode().rstrip("=").lower()

    def decrypted(self, kept: str, use: str) -> str | None:
        """The secret that is kept so; None for what this key has not encrypted for that use."""
        from cryptography.exceptions import InvalidTag

        text = kept.removeprefix(MARK)
        try:
            data = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
            plain = self._cipher().decrypt(data, [use.encode()])
        except (ValueError, InvalidTag):
            return None
        return plain.decode(errors="surrogatepass") if kept.startswith(MARK) else None

    def _cipher(self) -> AESSIV:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # not for the first prompt

        if not self._key:
            self._key = self._stored() or self._made()
        return AESSIV(self._key)

    def _stored(self) -> bytes:
        """The key in the file; nothing when there is none that can be used."""
        found = b""
        if self._path is not None:
            with contextlib.suppress(OSError):
                found = read_regular(self._path, _LENGTH, follow=False)
        return found if len(found) == _LENGTH else b""

    def _made(self) -> bytes:
        key = self._random(_LENGTH)
        if self._path is not None:
            with contextlib.suppress(OSError):
                write_whole(self._path, key)
        return key
