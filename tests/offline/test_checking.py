"""Checking a configuration without a chassis at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from staros_cli.app import main
from staros_cli.chassis.licence import ANY_CHASSIS, License
from staros_cli.offline import texts
from staros_cli.offline.checking import check

GOOD = """\
config
  require session recovery
  context EPC
    interface S5 loopback
      ip address 198.51.100.1 255.255.255.255
    #exit
    egtp-service E
      gtpc bind ipv4-address 198.51.100.1
    #exit
    pgw-service P
      associate egtp-service E
    #exit
  #exit
end
"""


def problems_of(text: str) -> list[tuple[int, str, str]]:
    """Line, severity and text of every problem."""
    found = check(texts.find(text, "x.cfg")).problems
    return [(problem.line, problem.severity, problem.text) for problem in found]


def test_a_good_one_has_no_problems_and_says_what_it_needs() -> None:
    found = check(texts.find(GOOD, "x.cfg"))
    assert list(found.problems) == []
    assert list(found.needs) == ["pgw", "session-recovery"]


def test_an_unknown_line_is_an_error_at_its_line() -> None:
    ((line, severity, text),) = problems_of(GOOD.replace("    pgw", "    qqx 1\n    pgw"))
    assert (line, severity) == (10, "error")
    assert text.startswith("qqx 1 (context): Unknown command")


def test_a_missing_object_is_an_error_at_the_line_that_names_it() -> None:
    text = GOOD.replace("    pgw", "    apn x\n      ims-auth-service I\n    exit\n    pgw")
    ((line, severity, told),) = problems_of(text)
    assert (line, severity) == (11, "error")
    assert told.endswith("ims-auth-service I is not configured")


def test_a_service_without_its_address_is_a_warning() -> None:
    text = GOOD.replace("ip address 198.51.100.1", "ip address 198.51.100.2")
    ((line, severity, told), *_) = problems_of(text)
    assert (line, severity) == (7, "warning")
    assert "no interface of the context has its address" in told


def test_a_requirement_behind_a_context_is_out_of_order() -> None:
    lines = GOOD.splitlines()
    moved = [*lines[:1], *lines[2:-1], lines[1], lines[-1]]
    ((line, severity, told),) = problems_of("\n".join(moved))
    assert (line, severity) == (13, "warning")
    assert "takes effect only after" in told


def test_so_is_any_other_requirement() -> None:
    late = GOOD.replace("end\n", "  require demux card\nend\n")
    ((line, severity, told),) = problems_of(late)
    assert (line, severity) == (14, "warning")
    assert told == "require demux card: expected before the contexts, where it is saved"
    flat = "\n".join(text.strip() for text in late.splitlines())
    assert [problem[0] for problem in problems_of(flat)] == [14]
    assert problems_of(GOOD.replace("  context EPC", "  require demux card\n  context EPC")) == []


def test_findings_of_lines_alike_stand_at_their_own_lines() -> None:
    apns = "".join(f"    apn {name}\n      ims-auth-service I\n    exit\n" for name in "xy")
    found = problems_of(GOOD.replace("    pgw", f"{apns}    pgw"))
    assert [line for line, _, _ in found] == [11, 14]


def test_a_license_key_has_to_allow_what_is_needed() -> None:
    key = License(ANY_CHASSIS, ("pgw",), {"PGW": 10}).key()
    text = GOOD.replace("config\n", f'config\n  license key "\\\n{key}"\n')
    assert problems_of(text) == [(2, "warning", "the license key does not allow session-recovery")]


@pytest.mark.parametrize(("text", "status"), [(GOOD, 0), (GOOD.replace("pgw-service", "qq"), 1)])
def test_the_status_is_for_automation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, status: int
) -> None:
    (tmp_path / "x.cfg").write_text(text)
    assert main(["config", "check", str(tmp_path / "x.cfg"), "--json"]) == status
    found = json.loads(capsys.readouterr().out)
    assert bool(found["problems"]) == bool(status)
    assert found["platform"] == "ASR 5500"
