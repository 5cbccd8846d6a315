"""Passwords at rest."""

from __future__ import annotations

import base64

from staros_cli import messages
from staros_cli.messages import Refused

SALT_LENGTH = 16
# scrypt with the cost that RFC 7914 gives for interactive logins: 16 MiB and some 50 ms a try.
_COST, _BLOCK, _LANES, _KEY_LENGTH = 16384, 8, 1, 32
_MARK = "+B"
_OLD_FORM = "$scrypt$"
"""The form of passwords in files of version 0.1 and before."""


def encrypt(password: str, salt: bytes) -> str:
    """The form in which a password is kept: salt and key in base32 behind `+B`.

    So tools that hide the secrets of a device find it.
    """
    return _MARK + _encoded(salt + _derive(password, salt))


def stand_in(chassis_id: str, line: str, now: float) -> str:
    """A stand-in, in the form of a kept password, for a secret that nothing here has a use for.

    It follows from the chassis, the line without the secret, and the time: the secret is not in it.
    """
    import hashlib

    place = f"{chassis_id}\n{line}\n{now!r}".encode(errors="surrogatepass")
    return _MARK + _encoded(hashlib.blake2b(place, digest_size=20).digest())


def _encoded(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


NONE = _MARK + _encoded(bytes(SALT_LENGTH + _KEY_LENGTH))
"""The kept password of a user who has none: no password leads to it."""


def matches(password: str, kept: str) -> bool:
    """Whether `password` is the one that is kept as `kept`. Takes some 50 ms."""
    import hmac

    salt, key = check(kept)
    return hmac.compare_digest(_derive(password, salt), key)


def _derive(password: str, salt: bytes) -> bytes:
    import hashlib

    data = password.encode(errors="surrogatepass")
    return hashlib.scrypt(data, salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=_KEY_LENGTH)


def _decoded(kept: str) -> bytes:
    """Salt and key of a kept password, one behind the other. Raises ValueError."""
    if kept.startswith(_MARK):
        text = kept.removeprefix(_MARK)
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    if kept.startswith(_OLD_FORM):
        salt, _, key = kept.removeprefix(_OLD_FORM).partition("$")
        return b"".join(base64.b64decode(part, b"-_", validate=True) for part in (salt, key))
    raise ValueError(kept)


def check(kept: str) -> tuple[bytes, bytes]:
    """Salt and key of a kept password. Raises Refused for what `encrypt` does not make."""
    try:
        found = _decoded(kept)
    except ValueError:
        found = b""
    if len(found) != SALT_LENGTH + _KEY_LENGTH:
        raise Refused(messages.BAD_ENCRYPTED_PASSWORD)
    return found[:SALT_LENGTH], found[SALT_LENGTH:]
