"""Layouts about users of the whole system."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.last_logins import Login
from staros_cli.chassis.users import Account
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Cell, Column, Fields, Rows, Screen, Table, blocks, yes_no


class LocalUser(Struct, frozen=True):
    """A user of the whole system, the last login that is known, and what keeps the user out."""

    account: Account
    last: Login | None
    suspended: bool
    locked: bool

    @property
    def seen(self) -> str:
        """When the user logged in last."""
        return calendar.long_date(self.last.time) if self.last else "Never"


_USERS = Table[LocalUser](
    Column("Username", 32, lambda user: user.account.name),
    Column("Auth Level", 22, lambda user: user.account.privilege.title),
    Column("Locked", 6, lambda user: yes_no(user.locked)),
    Column("Suspended", 9, lambda user: yes_no(user.suspended)),
)


@layout("show local-user", "chosen", "No device was seen to print it.")
def users(found: Sequence[LocalUser]) -> Rows:
    """The users of the whole system."""
    return _USERS.of(found)


@layout(
    "show local-user verbose",
    "chosen",
    "Labels as remembered. Passwords do not expire, which is left out.",
)
def details(found: Sequence[LocalUser]) -> Screen:
    """Users of the whole system, a block each."""
    return blocks(map(_details, found))


def _details(user: LocalUser) -> Fields:
    account = user.account
    fields: tuple[tuple[str, Cell], ...] = (
        ("Auth Level", account.privilege.title),
        ("Last Login", user.seen),
        ("Login Failures", account.failures),
        ("Locked", yes_no(user.locked)),
        ("Suspended", yes_no(user.suspended)),
        ("Lockout on Login Fail", yes_no(account.lockable)),
    )
    return Fields(fields, f"Username: {account.name}", width=22, between=": ")


@layout("show local-user statistics", "chosen", "No device was seen to print it.")
def statistics(found: Sequence[LocalUser]) -> Fields:
    """How many users of the whole system there are, and how many are kept out."""
    fields: tuple[tuple[str, Cell], ...] = (
        ("Total users", len(found)),
        ("Locked users", sum(user.locked for user in found)),
        ("Suspended users", sum(user.suspended for user in found)),
    )
    return Fields(fields, "Local user statistics:", width=22, between=": ")
