"""Stand-ins: what the chassis of a lab is given for passwords, so that no file holds them."""

from __future__ import annotations

from hashlib import sha256

from staros_cli.chassis import passwords
from staros_cli.messages import Refused

LENGTH = 24


class StandIns:
    """Texts that stand for passwords: always the same for the same one, hard to lead back to it.

    Those of another `attempt` are others.
    """

    def __init__(self, attempt: str) -> None:
        self._salt = sha256(attempt.encode()).digest()[: passwords.SALT_LENGTH]
        self._known: dict[str, str] = {}

    def of(self, secret: str) -> str:
        """The stand-in of a password; a password in its stored form stays as it is."""
        try:
            passwords.check(secret)
        except Refused:
            if secret not in self._known:
                kept = passwords.encrypt(secret, self._salt)  # the salt comes first in it
                self._known[secret] = f"p{kept[1 - LENGTH :]}"
            return self._known[secret]
        return secret
