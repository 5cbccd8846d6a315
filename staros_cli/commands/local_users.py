"""Commands that look at users of the whole system."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import local_users as layouts
from staros_cli.rendering.local_users import LocalUser


@handles("show_local_user")
def show_local_user(invocation: Invocation) -> Output:
    """Show the users of the whole system."""
    users, wanted = invocation.chassis.users, invocation.command.text("administrator_name")
    found = [
        LocalUser(
            account,
            invocation.system.last_logins.of(account.name),
            account.name in users.suspended,
            account.locked_until > invocation.now,
        )
        for account in users.local
        if wanted in ("", account.name)
    ]
    if wanted and not found:
        raise Refused(messages.NO_SUCH_USER, name=wanted)
    if invocation.command.has("statistics"):
        return layouts.statistics(found)
    if wanted or invocation.command.has("verbose"):
        return layouts.details(found)
    return layouts.users(found)


@handles("clear_local_user")
def clear_local_user(invocation: Invocation) -> None:
    """Let a user in again who is locked out."""
    invocation.chassis.users.unlock(invocation.command.text("administrator_name"))
