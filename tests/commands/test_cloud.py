"""Virtual cards: what they exchange follows from the traffic and from where calls are held."""

from __future__ import annotations

import pytest

from tests.lab import Lab

HEAD = """\
----- Average DINet Performance (in Mbps) -----
Card       Current           5min             15min
        Rx       Tx      Rx       Tx       Rx     Tx
-----  ------- -------  ------- -------  ------- -------
1     0.000   0.000    0.000   0.000    0.000   0.000    
"""  # noqa: W291


def rates(lab: Lab, what: str) -> dict[int, tuple[float, float]]:
    data = lab.reply(f"show cloud performance {what} all").data
    return {row["card"]: (row["rx_current"], row["tx_current"]) for row in data["cards"]}


def test_the_columns_are_those_of_the_device() -> None:
    lab = Lab("vpc-di")
    assert lab.typed("show cloud performance dinet").startswith(HEAD)
    summary = lab.typed("show cloud performance summary")
    title = "\n\n--- Average Aggregated Port Performance (in Mbps) ---\nCard  "
    assert title in summary


def test_what_one_card_sends_others_receive() -> None:
    lab = Lab("vpc-di")
    lab.wait(60)
    between, ports = rates(lab, "dinet"), rates(lab, "port")
    received, sent = (sum(pair[side] for pair in between.values()) for side in (0, 1))
    assert received == pytest.approx(sent, abs=0.01)
    assert received > 0
    assert between[3][1] < ports[3][0] + ports[3][1]
    lab.device.fail_card(4)
    lab.wait(30)
    after = rates(lab, "dinet")
    assert after.get(4, (0.0, 0.0))[0] == 0
    assert after[6][0] > 0


def test_cards_tell_what_they_are() -> None:
    lab = Lab("vpc-di")
    assert "Card 3:\n  Config Disk Params:\n" in lab.typed("show cloud configuration")
    hardware = lab.typed("show cloud hardware card 3")
    assert hardware.startswith("Card 3:\n  CPU Nodes               : 1\n")
    assert "Card 30 does not exist" in lab.typed("show cloud hardware card 30")
    assert Lab().typed("show cloud hardware") == "Failure: This command is for virtual systems\n"


def test_the_hardware_is_a_table() -> None:
    lines = Lab().typed("show hardware inventory").splitlines()
    assert lines[2].split()[:4] == ["1", "ASR55-DPC2-K9", "V01", "LAB0000D001"]


def test_the_network_between_the_cards_that_run() -> None:
    lab = Lab("vpc-di")
    running = [card.slot for card in lab.chassis.hardware.running]
    text = lab.typed(f"show cloud monitor di-network summary card {running[0]}")
    rows = [line.split() for line in text.splitlines()[3:]]
    assert rows == [[str(slot), "Good"] for slot in running[1:]]
    detail = lab.typed("show cloud monitor di-network detail")
    assert detail.count("From Card ") == len(running)
    assert "0.00%" in detail
    assert Lab().typed("show cloud monitor di-network summary").startswith("Failure: ")
