"""Users of the whole system, as they are shown."""

from __future__ import annotations

from staros_cli.chassis.last_logins import Login
from tests.lab import Lab

BLOCK = """\
Username: joe
  Auth Level            : Operator
  Last Login            : Never
  Login Failures        : 2
  Locked                : No
  Suspended             : No
  Lockout on Login Fail : Yes
"""


def with_users() -> Lab:
    lab = Lab()
    lab.configure(
        "local-user username joe authorization-level operator password secret99",
        "local-user username ann authorization-level security-admin password secret99",
        "local-user max-failed-logins 3",
    )
    lab.wait(1)
    return lab


def fail(lab: Lab, times: int) -> None:
    for _ in range(times):
        lab.chassis.users.admit("joe", False, lab.chassis.now)


def test_users_are_shown_by_name() -> None:
    lab = with_users()
    rows = lab.typed("show local-user").splitlines()[2:]
    assert [row.split() for row in rows] == [
        ["ann", "Security", "Administrator", "No", "No"],
        ["joe", "Operator", "No", "No"],
    ]
    fail(lab, 2)
    assert lab.typed("show local-user username joe") == BLOCK
    assert lab.typed("show local-user verbose").endswith(f"\n\n{BLOCK}")
    assert lab.typed("show local-user username eve") == "Failure: There is no such user: eve\n"


def test_a_user_who_is_locked_out_is_let_in_again() -> None:
    lab = with_users()
    fail(lab, 3)
    assert "Locked                : Yes\n" in lab.typed("show local-user username joe")
    assert "Locked users          : 1\n" in lab.typed("show local-user statistics")
    lab.typed("clear local-user username joe lockout")
    assert "Locked                : No\n" in lab.typed("show local-user username joe")
    assert lab.chassis.users.admit("joe", True, lab.chassis.now) is not None
    assert "no such user" in lab.typed("clear local-user username eve lockout")


def test_the_last_login_and_suspension_are_shown() -> None:
    lab = with_users()
    lab.system.last_logins.enter("joe", Login(lab.chassis.now, "192.0.2.1"))
    lab.configure("suspend local-user joe")
    text = lab.typed("show local-user username joe")
    assert "Suspended             : Yes\n" in text
    assert "Last Login            : Friday March 27 17:1" in text
