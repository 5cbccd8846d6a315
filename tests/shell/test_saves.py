"""Saves that take their time: one after the other, and no restart in the midst of one (SR-18)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from staros_cli.chassis import definition
from staros_cli.chassis.definition import Definition
from staros_cli.chassis.storage import is_file, locate
from staros_cli.device import Device
from staros_cli.shell.replies import Awaits
from tests.lab import manual
from tests.support import run

FILE = "/flash/new.cfg"


class Slow:
    """A chassis where a save takes three seconds, with two administrators beside its console."""

    def __init__(self) -> None:
        slow = replace(definition.load("asr5500").schema, save_seconds=3)
        device = Device(Definition("slow", slow))
        self.clock = manual(device)
        self.system = device.system
        self.console = device.session("console", terminal="/dev/console", console=True)
        self.ann = device.session("ann", terminal="/dev/pts/0")
        self.bob = device.session("bob", terminal="/dev/pts/1")

    def is_there(self, url: str = FILE) -> bool:
        self.system.chassis.catch_up()
        return is_file(self.system.chassis.storage, locate(url))


@pytest.fixture
def slow() -> Slow:
    return Slow()


def test_a_save_is_whole_at_its_end_and_not_there_before(slow: Slow) -> None:
    assert slow.ann.handle(f"save configuration {FILE}").awaits is Awaits.TURN
    run(slow.bob, "configure", "system hostname changed", "end")
    slow.clock.advance(2.9)
    assert slow.ann.poll().awaits is Awaits.TURN
    assert not slow.is_there()
    slow.clock.advance(0.1)
    assert slow.ann.poll().awaits is Awaits.COMMAND
    assert "changed" not in run(slow.ann, f"show file url {FILE}").text


def test_a_save_ends_whoever_looks(slow: Slow) -> None:
    slow.ann.handle(f"save configuration {FILE}")
    slow.clock.advance(3)
    assert slow.is_there()


def test_saves_run_one_after_the_other(slow: Slow) -> None:
    slow.ann.handle("save configuration /flash/a.cfg")
    slow.clock.advance(1)
    slow.bob.handle("save configuration /flash/b.cfg")
    slow.clock.advance(2)
    assert slow.ann.poll().awaits is Awaits.COMMAND
    assert slow.bob.poll().awaits is Awaits.TURN
    slow.clock.advance(3)
    assert slow.bob.poll().awaits is Awaits.COMMAND
    assert slow.is_there("/flash/b.cfg")


@pytest.mark.parametrize("leaves", ["interrupt", "close"])
def test_a_save_that_is_given_up_lets_those_behind_it_begin(slow: Slow, leaves: str) -> None:
    slow.ann.handle("save configuration /flash/a.cfg")
    slow.bob.handle("save configuration /flash/b.cfg")
    slow.console.handle("save configuration /flash/c.cfg")
    slow.clock.advance(1)
    getattr(slow.ann, leaves)()
    slow.clock.advance(2.9)
    assert not slow.is_there("/flash/b.cfg")
    slow.clock.advance(0.1)
    assert slow.bob.poll().awaits is Awaits.COMMAND
    assert slow.is_there("/flash/b.cfg")
    slow.clock.advance(2.9)
    assert slow.console.poll().awaits is Awaits.TURN
    slow.clock.advance(0.1)
    assert slow.is_there("/flash/c.cfg")


def test_a_save_in_the_midst_is_given_up(slow: Slow) -> None:
    """A save that runs goes on, and the times when others should have ended mean nothing."""
    slow.ann.handle("save configuration /flash/a.cfg")
    slow.bob.handle("save configuration /flash/b.cfg")
    slow.console.handle("save configuration /flash/c.cfg")
    slow.clock.advance(1)
    slow.bob.interrupt()
    slow.clock.advance(2)
    assert slow.is_there("/flash/a.cfg")
    slow.clock.advance(3)
    assert slow.is_there("/flash/c.cfg")
    assert not slow.is_there("/flash/b.cfg")
    slow.console.poll()
    run(slow.console, "delete /flash/c.cfg -noconfirm")
    slow.clock.advance(1)
    assert slow.console.handle("save configuration /flash/c.cfg").awaits is Awaits.TURN
    slow.clock.advance(2.5)
    assert not slow.is_there("/flash/c.cfg")


def test_who_leaves_after_the_end_of_a_save_leaves_it_whole(slow: Slow) -> None:
    slow.ann.handle(f"save configuration {FILE}")
    slow.clock.advance(4)
    slow.ann.close()
    assert slow.is_there()


def test_a_restart_waits_no_longer_than_the_saves_that_are_left(slow: Slow) -> None:
    slow.ann.handle("save configuration /flash/a.cfg")
    slow.bob.handle("save configuration /flash/b.cfg")
    slow.console.handle("reload -noconfirm")
    slow.clock.advance(1)
    slow.ann.interrupt()
    slow.clock.advance(3)
    assert slow.console.poll().awaits is Awaits.START
    assert slow.is_there("/flash/b.cfg")


def test_a_restart_waits_for_the_saves_and_lets_none_begin(slow: Slow) -> None:
    slow.ann.handle(f"save configuration {FILE}")
    reply = slow.console.handle("reload -noconfirm")
    assert reply.lines == ["Info: The system goes down when the running saves have ended"]
    assert reply.awaits is Awaits.TURN
    refused = slow.bob.handle("save configuration /flash/other.cfg")
    assert refused.lines == ["Failure: Administrator console is taking the system down"]
    starts = slow.system.chassis.starts
    slow.clock.advance(2.9)
    slow.console.poll()
    assert slow.system.chassis.starts == starts
    slow.clock.advance(0.1)
    slow.console.poll()
    assert slow.is_there()
    assert slow.console.awaits is Awaits.START
    slow.clock.advance(10)
    assert slow.console.poll().awaits is Awaits.COMMAND
    assert slow.console.handle("save configuration /flash/other.cfg").awaits is Awaits.TURN


def test_a_restart_that_is_given_up_lets_saves_begin_again(slow: Slow) -> None:
    slow.ann.handle(f"save configuration {FILE}")
    slow.bob.handle("reload -noconfirm")
    slow.bob.interrupt()
    assert slow.console.handle("save configuration /flash/other.cfg").awaits is Awaits.TURN
    slow.clock.advance(20)
    assert slow.is_there("/flash/other.cfg")
    assert slow.bob.poll().awaits is Awaits.COMMAND
    assert slow.system.chassis.is_up


@pytest.mark.parametrize("leaves", ["interrupt", "close"])
def test_who_leaves_in_the_midst_leaves_nothing(slow: Slow, leaves: str) -> None:
    slow.ann.handle(f"save configuration {FILE}")
    slow.console.handle("reload -noconfirm")
    starts = slow.system.chassis.starts
    getattr(slow.ann, leaves)()
    assert slow.console.poll().awaits is Awaits.START
    assert slow.system.chassis.starts > starts or not slow.system.chassis.is_up
    assert not slow.is_there()


def test_a_save_that_cannot_be_written_says_so_at_its_end(slow: Slow) -> None:
    slow.ann.handle("save configuration /flash/nowhere/at/all.cfg")
    slow.clock.advance(3)
    reply = slow.ann.poll()
    assert reply.lines[0].startswith("Failure: ")
    assert slow.ann.handle(f"save configuration {FILE}").awaits is Awaits.TURN


def test_a_crash_of_the_system_leaves_no_half_file(slow: Slow) -> None:
    slow.ann.handle(f"save configuration {FILE}")
    slow.system.chassis.reload()
    slow.clock.advance(20)
    assert not slow.is_there()
    assert slow.console.poll().awaits is Awaits.COMMAND
