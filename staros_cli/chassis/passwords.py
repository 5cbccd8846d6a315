"""Passwords at rest."""

from __future__ import annotations

import base64
import binascii

from staros_cli import messages
from staros_cli.messages import Refused

SALT_LENGTH = 16
# scrypt with the cost that RFC 7914 gives for interactive logins: 16 MiB and some 50 ms a try.
_COST, _BLOCK, _LANES, _KEY_LENGTH = 16384, 8, 1, 32
_FORM = "$scrypt$"


def encrypt(password: str, salt: bytes) -> str:
    """The form in which a password is kept: `$scrypt$` with salt and key, in base64."""
    encode = base64.urlsafe_b64encode
    return f"{_FORM}{encode(salt).decode()}${encode(_derive(password, salt)).decode()}"


def matches(password: str, kept: str) -> bool:
    """Whether `password` is the one that is kept as `kept`. Takes some 50 ms."""
    import hmac

    salt, key = check(kept)
    return hmac.compare_digest(_derive(password, salt), key)


def _derive(password: str, salt: bytes) -> bytes:
    import hashlib

    data = password.encode(errors="surrogatepass")
    return hashlib.scrypt(data, salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=_KEY_LENGTH)


def _decode(text: str) -> bytes:
    return base64.b64decode(text, altchars=b"-_", validate=True)


def check(kept: str) -> tuple[bytes, bytes]:
    """Salt and key of a kept password. Raises Refused for what `encrypt` does not make."""
    salt, _, key = kept.removeprefix(_FORM).partition("$")
    try:
        found = _decode(salt), _decode(key)
    except (binascii.Error, ValueError):
        found = b"", b""
    if not kept.startswith(_FORM) or (len(found[0]), len(found[1])) != (SALT_LENGTH, _KEY_LENGTH):
        raise Refused(messages.BAD_ENCRYPTED_PASSWORD)
    return found
