"""The screens for support, on the terminal and in an archive."""

from __future__ import annotations

import io
import tarfile

import pytest

from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.storage import locate
from staros_cli.commands.support import SECTIONS
from staros_cli.device import Device
from staros_cli.language.parser import parse
from staros_cli.shell.line_terminal import LineTerminal
from staros_cli.shell.replies import Awaits
from tests.lab import Lab


def run(lab: Lab, line: str) -> str:
    """Type a line and let it go on to its end."""
    shown = lab.typed(line)
    while lab.session.awaits is Awaits.TURN:
        shown += lab.session.poll().text
    return shown


def test_every_section_has_a_heading_and_its_screen() -> None:
    lab = Lab()
    shown = run(lab, "show support details")
    headings = [line[9:-8] for line in shown.splitlines() if line.startswith("******** ")]
    answered = [line for line in SECTIONS if not lab.reply(line).failed]
    assert list(dict.fromkeys(headings)) == answered
    assert set(SECTIONS) - set(answered) == {"show ntp associations", "show ntp status"}
    assert headings.count("show ip route") == len(lab.chassis.contexts.by_name)
    table = lab.typed("show card table")
    assert f"******** show card table *******\n{lab.typed('show clock')}{table}" in shown


@pytest.mark.parametrize(("ending", "option"), [(".tar", ""), (".tar.gz", " compress")])
def test_a_file_is_an_archive_with_the_text(ending: str, option: str) -> None:
    lab = Lab()
    shown = run(lab, f"show support details to file /flash/all{option} -noconfirm")
    assert f"Warning: Changed output URL to file: /flash/all{ending}\n" in shown
    assert "\nTransferred " in shown
    data = lab.chassis.storage.read(locate(f"/flash/all{ending}"))
    assert f"Transferred {len(data)} bytes in " in shown
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        (name,) = archive.getnames()
        file = archive.extractfile(name)
        assert file is not None
        assert b"******** show session progress *******\n" in file.read()


@pytest.mark.parametrize("line", SECTIONS)
def test_every_section_is_a_command(line: str) -> None:
    assert parse(line, "exec", Privilege.ADMINISTRATOR)


def test_a_line_of_asterisks_grows_while_a_file_is_made() -> None:
    lab = Lab()
    prompts = [lab.session.handle("show support details to file /flash/all.tar -noconfirm").prompt]
    while lab.session.awaits is Awaits.TURN:
        reply = lab.session.poll()
        prompts.append(reply.prompt)
    *grows, last = prompts
    assert grows == sorted(grows, key=len)
    assert len(set(grows)) > len(SECTIONS) / 2
    assert last.endswith("# ")
    assert set("".join(grows)) == {"*"}
    assert reply.lines[0].startswith(grows[-1])


def test_a_terminal_shows_that_line_once() -> None:
    lab = Lab()
    terminal = LineTerminal(lab.session)
    shown = terminal.feed("show support details to file /flash/all.tar -noconfirm\n")
    while terminal.waiting:
        shown += terminal.poll()
    assert shown.count("*") == 78
    assert f"\r\n{'*' * 78}\r\nTransferred " in shown


def test_a_device_in_python_shows_all_of_it() -> None:
    shown = Device().run("show support details").text
    assert f"******** {SECTIONS[0]} *******" in shown
    assert f"******** {SECTIONS[-1]} *******" in shown


def test_it_asks_before_it_writes() -> None:
    lab = Lab()
    assert lab.reply("show support details to file /flash/all.tar").prompt.startswith(
        "Are you sure?"
    )
    assert lab.typed("no") == "Action aborted\n"
    assert lab.chassis.storage.entry(locate("/flash/all.tar")) is None


def test_a_virtual_system_leaves_out_what_it_has_not() -> None:
    shown = run(Lab("vpc-si"), "show support details")
    assert "show fans" not in shown
    assert "show npu utilization table" in shown


def test_it_shows_no_more_than_the_user_may_see() -> None:
    lab = Lab()
    other = lab.device.session("bob", "inspector")
    assert "privilege" in other.handle("show support details").text
