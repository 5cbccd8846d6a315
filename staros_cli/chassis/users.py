"""The accounts of a chassis: who may log in, with what level, and when that is refused."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import cache

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import passwords
from staros_cli.chassis.contexts import LOCAL
from staros_cli.chassis.passwords import SALT_LENGTH
from staros_cli.chassis.privilege import Privilege
from staros_cli.messages import Refused

LOCAL_USERS = ""
"""Stands for the context of accounts that belong to none: those of `local-user`."""

MOST_USERS = 128
MAX_FAILED_LOGINS = 5
LOCKOUT_MINUTES = 60


@cache
def nobody() -> str:
    """A kept password to try for a name that has no account, so that both take as long."""
    return passwords.encrypt("", bytes(SALT_LENGTH))


class Account(Struct):
    """A user who may log in. Time limits are in seconds, 0 for none.

    `failures` counts the failed tries since the last good one, `locked_until` is a time of the
    chassis in seconds since 1970 UTC. They lock out only who is `lockable`.
    """

    name: str
    privilege: Privilege
    kept_password: str
    context: str = LOCAL
    idle_limit: int = 0
    absolute_limit: int = 0
    failures: int = 0
    locked_until: float = 0.0
    lockable: bool = True


_LENGTH = 4
"""The bytes before each part of a public key that tell its length."""


def is_public_key(kind: str, encoded: str) -> bool:
    """Whether this is a public key in the form of OpenSSH: whole parts, the first is its kind."""
    try:
        data = base64.b64decode(encoded, validate=True)
    except ValueError:
        return False
    parts = []
    while data:
        size = int.from_bytes(data[:_LENGTH])
        if len(data) < _LENGTH + size:
            return False
        parts.append(data[_LENGTH : _LENGTH + size])
        data = data[_LENGTH + size :]
    return len(parts) > 1 and parts[0] == kind.encode()


class Users:
    """All accounts. `salt` gives so many random bytes.

    `suspended` has the names of local users who may not log in.
    """

    def __init__(self, salt: Callable[[int], bytes]) -> None:
        self.salt = salt
        self.clear()

    def clear(self) -> None:
        """Forget everything: the system went down."""
        self._accounts: dict[tuple[str, str], Account] = {}
        self._keys: dict[str, str] = {}
        self._owners: set[str] = set()
        self.suspended: set[str] = set()
        self.max_failed_logins = MAX_FAILED_LOGINS
        self.lockout_minutes = LOCKOUT_MINUTES

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def __len__(self) -> int:
        return len(self._accounts)

    def put(self, account: Account) -> None:
        """Add an account, or give the one of that name its new properties; it is not locked then.

        Raises Refused for a password that cannot have been kept here, and past the limit.
        """
        passwords.check(account.kept_password)
        place = (account.context, account.name)
        if place not in self._accounts and len(self._accounts) >= MOST_USERS:
            raise Refused(messages.TOO_MANY_USERS, limit=MOST_USERS)
        self._accounts[place] = account
        self._owners.add(account.name)

    def remove(self, context: str, name: str, privilege: Privilege | None = None) -> None:
        """Remove an account, of that level if one is given. Raises Refused when there is none."""
        found = self._accounts.get((context, name))
        if found is None or privilege not in (None, found.privilege):
            raise Refused(messages.NO_SUCH_USER, name=name)
        del self._accounts[context, name]
        if context == LOCAL_USERS:
            self.suspended.discard(name)
        self._forget_keys()

    def remove_context(self, context: str) -> None:
        """Remove the accounts of a context that was removed."""
        for place in [place for place in self._accounts if place[0] == context]:
            del self._accounts[place]
        self._forget_keys()

    def _forget_keys(self) -> None:
        """Forget the keys of users that no account is left of, as far as they had one."""
        names = {account.name for account in self}
        for name in [name for name in self._keys if name in self._owners and name not in names]:
            del self._keys[name]
        self._owners &= names

    def find(self, name: str) -> Account | None:
        """The account of that name: of `local-user` first, then of the context `local`."""
        found = [account for account in self if account.name == name]
        rank = {LOCAL_USERS: 0, LOCAL: 1}
        return min(found, key=lambda account: rank.get(account.context, 2), default=None)

    def unlocked(self, name: str, now: float) -> Account | None:
        """The account of that name, None when there is none, or it is locked or suspended."""
        account = self.not_suspended(name)
        return account if account is not None and account.locked_until <= now else None

    def not_suspended(self, name: str) -> Account | None:
        """The account of that name, None when there is none or it is suspended."""
        account = self.find(name)
        if account is None or (account.context == LOCAL_USERS and name in self.suspended):
            return None
        return account

    def admit(self, name: str, matched: bool, now: float) -> Account | None:
        """The account that a try to log in leads to, None when it is refused.

        `matched` tells whether the password was right. Too many failed tries lock a local user out
        for a while, in which the right password is refused as well; users of contexts are not.
        """
        account = self.unlocked(name, now)
        if account is None:
            return None
        if matched:
            account.failures = 0
            return account
        if account.context != LOCAL_USERS or not account.lockable:
            return None
        account.failures += 1
        if account.failures >= self.max_failed_logins:
            account.failures = 0
            account.locked_until = now + 60.0 * self.lockout_minutes
        return None

    @property
    def local(self) -> list[Account]:
        """The users of the whole system, by name."""
        found = [account for account in self if account.context == LOCAL_USERS]
        return sorted(found, key=lambda account: account.name)

    def unlock(self, name: str) -> None:
        """Let a user of the whole system in again. Raises Refused without that user."""
        found = self._accounts.get((LOCAL_USERS, name))
        if found is None:
            raise Refused(messages.NO_SUCH_USER, name=name)
        found.failures, found.locked_until = 0, 0.0

    # Public keys

    def put_key(self, name: str, key: str) -> None:
        """Allow a public key, in the form of OpenSSH without its remark, to log in as `name`."""
        self._keys[name] = key

    def remove_key(self, name: str) -> None:
        """Allow no public key any more. Raises Refused when there was none."""
        if self._keys.pop(name, None) is None:
            raise Refused(messages.NO_SUCH_KEY, name=name)

    def key_of(self, name: str) -> str | None:
        """The public key that may log in as `name`."""
        return self._keys.get(name)
