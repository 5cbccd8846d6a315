"""Accounts: kept encrypted, locked out, limited."""

from __future__ import annotations

import pytest

from staros_cli.chassis.passwords import encrypt, matches
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.users import LOCAL_USERS, Account, Users
from staros_cli.messages import Refused
from staros_cli.shell.replies import Awaits
from staros_cli.shell.session import CliSession
from tests.lab import Lab
from tests.support import make_session, output, run

KEPT = encrypt("secret", bytes(16))

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"


def users_with(*accounts: Account) -> Users:
    users = Users(bytes)
    for account in accounts:
        users.put(account)
    return users


def test_a_password_is_kept_so_that_only_itself_matches() -> None:
    assert "secret" not in KEPT
    assert matches("secret", KEPT)
    assert not matches("Secret", KEPT)
    assert encrypt("secret", b"x" * 16) != KEPT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        "$scrypt$",
        "$scrypt$AA==$AA==",
        "$scrypt$!$!",
        KEPT[:15] + " !! " + KEPT[15:],
        KEPT + " ",
        KEPT[:-4] + "\n" + KEPT[-4:],
        KEPT + "é",
    ],
)
def test_what_is_no_encrypted_password_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="not in its stored form"):
        users_with(Account("joe", Privilege.OPERATOR, text))


def test_too_many_failures_lock_an_account_for_a_while() -> None:
    users = users_with(Account("joe", Privilege.OPERATOR, KEPT, LOCAL_USERS))
    users.max_failed_logins, users.lockout_minutes = 3, 5
    for now in (0.0, 1.0, 2.0):
        assert users.admit("joe", False, now) is None
    assert users.admit("joe", True, 301.0) is None
    assert users.admit("joe", True, 302.0) is not None


def test_a_good_login_forgets_the_failures() -> None:
    users = users_with(Account("joe", Privilege.OPERATOR, KEPT, LOCAL_USERS))
    users.max_failed_logins = 2
    for _ in range(5):
        assert users.admit("joe", False, 0.0) is None
        assert users.admit("joe", True, 0.0) is not None


def test_a_new_password_unlocks() -> None:
    users = users_with(Account("joe", Privilege.OPERATOR, KEPT, LOCAL_USERS))
    users.max_failed_logins = 2
    users.admit("joe", False, 0.0)
    users.admit("joe", False, 0.0)
    assert users.admit("joe", True, 1.0) is None
    users.put(Account("joe", Privilege.OPERATOR, KEPT, LOCAL_USERS))
    assert users.admit("joe", True, 1.0) is not None


def test_failures_lock_no_user_of_a_context_out() -> None:
    users = users_with(Account("joe", Privilege.SECURITY, KEPT))
    for _ in range(10 * users.max_failed_logins):
        assert users.admit("joe", False, 0.0) is None
    assert users.admit("joe", True, 0.0) is not None


def test_failures_lock_nobody_out_who_is_not_to_be_locked() -> None:
    users = users_with(Account("joe", Privilege.OPERATOR, KEPT, LOCAL_USERS, lockable=False))
    for _ in range(10 * users.max_failed_logins):
        assert users.admit("joe", False, 0.0) is None
    assert users.admit("joe", True, 0.0) is not None


def test_only_a_suspended_user_of_the_system_stays_out() -> None:
    users = users_with(
        Account("joe", Privilege.OPERATOR, KEPT, LOCAL_USERS),
        Account("ann", Privilege.OPERATOR, KEPT),
    )
    users.suspended |= {"joe", "ann"}
    assert users.admit("joe", True, 0.0) is None
    assert users.not_suspended("joe") is None
    assert users.admit("ann", True, 0.0) is not None
    users.remove(LOCAL_USERS, "joe")
    users.put(Account("joe", Privilege.OPERATOR, KEPT, LOCAL_USERS))
    assert users.admit("joe", True, 0.0) is not None


def test_a_name_in_several_places_means_the_user_of_the_system_first() -> None:
    users = users_with(
        Account("joe", Privilege.INSPECTOR, KEPT, "isp"),
        Account("joe", Privilege.OPERATOR, KEPT, "local"),
    )
    found = users.find("joe")
    assert found is not None
    assert found.privilege is Privilege.OPERATOR
    users.put(Account("joe", Privilege.SECURITY, KEPT, LOCAL_USERS))
    found = users.find("joe")
    assert found is not None
    assert found.privilege is Privilege.SECURITY


