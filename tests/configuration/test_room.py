"""A running configuration never grows beyond what a file of it may have."""

from __future__ import annotations

from staros_cli.configuration.files import SIZE_LIMIT, text_of
from staros_cli.configuration.room import Room
from tests.lab import Lab


def test_a_full_configuration_takes_no_line_until_there_is_room() -> None:
    lab = Lab("asr5500-oos")
    lab.system.room = Room(lab.system.running, 8000)
    lab.typed("configure", "active-charging service S")
    accepted = 0
    while not (reply := lab.reply(f"ruledef {accepted:04d}")).failed:
        accepted += 1
        lab.typed("exit")
        assert accepted < 1000
    assert reply.text.startswith("Failure: The configuration has no room for the line")
    assert len(text_of(lab.chassis, lab.system.running)) <= 8000 + 200
    for number in range(accepted):
        lab.typed(f"no ruledef {number:04d}")
    assert lab.reply("ruledef again").failed  # it is not measured for every line
    lab.wait(2)
    assert not lab.reply("ruledef again").failed


def test_lines_that_take_the_place_of_others_use_nothing_up() -> None:
    lab = Lab("asr5500-oos")
    lab.system.room = Room(lab.system.running, 8000)
    lab.typed("configure", "active-charging service S")
    for number in range(1000):
        assert not lab.reply(f"ruledef R{number % 7}").failed
        lab.typed("exit")


def test_what_fits_can_be_saved_and_read_again() -> None:
    lab = Lab("asr5500-oos")
    lab.typed("configure", "active-charging service S", "ruledef R")
    number = 0
    while not lab.reply(f"http host contains {'x' * 60}{number}").failed:
        number += 1
    lab.typed("end", "save configuration /flash/full.cfg -noconfirm")
    assert SIZE_LIMIT / 2 < len(text_of(lab.chassis, lab.system.running)) <= SIZE_LIMIT
    assert "larger than" not in lab.typed("configure /flash/full.cfg")
