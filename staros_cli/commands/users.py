"""Commands about users: who may log in and how."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import passwords
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.users import (
    LOCAL_USERS,
    LOCKOUT_MINUTES,
    MAX_FAILED_LOGINS,
    Account,
    Users,
    is_public_key,
)
from staros_cli.commands import outside
from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.suspension import Steps
from staros_cli.configuration.tree import Node
from staros_cli.language.parser import Command, words_of
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
_OF_USER = "authorized-key username"
"""The beginning of the lines of the SSH server that are about a user."""


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
    """Remove a user of the whole system, who is not suspended any more either."""
    name = invocation.command.text("administrator_name")
    invocation.chassis.users.remove(LOCAL_USERS, name)
    invocation.state.frames[-1].node.drop(f"suspend local-user {name}")


@handles("suspend_local_user")
def suspend_local_user(invocation: Invocation) -> None:
    """Let a user of the whole system in no more."""
    invocation.chassis.users.suspended.add(invocation.command.text("administrator_name"))


@handles("no_suspend_local_user")
def no_suspend_local_user(invocation: Invocation) -> None:
    """Let a user of the whole system in again."""
    invocation.chassis.users.suspended.discard(invocation.command.text("administrator_name"))


def _put(invocation: Invocation, context: str, privilege: Privilege) -> Steps[None]:
    """Enter an account; the configuration holds the password encrypted, never as it was typed."""
    command, users = invocation.command, invocation.chassis.users
    words = list(command.words)
    if command.secrets:
        place, kept = command.secrets[0]
        if not command.has("encrypted"):
            kept = yield from outside.encrypted(invocation, kept, users.salt)
        words[place - 1 - command.has("encrypted") : place + 1] = ["encrypted", "password", kept]
    else:
        kept = passwords.NONE
        account = users.find(command.text("administrator_name"))
        if account and account.context == context and not command.has("nopassword"):
            kept = account.kept_password
        if kept != passwords.NONE:
            words += ["encrypted", "password", kept]
    users.put(_account(command, context, privilege, kept))
    invocation.kept_line = " ".join(words)


def _account(command: Command, context: str, privilege: Privilege, kept: str) -> Account:
    """The account that a command describes."""
    return Account(
        command.text("administrator_name"),
        privilege,
        kept,
        context,
        command.number("idle_seconds", 60 * command.number("idle_minutes")),
        command.number("absolute_seconds", 60 * command.number("absolute_minutes")),
        lockable=not command.has("no-lockout-login-failure"),
    )


@handles("local_user_lockout_time")
def lockout_time(invocation: Invocation) -> None:
    """Set how long a user stays locked out."""
    invocation.chassis.users.lockout_minutes = invocation.command.number("minutes")


@handles("default_local_user_lockout_time")
def default_lockout_time(invocation: Invocation) -> None:
    """Let a user stay locked out as long as by default."""
    invocation.chassis.users.lockout_minutes = LOCKOUT_MINUTES


@handles("local_user_max_failed_logins")
def max_failed_logins(invocation: Invocation) -> None:
    """Set how many failed logins lock a user out."""
    invocation.chassis.users.max_failed_logins = invocation.command.number("number")


@handles("default_local_user_max_failed_logins")
def default_max_failed_logins(invocation: Invocation) -> None:
    """Lock a user out after as many failed logins as by default."""
    invocation.chassis.users.max_failed_logins = MAX_FAILED_LOGINS


@handles("authorized_key")
def authorized_key(invocation: Invocation) -> None:
    """Let a public key log in."""
    key = _openssh(invocation.command.text("public_key"))
    invocation.chassis.users.put_key(invocation.command.text("administrator_name"), key)


@handles("no_authorized_key")
def no_authorized_key(invocation: Invocation) -> None:
    """Let no public key log in any more."""
    invocation.chassis.users.remove_key(invocation.command.text("administrator_name"))


@handles("sshd_authorized_key")
def sshd_authorized_key(invocation: Invocation) -> None:
    """Let a user log in over SSH, with a public key if the command has one."""
    if "public_key" in invocation.command.values:
        authorized_key(invocation)
    else:
        _take_back(invocation)


@handles("no_sshd_authorized_key")
def no_sshd_authorized_key(invocation: Invocation) -> None:
    """Take the permission to log in over SSH back."""
    _take_back(invocation)


@handles("no_server_sshd")
def no_server_sshd(invocation: Invocation) -> None:
    """Remove the SSH server; the public keys of its lines lead to nobody any more."""
    server = invocation.state.frames[-1].node.find("server sshd")
    for line in server.children.values() if server else ():
        _forget(invocation.chassis.users, line)


def _take_back(invocation: Invocation) -> None:
    """Forget the public key of the line that goes; the key of another line of the user returns."""
    name = invocation.command.text("administrator_name")
    lines = invocation.state.frames[-1].node.children
    gone = lines.get(f"{_OF_USER} {name} host {invocation.command.text('host_address')}")
    if gone is None or not _forget(invocation.chassis.users, gone):
        return
    for line in lines.values():
        if line is not gone and line.key.startswith(f"{_OF_USER} {name} ") and _key_of(line):
            invocation.chassis.users.put_key(name, _key_of(line))


def _forget(users: Users, line: Node) -> bool:
    """Forget the public key of a line of the SSH server; whether it was the one of its user."""
    key = _key_of(line)
    name = words_of(line.line)[2].text if key else ""
    if not key or users.key_of(name) != key:
        return False
    users.remove_key(name)
    return True


def _key_of(line: Node) -> str:
    """The public key that a line of the SSH server carries, empty if it carries none."""
    words = [word.text for word in words_of(line.line)]
    carried = line.key.startswith(_OF_USER) and words[-2] == "key"
    return _openssh(words[-1]) if carried else ""


def _openssh(text: str) -> str:
    """A public key without the remark behind it. Raises Refused for what is not one."""
    kind, _, rest = text.strip().partition(" ")
    key = rest.split(" ")[0]
    if not is_public_key(kind, key):
        raise Refused(messages.BAD_PUBLIC_KEY)
    return f"{kind} {key}"
