"""The screens for support, on the terminal and in an archive."""

from __future__ import annotations

import io
import tarfile

import pytest

from staros_cli.chassis.storage import locate
from staros_cli.commands.support import SECTIONS
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
    assert list(dict.fromkeys(headings)) == list(SECTIONS)
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