# Configured at the command line


def test_the_configuration_never_shows_what_was_typed() -> None:
    session, _ = make_session()
    run(session, "configure", "context local")
    assert output(session, 'administrator password password "top secret" timeout-idle 60') == []
    run(session, "end", "configure")
    assert output(session, "local-user username ann authorization-level operator pass hidden") == []
    shown = "\n".join(output(session, "end") or output(session, "show configuration"))
    assert "top secret" not in shown
    assert "hidden" not in shown
    assert "administrator password encrypted password +B" in shown
    assert shown.count("timeout-idle 60") == 1


def configured(lab: Lab, name: str) -> Account:
    found = lab.chassis.users.find(name)
    assert found is not None
    return found


def test_a_local_user_has_limits_in_minutes_and_options_on_both_sides_of_the_password() -> None:
    lab = Lab()
    lab.configure(
        "local-user username ann noftp timeout-min-absolute 60 no-lockout-login-failure"
        " authorization-level administrator password secret timeout-min-idle 5"
    )
    for _ in range(2):
        account = configured(lab, "ann")
        assert (account.idle_limit, account.absolute_limit) == (300, 3600)
        assert account.privilege is Privilege.ADMINISTRATOR
        assert not account.lockable
        assert matches("secret", account.kept_password)
        lab.typed("save configuration -noconfirm")
        lab.reload()


def test_without_a_password_a_local_user_keeps_the_one_there_is() -> None:
    lab = Lab()
    lab.configure("local-user username ann password secret", "local-user username ann ecs")
    assert matches("secret", configured(lab, "ann").kept_password)
    lab.configure("local-user username ann ecs nopassword", "local-user username bob")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    for name in ("ann", "bob"):
        assert not matches("", configured(lab, name).kept_password)
        assert not matches("secret", configured(lab, name).kept_password)
    shown = lab.typed("show configuration")
    assert "  local-user username ann ecs nopassword\n" in shown
    assert "  local-user username bob\n" in shown


def test_a_user_of_a_context_lends_no_password_to_a_local_user() -> None:
    lab = Lab()
    lab.configure("local-user username ann", "context local", "operator ann password secret")
    lab.configure("local-user username ann ecs")
    assert not matches("secret", configured(lab, "ann").kept_password)


def test_a_local_user_is_suspended_until_that_is_taken_back() -> None:
    lab = Lab()
    lab.configure("local-user username ann password secret", "suspend local-user ann")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    users = lab.chassis.users
    assert users.not_suspended("ann") is None
    lab.configure("no suspend local-user ann")
    assert users.not_suspended("ann") is not None
    lab.configure("suspend local-user ann", "no local-user username ann")
    assert "ann" not in lab.typed("show configuration")


def test_the_rules_of_failed_logins_go_back_to_their_defaults() -> None:
    lab = Lab()
    lab.configure("local-user lockout-time 3", "local-user max-failed-logins 2")
    users = lab.chassis.users
    assert (users.lockout_minutes, users.max_failed_logins) == (3, 2)
    lab.configure("default local-user lockout-time", "default local-user max-failed-logins")
    assert (users.lockout_minutes, users.max_failed_logins) == (60, 5)
    assert "local-user" not in lab.typed("show configuration")


def test_a_password_is_not_in_the_history() -> None:
    session, _ = make_session()
    run(session, "configure", "context local", "operator joe pass secret", "end")
    assert session.history == ["configure", "context local", "end"]


def test_the_saved_form_is_taken_back_at_a_start() -> None:
    session, clock = make_session()
    run(session, "configure", "context local", "operator joe password secret", "end")
    run(session, "save configuration -noconfirm")
    session.handle("reload -noconfirm")
    clock.advance(10)
    session.poll()
    users = session.system.chassis.users
    account = users.find("joe")
    assert account is not None
    assert matches("secret", account.kept_password)
    assert account.privilege is Privilege.OPERATOR


