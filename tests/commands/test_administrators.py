"""Sessions of administrators: their numbers, and ending them."""

from __future__ import annotations

from staros_cli.shell.replies import Awaits
from tests.lab import Lab


def test_a_session_is_ended_by_its_number() -> None:
    lab = Lab()
    bob, mary = (lab.device.session(name) for name in ("bob", "mary"))
    row = next(
        line for line in lab.typed("show administrators session id").splitlines() if "bob" in line
    )
    assert lab.typed(f"clear administrator session id {row.split()[-1]}") == ""
    assert bob.poll().text == "Info: The session was closed by admin\n"
    assert bob.awaits is Awaits.NOTHING
    assert mary.awaits is Awaits.COMMAND
    assert "bob" not in lab.typed("show administrators")


def test_all_sessions_of_a_user_are_ended_but_the_own_one() -> None:
    lab = Lab()
    others = [lab.device.session(name) for name in ("admin", "admin", "mary")]
    lab.typed("clear administrator user admin")
    for other in others:
        other.poll()
    assert [one.awaits for one in others] == [Awaits.NOTHING, Awaits.NOTHING, Awaits.COMMAND]
    assert lab.session.awaits is Awaits.COMMAND
    assert lab.typed("clear administrator user admin") == (
        "Failure: No session of another administrator matches: admin\n"
    )


def test_what_a_session_holds_is_free_when_it_is_ended() -> None:
    lab = Lab()
    bob = lab.device.session("bob")
    bob.handle("configure lock")
    assert lab.reply("configure").failed
    lab.typed("clear administrator user bob")
    assert not lab.reply("configure").failed


def test_an_operator_ends_no_session() -> None:
    lab = Lab()
    operator = lab.device.session("op", "operator")
    assert operator.handle("clear administrator user admin").failed
    assert lab.session.awaits is Awaits.COMMAND
