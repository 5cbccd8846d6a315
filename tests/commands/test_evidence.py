"""Alarms and counts of traps, in the layout of the device."""

from __future__ import annotations

from staros_cli.chassis.cards import CardFault
from tests.lab import Lab

SPOF = (
    "MN  Card {0}          The Data Processing Card 2 in slot {0} is a single point of failure. "
    "Another Data Processing Card 2 of the same type is needed.\n"
)


def test_alarms_with_their_statistics() -> None:
    lab = Lab()
    lab.chassis.card_faults.fail(1, CardFault())
    table = lab.typed("show alarm outstanding")
    assert table == (
        "Sev Object          Event\n"
        f"--- ----------      {'-' * 92}\n"
        "MJ  Card 1          The Data Processing Card 2 in slot 1 has failed: CARD_FAILURE\n"
        + "".join(SPOF.format(slot) for slot in (2, 3, 4))
    )
    statistics = """Alarm Statistics:
  Current Outstanding Alarms
    Total:    4
    Critical: 0
    Major:    1
    Minor:    3
  Cumulative Totals
    Total:    4
    Critical: 0
    Major:    1
    Minor:    3
  Last Alarm Received: Friday March 27 17:12:25 UTC 2026
"""
    assert lab.typed("show alarm statistics") == statistics
    assert lab.typed("show alarm all") == (
        "Facility Alarm Information:\n\nAudible Alarm OFF\nNote: Audible Alarm is Disabled\n"
        f"All Central Office (CO) alarms are off\n\n{statistics}\nOutstanding Alarms:\n\n{table}"
    )


def test_alarms_that_ended_stay_counted() -> None:
    lab = Lab()
    assert "  Last Alarm Received: None\n" in lab.typed("show alarm all")
    lab.chassis.card_faults.fail(1, CardFault())
    lab.wait(300)
    before, _, behind = lab.typed("show alarm statistics").partition("  Cumulative Totals\n")
    assert "    Total:    0\n" in before
    assert "    Total:    4\n" in behind


def test_counts_of_traps() -> None:
    lab = Lab()
    lab.typed("clear snmp trap statistics")
    lab.wait(60)
    lab.chassis.card_faults.fail(1, CardFault(usable=False))
    shown = lab.typed("show snmp trap statistics")
    assert shown == lab.typed("show snmp notifies")
    head, table = shown.split("\n\nTrap Name", 1)
    total = len([event for event in lab.chassis.events.history if event.time > lab.clock.now() - 9])
    assert head.splitlines() == [
        "SNMP Notification Statistics:",
        f"  Total number of notifications   : {total}",
        "  Last notification sent          : Friday March 27 17:13:25 UTC 2026",
        "  Notification sending is         : enabled",
        "  Notifications have never been disabled",
        "  Notifications last cleared      : Friday March 27 17:12:25 UTC 2026",
        f"  Notifications in current period : {total + 1}",
        "  Notifications in previous period: 0",
        "  Notification monitor period     : 300 seconds",
    ]
    rows = table.splitlines()
    assert rows[:2] == [
        "                            #Gen #Disc  Disable Last Generated      ",
        "----------------------------------- ----- -----  ------- --------------------",
    ]
    assert "CardDown                                1     0       0  2026:03:27:17:13:25 " in rows
    names = [row.split()[0] for row in rows[2:-2]]
    assert names.index("CardActive") < names.index("ManagerFailure") < names.index("MigrateStart")
    assert rows[-1] == "Total number of notifications Disabled  : 0"


def test_a_period_after_the_next_is_forgotten() -> None:
    lab = Lab()
    lab.chassis.card_faults.fail(1, CardFault(usable=False))
    for seconds, current, before in ((0, True, False), (300, False, True), (300, False, False)):
        lab.wait(seconds)
        shown = lab.typed("show snmp trap statistics")
        assert ("current period : 0" not in shown) is current
        assert ("previous period: 0" not in shown) is before


def test_no_trap_was_sent() -> None:
    lab = Lab()
    lab.typed("clear snmp trap statistics")
    assert "  Last notification sent          : Never\n" in lab.typed("show snmp trap statistics")
