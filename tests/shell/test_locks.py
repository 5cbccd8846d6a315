"""Several administrators in and out of configuration mode, on a clock that moves when told to."""

from __future__ import annotations

from staros_cli.shell.replies import Awaits
from staros_cli.shell.session import CliSession
from tests.support import make_session, run

HELD = [
    "Failure: User ann has the exclusive lock",
    "- please enter 'show administrators' for more information",
]
NOT_FREE = [
    "Failure: Another administrator is still in configuration mode",
    "- please enter 'show administrators' for more information",
]
TAKEN = ["Info: No one else can access config mode while you have the exclusive lock"]
OTHERS = ["Warning: One or more other administrators may be configuring this system"]


def pair() -> tuple[CliSession, CliSession]:
    first, _ = make_session()
    return CliSession(first.system, "ann"), CliSession(first.system, "bob")


def test_sharing_warns_who_comes_second() -> None:
    ann, bob = pair()
    assert ann.handle("configure").lines == []
    assert bob.handle("configure").lines == OTHERS
    run(ann, "end")
    run(bob, "end")
    assert bob.handle("configure").lines == []


def test_the_lock_keeps_others_out_until_its_holder_leaves() -> None:
    ann, bob = pair()
    assert ann.handle("configure lock").lines == TAKEN
    for line in ("configure", "configure lock", "configure /flash/system.cfg"):
        assert bob.handle(line).lines == HELD
    run(ann, "context local", "exit", "exit")
    assert bob.handle("configure").lines == []


def test_no_lock_while_somebody_is_inside() -> None:
    ann, bob = pair()
    run(bob, "configure")
    assert ann.handle("configure lock").lines == NOT_FREE
    run(bob, "end")
    assert ann.handle("configure lock").lines == TAKEN


def test_force_sends_others_out_and_tells_them() -> None:
    ann, bob = pair()
    run(bob, "configure", "context local")
    assert ann.handle("configure lock force").lines == TAKEN
    reply = bob.poll()
    assert reply.lines == ["Info: Administrator ann took configuration mode for exclusive access"]
    assert reply.prompt == "[local]asr5500# "


def test_force_takes_the_lock_from_its_holder() -> None:
    ann, bob = pair()
    run(bob, "configure lock")
    assert ann.handle("configure lock force").lines == TAKEN
    assert bob.handle("configure").lines[1:] == HELD


def test_warn_waits_until_the_others_are_gone() -> None:
    ann, bob = pair()
    run(bob, "configure")
    reply = ann.handle("configure lock warn")
    assert reply.lines == [
        "please wait for this message to be sent to the other administrators......"
    ]
    assert reply.awaits is Awaits.TURN
    assert ann.poll().awaits is Awaits.TURN
    assert bob.poll().lines == [
        "Administrator ann requires exclusive access to configuration mode",
        ">>> You need to exit from configuration mode as soon as possible <<<",
    ]
    run(bob, "end")
    reply = ann.poll()
    assert reply.lines == TAKEN
    assert reply.prompt == "[local]asr5500(config)# "


def test_warn_gives_up_after_ten_seconds() -> None:
    bob, clock = make_session()
    ann = CliSession(bob.system, "ann")
    run(bob, "configure")
    ann.handle("configure lock warn")
    clock.advance(9.9)
    assert ann.poll().awaits is Awaits.TURN
    clock.advance(0.1)
    reply = ann.poll()
    assert reply.lines == NOT_FREE
    assert reply.prompt == "[local]asr5500# "


def test_an_interrupt_ends_the_wait() -> None:
    ann, bob = pair()
    run(bob, "configure")
    ann.handle("configure lock warn")
    assert ann.interrupt().awaits is Awaits.COMMAND
    run(bob, "end")
    assert ann.poll().prompt == "[local]asr5500# "


def test_the_lock_ends_with_the_session() -> None:
    ann, bob = pair()
    run(ann, "configure lock")
    ann.close()
    assert bob.handle("configure").lines == []


def test_the_lock_ends_with_a_reload() -> None:
    ann, clock = make_session(console=False)
    console = CliSession(ann.system, "console")
    run(ann, "configure lock")
    console.handle("reload -noconfirm")
    clock.advance(10)
    console.poll()
    assert console.handle("configure").lines == []


def test_saving_under_the_lock_of_another() -> None:
    ann, bob = pair()
    run(ann, "configure lock")
    assert bob.handle("save configuration /flash/new.cfg").lines == [
        "Failure: Configuration mode is currently locked, use ignore-lock to ignore lock"
    ]
    assert bob.handle("save configuration /flash/new.cfg ignore-locks").lines == [
        "Warning: Ignoring the configuration mode lock held by another administrator"
    ]
    assert ann.handle("end").lines == []
    assert ann.handle("save configuration /flash/own.cfg").lines == []


def test_saving_while_others_configure_asks() -> None:
    ann, bob = pair()
    run(ann, "configure")
    reply = bob.handle("save configuration /flash/new.cfg")
    assert reply.lines == OTHERS
    assert reply.prompt == "Are you sure? [Y/N]: "
    assert bob.handle("n").lines == ["Action aborted"]
    assert bob.handle("show file url /flash/new.cfg").failed
    bob.handle("save configuration /flash/new.cfg")
    assert bob.handle("y").lines == []
    assert not bob.handle("show file url /flash/new.cfg").failed


def test_idle_and_absolute_limits() -> None:
    first, clock = make_session()
    idle = CliSession(first.system, "idle", idle_limit=60)
    brief = CliSession(first.system, "brief", absolute_limit=100)
    clock.advance(59)
    assert not idle.handle("show clock").failed
    clock.advance(59)
    assert not idle.handle("show clock").failed
    assert brief.handle("show clock").lines == [
        "Info: The session is closed after 100 seconds (absolute timeout)"
    ]
    clock.advance(60)
    assert idle.poll().lines == ["Info: The session is closed after 60 seconds (idle timeout)"]
    assert [user.name for user in first.system.administrators] == ["admin"]
