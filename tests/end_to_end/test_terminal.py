"""The terminal of people: pasting, typing ahead, the pager."""

from __future__ import annotations

import pytest

from tests.end_to_end.support import Console

pytestmark = pytest.mark.end_to_end


def test_each_pasted_line_is_run_and_the_last_piece_gone_on_with(person: Console) -> None:
    child = person.child
    child.send("\x1b[200~configure\n  system hostname edge\r\nend\rreload\nno\nshow cl\x1b[201~")
    child.expect_exact("[local]edge# reload\r\nAre you sure? [Yes|No]: no\r\n")
    child.expect_exact("Action aborted")
    child.expect_exact("show cl")
    child.send("ock\r")
    child.expect_exact("UTC")


def test_keys_typed_ahead_find_the_history(person: Console) -> None:
    child = person.child
    child.send("show clock\r\x1b[A\rshow version\r")
    child.expect_exact("UTC")
    child.expect_exact("UTC")
    child.expect_exact("Image Version")


def test_keys_that_come_at_once_reach_the_pager(person: Console) -> None:
    child = person.child
    child.send("show subscribers all\r")
    child.expect(r"---\(more \d+%\)---")
    child.send("/user500@\r")
    child.expect_exact("...skipping")
    child.expect_exact("user500@lab.example")
    child.expect(r"---\(more \d+%\)---")
    child.send("\x1b[A")
    child.expect(r"---\(more \d+%\)---")
    child.send("q")
    child.expect_exact("asr5500#")


def test_keys_act_at_once_while_events_are_watched(person: Console) -> None:
    child = person.child
    child.send("monitor subscriber next-call\r")
    child.expect_exact("<ENTER> Re-Display Options")
    child.send("+\x1b[A")
    child.expect_exact("*** Verbosity Level (  2) ***\r\n\r\nC - Control Events")
    child.expect_exact("<ENTER> Re-Display Options")
    child.send("\x1b")
    child.expect_exact("asr5500#")
    child.send("monitor protocol\r")
    child.expect_exact("      Select:")
    child.send("24")
    child.expect_exact(">24 - GTPC")
    child.expect_exact("      Select:")
    child.send("\x03")
    child.expect_exact("asr5500#")
    child.send("show clock\r")
    child.expect_exact("UTC")
