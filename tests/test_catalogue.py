"""`staros-cli chassis check`: what it calls good starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from staros_cli import catalogue
from staros_cli.chassis.definition import built_in_names, shipped

SOURCE = (shipped() / "vpc-si.toml").read_text()


def check(
    directory: Path, capsys: pytest.CaptureFixture[str], *changes: tuple[str, str]
) -> tuple[int, str, str]:
    """The status, output and errors of a check of vpc-si with changes."""
    text = SOURCE
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file = directory / "mine.toml"
    file.write_text(text)
    status = catalogue.check([str(file)])
    printed = capsys.readouterr()
    return status, printed.out.replace(str(file), "mine"), printed.err.replace(str(file), "mine")


def test_all_built_in_definitions_are_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue.check(built_in_names()) == 0
    assert capsys.readouterr().err == ""


def test_no_file_of_the_boot_stack_can_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = ('image = "/flash/qvpc-si-21.28.1.bin"', 'image = "/flash/other.bin"')
    status, out, err = check(tmp_path, capsys, image)
    assert (status, out) == (1, "")
    assert err.startswith("mine: Failure: Boot priority 10 cannot be used: ")


def test_refused_lines_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = check(tmp_path, capsys, ("  port ethernet 1/10", "  prot ethernet 1/10"))
    assert (status, out) == (0, "mine: good, VPC-SI in service, task recovery only\n")
    assert "mine: /flash/system.cfg line 28: prot ethernet 1/10" in err


def test_subscribers_without_a_service_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = check(tmp_path, capsys, ("    pgw-service PGW-SVC\n", "    pgw-service X\n"))
    assert status == 0
    assert err == (
        "mine: subscribers[0]: expected a service PGW-SVC that is bound in context PGW, "
        "nobody connects\n"
    )


def test_files_that_fit_on_no_device_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deep = "/flash/" + "a/" * 20 + "x"
    status, out, err = check(tmp_path, capsys, ("[files]", f'[files]\n"{deep}" = "x"'))
    assert (status, out) == (1, "")
    assert "Traceback" not in err
    assert err
