"""Commands about users: who may log in and how."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.users import LOCAL_USERS, Account, is_public_key
from staros_cli.commands import outside
from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.suspension import Steps
from staros_cli.messages import Refused

_LEVELS = {
    "administrator": Privilege.ADMINISTRATOR,
    "inspector": Privilege.INSPECTOR,
    "operator": Privilege.OPERATOR,
    "security-admin": Privilege.SECURITY,
}
_OF_CONTEXT = {
    "administrator": Privilege.SECURITY,
    "config_administrator": Privilege.ADMINISTRATOR,
    "inspector": Privilege.INSPECTOR,
    "operator": Privilege.OPERATOR,
}


@handles(*_OF_CONTEXT)
def context_user(invocation: Invocation) -> Steps[None]:
    """Configure a user in a context, or give the user a new password, level or limits."""
    name, level = invocation.command.text("administrator_name"), invocation.command.rule.name
    yield from _put(invocation, invocation.state.configured("context"), _OF_CONTEXT[level])
    for other in _OF_CONTEXT:
        if other != level:
            invocation.state.frames[-1].node.drop(f"{other.replace('_', '-')} {name}")


@handles(*(f"no_{level}" for level in _OF_CONTEXT))
def no_context_user(invocation: Invocation) -> None:
    """Remove a user of a context."""
    level = _OF_CONTEXT[invocation.command.rule.name.removeprefix("no_")]
    context = invocation.state.configured("context")
    invocation.chassis.users.remove(context, invocation.command.text("administrator_name"), level)


@handles("local_user")
def local_user(invocation: Invocation) -> Steps[None]:
    """Configure a user of the whole system; an operator unless a level is given."""
    levels = [level for word, level in _LEVELS.items() if invocation.command.has(word)]
    yield from _put(invocation, LOCAL_USERS, levels[0] if levels else Privilege.OPERATOR)


@handles("no_local_user")
def no_local_user(invocation: Invocation) -> None:
    """Remove a user of the whole system."""
    invocation.chassis.users.remove(LOCAL_USERS, invocation.command.text("administrator_name"))


def _put(invocation: Invocation, context: str, privilege: Privilege) -> Steps[None]:
    """Enter an account; the configuration holds the password encrypted, never as it was typed."""
    command, users = invocation.command, invocation.chassis.users
    password = command.text("password")
    kept = password
    if not command.has("encrypted"):
        kept = yield from outside.encrypted(invocation, password, users.salt)
    users.put(
        Account(
            command.text("administrator_name"),
            privilege,
            kept,
            context,
            command.number("idle_seconds"),
            command.number("absolute_seconds"),
        )
    )
    words = list(command.words)
    behind_name = 3 if words[0] == "local-user" else 2
    place = words.index("password", behind_name)
    level = [word for word in words[behind_name:place] if word != "encrypted"]
    before = [*words[:behind_name], *level]
    invocation.kept_line = " ".join([*before, "encrypted", "password", kept, *words[place + 2 :]])


@handles("local_user_lockout_time")
def lockout_time(invocation: Invocation) -> None:
    """Set how long a user stays locked out."""
    invocation.chassis.users.lockout_minutes = invocation.command.number("minutes")


@handles("local_user_max_failed_logins")
def max_failed_logins(invocation: Invocation) -> None:
    """Set how many failed logins lock a user out."""
    invocation.chassis.users.max_failed_logins = invocation.command.number("number")


@handles("authorized_key")
def authorized_key(invocation: Invocation) -> None:
    """Let a public key log in."""
    kind, _, rest = invocation.command.text("public_key").strip().partition(" ")
    key = rest.split(" ")[0]
    if not is_public_key(kind, key):
        raise Refused(messages.BAD_PUBLIC_KEY)
    invocation.chassis.users.put_key(invocation.command.text("administrator_name"), f"{kind} {key}")


@handles("no_authorized_key")
def no_authorized_key(invocation: Invocation) -> None:
    """Let no public key log in any more."""
    invocation.chassis.users.remove_key(invocation.command.text("administrator_name"))