def test_a_stored_form_with_blanks_is_refused_when_it_is_entered() -> None:
    """It would be written without quotes, and so be refused at the next start."""
    session, _ = make_session()
    run(session, "configure", "context local")
    kept = KEPT[:15] + " !! " + KEPT[15:]
    reply = session.handle(f'operator joe encrypted password "{kept}"')
    assert reply.lines == ["Failure: The encrypted password is not in its stored form"]
    assert session.system.chassis.users.find("joe") is None


def test_a_user_has_one_level_in_a_context() -> None:
    session, _ = make_session()
    run(
        session, "configure", "context local", "operator joe password a", "inspector joe password b"
    )
    run(session, "end")
    shown = "\n".join(output(session, "show configuration context local"))
    assert "operator joe" not in shown
    assert "inspector joe" in shown


def test_removing_users() -> None:
    session, _ = make_session()
    run(session, "configure", "context gone", "operator joe password a", "operator ann password a")
    assert session.handle("no inspector joe").failed
    run(session, "no operator joe")
    assert session.handle("no operator joe").lines == ["Failure: There is no such user: joe"]
    run(session, "exit", "no context gone -noconfirm")
    assert len(session.system.chassis.users) == 0


def test_only_a_security_administrator_manages_users() -> None:
    session, _ = make_session(privilege=Privilege.ADMINISTRATOR)
    run(session, "configure", "context local")
    reply = session.handle("operator joe password secret")
    assert reply.lines == ["Failure: This command needs the privilege of Security Administrator"]


def test_a_public_key_has_to_look_like_one() -> None:
    session, _ = make_session()
    run(session, "configure", "context local")
    assert session.handle('authorized-key username joe key "nonsense"').failed
    run(session, f'authorized-key username joe key "ssh-ed25519 {KEY} joe@host"')
    assert session.system.chassis.users.key_of("joe") == f"ssh-ed25519 {KEY}"
    run(session, "no authorized-key username joe")
    assert session.handle("no authorized-key username joe").failed


@pytest.mark.parametrize(
    "key",
    [
        "ssh-ed25519 AAAA",
        "ssh-ed25519 AAAAC3",
        f"ssh-rsa {KEY}",
        f"ssh-ed25519 {KEY[:-4]}",
        f"ssh-ed25519 {KEY}!",
        f"garbage {KEY}",
        "ssh-ed25519",
    ],
)
def test_a_key_that_is_none_is_refused_and_the_one_before_stays(key: str) -> None:
    session, _ = make_session()
    run(session, "configure", "context local")
    run(session, f'authorized-key username joe key "ssh-ed25519 {KEY}"')
    assert session.handle(f'authorized-key username joe key "{key}"').failed
    assert session.system.chassis.users.key_of("joe") == f"ssh-ed25519 {KEY}"


def keyed(host: str, key: str = KEY) -> str:
    return f'authorized-key username joe host {host} type v2-rsa key "ssh-ed25519 {key} joe@host"'


OTHER_KEY = KEY[:-4] + "AAAA"


def test_a_line_of_the_ssh_server_lets_its_public_key_in() -> None:
    lab = Lab()
    lab.configure("context local", "server sshd", keyed("192.0.2.20"))
    lab.typed("save configuration -noconfirm")
    lab.reload()
    assert lab.chassis.users.key_of("joe") == f"ssh-ed25519 {KEY}"
    lab.configure("context local", "server sshd", "no authorized-key username joe host 192.0.2.20")
    assert lab.chassis.users.key_of("joe") is None


def test_the_ssh_server_refuses_what_is_no_public_key() -> None:
    session, _ = make_session()
    run(session, "configure", "context local", "server sshd")
    assert session.handle(keyed("192.0.2.20", "nonsense")).failed
    assert "authorized-key" not in "\n".join(output(session, "do show configuration"))


def test_the_key_of_a_line_that_goes_leaves_that_of_another_line() -> None:
    lab = Lab()
    users = lab.chassis.users
    first, second = "192.0.2.20", "192.0.2.21"
    lab.configure("context local", "server sshd", keyed(first), keyed(second, OTHER_KEY))
    assert users.key_of("joe") == f"ssh-ed25519 {OTHER_KEY}"
    lab.configure("context local", "server sshd", f"no authorized-key username joe host {second}")
    assert users.key_of("joe") == f"ssh-ed25519 {KEY}"
    lab.configure("context local", "server sshd", keyed(second, OTHER_KEY))
    lab.configure("context local", "server sshd", f"no authorized-key username joe host {first}")
    assert users.key_of("joe") == f"ssh-ed25519 {OTHER_KEY}"


