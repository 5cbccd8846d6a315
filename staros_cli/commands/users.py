"""Commands about users: who may log in and how."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.users import LOCAL_USERS, Account, is_public_key
from staros_cli.commands import outside
from staros_cli.commands.engine import Call, handles
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
def context_user(call: Call) -> None:
    """Configure a user in a context, or give the user a new password, level or limits."""
    name, level = call.command.text("administrator_name"), call.command.rule.name
    _put(call, call.state.configured("context"), _OF_CONTEXT[level])
    for other in _OF_CONTEXT:
        if other != level:
            call.state.frames[-1].node.drop(f"{other.replace('_', '-')} {name}")


@handles(*(f"no_{level}" for level in _OF_CONTEXT))
def no_context_user(call: Call) -> None:
    """Remove a user of a context."""
    level = _OF_CONTEXT[call.command.rule.name.removeprefix("no_")]
    context = call.state.configured("context")
    call.chassis.users.remove(context, call.command.text("administrator_name"), level)


@handles("local_user")
def local_user(call: Call) -> None:
    """Configure a user of the whole system; an operator unless a level is given."""
    levels = [level for word, level in _LEVELS.items() if call.command.has(word)]
    _put(call, LOCAL_USERS, levels[0] if levels else Privilege.OPERATOR)


@handles("no_local_user")
def no_local_user(call: Call) -> None:
    """Remove a user of the whole system."""
    call.chassis.users.remove(LOCAL_USERS, call.command.text("administrator_name"))


def _put(call: Call, context: str, privilege: Privilege) -> None:
    """Enter an account; the configuration holds the password encrypted, never as it was typed."""
    command, users = call.command, call.chassis.users
    password = command.text("password")
    is_kept = command.has("encrypted")
    kept = password if is_kept else outside.encrypted(call, password, users.salt)
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
    call.kept_line = " ".join([*before, "encrypted", "password", kept, *words[place + 2 :]])


@handles("local_user_lockout_time")
def lockout_time(call: Call) -> None:
    """Set how long a user stays locked out."""
    call.chassis.users.lockout_minutes = call.command.number("minutes")


@handles("local_user_max_failed_logins")
def max_failed_logins(call: Call) -> None:
    """Set how many failed logins lock a user out."""
    call.chassis.users.max_failed_logins = call.command.number("number")


@handles("authorized_key")
def authorized_key(call: Call) -> None:
    """Let a public key log in."""
    kind, _, rest = call.command.text("public_key").strip().partition(" ")
    key = rest.split(" ")[0]
    if not is_public_key(kind, key):
        raise Refused(messages.BAD_PUBLIC_KEY)
    call.chassis.users.put_key(call.command.text("administrator_name"), f"{kind} {key}")


@handles("no_authorized_key")
def no_authorized_key(call: Call) -> None:
    """Let no public key log in any more."""
    call.chassis.users.remove_key(call.command.text("administrator_name"))
