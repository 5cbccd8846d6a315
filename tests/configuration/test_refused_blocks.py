"""Lines behind one that was refused and would have opened a mode."""

from __future__ import annotations

import pytest

from staros_cli.chassis.storage import locate
from tests.lab import START, Lab

UNKNOWN = (
    "context A",
    "  quantum-service Q",
    "    ip address 192.0.2.1 255.255.255.0",
    "    inner thing",
    "      description of the inner one",
    "    #exit",
    "  exit",
    "  interface I loopback",
    "    ip address 192.0.2.7 255.255.255.255",
    "  #exit",
    "#exit",
    "timestamps",
)


def lines_of_a(lab: Lab) -> list[str]:
    return lab.typed("show configuration context A").split("\n")


@pytest.mark.parametrize("behind", [UNKNOWN])
def test_a_paste_lands_where_it_belongs(behind: tuple[str, ...]) -> None:
    lab = Lab("asr5500-oos")
    lab.typed("configure")
    replies = [lab.reply(line) for line in behind]
    assert [n for n, reply in enumerate(replies) if reply.failed] == [1, 2, 3, 4]
    assert (
        replies[3].text
        == 'Failure: Not taken: it belongs to "quantum-service Q", which was refused\n'
    )
    assert lab.session.prompt == "[local]asr5500(config)# "
    lab.typed("end")
    assert "    interface I loopback" in lines_of_a(lab)
    assert "quantum" not in "\n".join(lines_of_a(lab))


@pytest.mark.parametrize("indented", [True, False])
def test_so_does_a_file(indented: bool) -> None:
    lab = Lab("asr5500-oos")
    lines = [f"  {line}" if indented else line.strip() for line in UNKNOWN]
    if not indented:
        lines = [line for line in lines if not line.startswith(("inner", "description", "#exit"))]
    text = "\n".join(["config", *lines, "end"]) + "\n"
    lab.chassis.storage.write(locate("/flash/x.cfg"), text.encode(), START)
    problems = lab.typed("configure /flash/x.cfg")
    assert "/flash/x.cfg line 3: quantum-service Q\n" in problems
    assert "    interface I loopback" in lines_of_a(lab)
    assert lab.system.running.find("timestamps")


def test_a_typed_exit_leaves_the_mode_although_the_line_before_was_refused() -> None:
    lab = Lab("asr5500-oos")
    lab.typed("configure", "context A", "nonsense", "exit")
    assert lab.session.prompt == "[local]asr5500(config)# "
    lab.typed("context A", "nonsense", "interface I", "  description x")
    assert lab.session.prompt == "[A]asr5500(config-if-eth)# "


def test_a_closing_line_of_the_mode_around_is_not_passed_over() -> None:
    lab = Lab("asr5500-oos")
    lab.typed("configure", "context A", "  nonsense", "exit")
    assert lab.session.prompt == "[local]asr5500(config)# "