@pytest.mark.parametrize(
    "line", ["no server sshd", "server sshd;authorized-key username joe host 192.0.2.20"]
)
def test_a_key_goes_with_its_line_of_the_ssh_server(line: str) -> None:
    lab = Lab()
    lab.configure("context local", "server sshd", keyed("192.0.2.20"))
    lab.configure("context local", *line.split(";"))
    assert lab.chassis.users.key_of("joe") is None
    assert KEY not in lab.typed("show configuration")


def test_a_server_without_keys_takes_no_key_along() -> None:
    lab = Lab()
    lab.configure("context local", f'authorized-key username joe key "ssh-ed25519 {KEY}"')
    lab.configure("context local", "no server sshd", "server sshd", "subsystem sftp")
    lab.configure("context local", "server sshd", "authorized-key username joe host 192.0.2.20")
    lab.configure("context local", "no server sshd")
    assert lab.chassis.users.key_of("joe") == f"ssh-ed25519 {KEY}"


def test_a_user_of_a_context_has_limits_in_minutes_and_options_that_are_kept() -> None:
    lab = Lab()
    options = "ecs expiry-date 2027:01:31:12:00:00 ftp timeout-min-absolute 60 timeout-min-idle 5"
    lab.configure("context local", f"administrator ann password secret {options}")
    for _ in range(2):
        account = lab.chassis.users.find("ann")
        assert account is not None
        assert (account.idle_limit, account.absolute_limit) == (300, 3600)
        assert matches("secret", account.kept_password)
        assert options in lab.typed("show configuration")
        lab.typed("save configuration -noconfirm")
        lab.reload()


def test_no_password_leads_to_a_user_without_one() -> None:
    lab = Lab()
    lab.configure("context local", "operator bob password secret", "operator bob nopassword noftp")
    for _ in range(2):
        account = lab.chassis.users.find("bob")
        assert account is not None
        assert not any(matches(text, account.kept_password) for text in ("", "secret"))
        assert "    operator bob nopassword noftp\n" in lab.typed("show configuration")
        lab.typed("save configuration -noconfirm")
        lab.reload()


@pytest.mark.parametrize("name", ["encrypted", "password", "timeout-idle"])
@pytest.mark.parametrize(
    "line", ["administrator {} password S3cret", "operator {} password S3cret"]
)
def test_a_user_is_called_what_the_words_of_the_command_are(name: str, line: str) -> None:
    """The stored text of the password must not be one that lets somebody in."""
    lab = Lab()
    lab.configure("context local", line.format(name))
    for _ in range(2):
        found = lab.chassis.users.find(name)
        assert found is not None
        assert matches("S3cret", found.kept_password)
        assert not matches(found.kept_password, found.kept_password)
        lab.typed("save configuration -noconfirm")
        lab.reload()


def test_a_key_goes_with_the_last_account_of_its_user() -> None:
    users = users_with(
        Account("bob", Privilege.OPERATOR, KEPT, "A"), Account("eve", Privilege.OPERATOR, KEPT, "A")
    )
    users.put_key("bob", KEY)
    users.put(Account("bob", Privilege.OPERATOR, KEPT, "B"))
    users.remove("A", "bob")
    assert users.key_of("bob") == KEY
    users.remove_context("B")
    assert users.key_of("bob") is None
    users.put_key("eve", KEY)
    users.remove_context("A")
    assert users.key_of("eve") is None


def test_the_session_of_a_removed_user_ends_at_its_next_line() -> None:
    lab = Lab()
    lab.configure("context local", "administrator bob password p")
    session = CliSession(lab.system, "bob", console=False)
    users = lab.chassis.users
    session.is_welcome = lambda: users.find("bob") is not None
    assert session.handle("show clock").lines
    lab.configure("context local", "no administrator bob")
    reply = session.handle("configure")
    assert reply.awaits is Awaits.NOTHING
    assert "user bob was removed" in reply.text
    assert not session.state.frames
