"""Hashes of passwords that are made elsewhere, and what happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import pytest

from staros_cli.chassis import passwords
from staros_cli.configuration.outside import Working
from staros_cli.shell.replies import Awaits, Reply
from staros_cli.shell.session import CliSession
from tests.lab import START, Lab

SET = "cli test-commands password secret"


class Work:
    """Work that was begun and is done when the test says so."""

    def __init__(self, work: Callable[[], object], tell: Callable[[], None]) -> None:
        self.cancelled = False
        self.done = False
        self.result: object = None
        self._work = work
        self._tell = tell

    def finish(self) -> None:
        """Do it."""
        self.result = self._work()
        self.done = True
        self._tell()


class Elsewhere:
    """Where the work goes."""

    def __init__(self) -> None:
        self.begun: list[Work] = []

    def begin(self, work: Callable[[], object], tell: Callable[[], None]) -> Working:
        """Note what is to be done."""
        self.begun.append(Work(work, tell))
        return self.begun[-1]


@pytest.fixture
def lab() -> Lab:
    lab = Lab()
    lab.system.outside = Elsewhere()
    return lab


def begun(lab: Lab) -> list[Work]:
    """The work that was begun."""
    assert isinstance(lab.system.outside, Elsewhere)
    return lab.system.outside.begun


def typed(lab: Lab, *lines: str) -> Reply:
    """The reply to the last of some lines, each of which waits for nothing before."""
    for line in lines:
        assert lab.session.awaits is Awaits.COMMAND
        reply = lab.session.handle(line)
    return reply


def test_a_command_waits_for_the_hash_of_its_password(lab: Lab) -> None:
    assert typed(lab, "configure", SET).awaits is Awaits.TURN
    (work,) = begun(lab)
    assert lab.session.poll().awaits is Awaits.TURN
    assert len(begun(lab)) == 1
    work.finish()
    assert lab.session.poll().awaits is Awaits.COMMAND
    line = lab.system.running.find("cli test-commands")
    assert line is not None
    assert passwords.matches("secret", line.line.split()[-1])


def test_others_go_on_meanwhile(lab: Lab) -> None:
    typed(lab, "configure", SET)
    other = CliSession(lab.system, "bob")
    assert other.handle("show clock").lines


def test_who_waits_is_told(lab: Lab) -> None:
    told: list[bool] = []
    lab.session.user.on_news = lambda: told.append(True)
    typed(lab, "configure", SET)
    begun(lab)[0].finish()
    assert told


def test_a_user_waits_as_well(lab: Lab) -> None:
    typed(lab, "configure", "context local")
    assert typed(lab, "administrator ann password secret").awaits is Awaits.TURN
    assert lab.chassis.users.find("ann") is None
    begun(lab)[0].finish()
    lab.session.poll()
    account = lab.chassis.users.find("ann")
    assert account is not None
    assert passwords.matches("secret", account.kept_password)


def test_trying_a_password_waits_for_its_hash(lab: Lab) -> None:
    typed(lab, "configure", "cli hidden", SET)
    begun(lab)[0].finish()
    lab.session.poll()
    typed(lab, "end")
    for password, right in (("wrong", False), ("secret", True)):
        typed(lab, f"cli test-commands password {password}")
        begun(lab)[-1].finish()
        assert lab.session.poll().failed is not right
    assert lab.session.state.hidden_commands


def test_who_gives_up_leaves_nothing(lab: Lab) -> None:
    typed(lab, "configure", SET)
    lab.session.interrupt()
    (work,) = begun(lab)
    assert work.cancelled
    work.finish()
    assert lab.session.poll().awaits is Awaits.COMMAND
    assert lab.system.running.find("cli test-commands") is None


def test_a_context_that_is_removed_meanwhile_gets_no_user(lab: Lab) -> None:
    other = CliSession(lab.system, "bob")
    typed(lab, "configure", "context ISP9", "administrator ann password secret")
    for line in ("configure", "no context ISP9", "yes"):
        other.handle(line)
    assert "ISP9" not in lab.chassis.contexts.by_name
    begun(lab)[0].finish()
    reply = lab.session.poll()
    assert reply.lines == ["Failure: The object of the command was removed meanwhile"]
    assert lab.chassis.users.find("ann") is None


def test_who_is_thrown_out_of_configuration_meanwhile_configures_nothing(lab: Lab) -> None:
    other = CliSession(lab.system, "bob")
    typed(lab, "configure", "context local", "administrator ann password secret")
    other.handle("configure lock force")
    begun(lab)[0].finish()
    lab.session.poll()
    assert lab.session.awaits is Awaits.COMMAND
    assert not lab.session.state.frames
    assert lab.chassis.users.find("ann") is None


def test_a_file_waits_for_each_of_its_passwords(lab: Lab) -> None:
    users = "".join(f"administrator u{n} password p{n}\n" for n in range(3))
    text = f"config\ncontext local\n{users}exit\nsystem hostname last\nend\n"
    lab.chassis.storage.write(PurePosixPath("flash/x.cfg"), text.encode(), START)
    typed(lab, "configure /flash/x.cfg")
    for number in range(3):
        assert len(begun(lab)) == number + 1
        lab.wait(1)
        assert lab.session.poll().awaits is Awaits.TURN
        begun(lab)[-1].finish()
        lab.wait(1)
        lab.session.poll()
    assert lab.session.awaits is Awaits.COMMAND
    assert lab.chassis.hostname == "last"
    assert [account.name for account in lab.chassis.users] == ["u0", "u1", "u2"]


def test_a_file_that_is_given_up_leaves_a_whole_system(lab: Lab) -> None:
    text = "config\ncontext local\nadministrator ann password p\nend\n"
    lab.chassis.storage.write(PurePosixPath("flash/x.cfg"), text.encode(), START)
    typed(lab, "configure /flash/x.cfg")
    lab.session.interrupt()
    assert begun(lab)[0].cancelled
    assert not lab.chassis.reading
    assert lab.chassis.users.find("ann") is None
