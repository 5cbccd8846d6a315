"""Alarms and counts of traps, in the layout of the device."""

from __future__ import annotations

from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.storage import locate
from tests.lab import Lab

SPOF = (
    "MN  Card {0}          The Data Processing Card 2 in slot {0} is a single point of failure. "
    "Another Data Processing Card 2 of the same type is needed.\n"
)


def test_alarms_with_their_times() -> None:
    lab = Lab()
    lab.chassis.card_faults.fail(1, CardFault())
    shown = lab.typed("show alarm outstanding all verbose")
    assert shown.startswith(
        "Severity Object          Timestamp                          Alarm ID\n"
        "Major    Card 1          Friday March 27 17:12:25 UTC 2026  1\n"
        "  The Data Processing Card 2 in slot 1 has failed: CARD_FAILURE\n"
        "Minor    Card 2          "
    )
    assert lab.reply("show alarm outstanding verbose").data[-1]["id"] == 4
    assert lab.typed("show alarm outstanding all") == lab.typed("show alarm outstanding")
    assert lab.typed("show snmp trap statistics verbose") == lab.typed("show snmp notifies")


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


CRASH_HEAD = """\
=== ==================== ======== ========== =============== =======================
#           Time         Process  Card/CPU/        SW          HW_SER_NUM
                                     PID         VERSION       {last}
=== ==================== ======== ========== =============== =======================

"""
CRASH = """\
********************* CRASH #{number:02} ***********************
SW Version          : 21.28.1
Similar Crash Count : {count}
Time of First Crash : 2026-Mar-27+17:12:25

Fatal Signal 6: Aborted
    Proclet: {facility} (i={instance})
    Process: card={slot} cpu=0 arch=X pid={pid} argv0={facility}
"""


def test_crashes_are_listed_as_the_device_does() -> None:
    lab = Lab()
    pids = []
    for facility, instance in (("sessmgr", 1), ("egtpinmgr", 1), ("vpnmgr", 2), ("vpnmgr", 1)):
        task = lab.chassis.tasks.get(facility, instance)
        assert task is not None
        pids.append(task.pid)
        lab.chassis.task_faults.kill(facility, instance)
    assert lab.typed("show crash list") == (
        CRASH_HEAD.format(last="MIO / Crash Card")
        + f"1   2026-Mar-27+17:12:25 sessmgr  01/0/{pids[0]:05} 21.28.1         "
        "LAB0000M005/LAB0000D001\n"
        f"2   2026-Mar-27+17:12:25 egtpinmg 01/0/{pids[1]:05} 21.28.1         "
        "LAB0000M005/LAB0000D001\n"
        f"3   2026-Mar-27+17:12:25 vpnmgr   05/0/{pids[2]:05} 21.28.1         "
        "LAB0000M005/LAB0000M005\n"
        "\nTotal Crashes : 4\n"
    )
    full = [
        CRASH.format(number=1, count=1, facility="sessmgr", instance=1, slot=1, pid=pids[0]),
        CRASH.format(number=2, count=1, facility="egtpinmgr", instance=1, slot=1, pid=pids[1]),
        CRASH.format(number=3, count=2, facility="vpnmgr", instance=2, slot=5, pid=pids[2]),
    ]
    assert lab.typed("show crash number 3") == full[2]
    assert lab.typed("show crash all") == "\n".join(full)
    assert lab.typed("clear crash number 2") == ""
    assert lab.typed("show crash all") == "\n".join((full[0], full[2]))
    assert lab.typed("clear crash number 2") == "Failure: Crash record 2 does not exist\n"
    assert lab.typed("clear crash all") == ""
    assert lab.typed("show crash all") == "No crash record found\n"


def test_crashes_of_virtual_platforms_name_no_serial_number() -> None:
    lab = Lab("vpc-di")
    lab.chassis.task_faults.kill("sessmgr", 1)
    task = lab.chassis.crashes.records[0].place
    assert lab.typed("show crash list") == (
        CRASH_HEAD.format(last="CF / Crash Card")
        + f"1   2026-Mar-27+17:12:25 sessmgr  {task.slot:02}/0/{task.pid:05} 21.28.1         "
        f"{'NA':23}\n"
        "\nTotal Crashes : 1\n"
    )


def logged(lab: Lab, which: str = "") -> list[str]:
    """The log lines, the oldest first."""
    return lab.typed(f"show logs{which}").splitlines()[::-1]


def writer(lab: Lab, facility: str, instance: int = 0) -> str:
    """How a log line names the process of a task."""
    task = lab.chassis.tasks.get(facility, instance)
    assert task is not None
    return f"[{task.cpu}/{task.pid} <{facility}:{instance}>]"


def test_log_lines_have_the_form_of_the_device() -> None:
    lab = Lab()
    lab.configure("require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload(60)
    lab.chassis.task_faults.kill("sessmgr", 2)
    lab.wait(3)
    since = " since 2026:03:27:17:13"
    kind = "[software internal system]"
    hat, snmp = writer(lab, "hatsystem"), writer(lab, "snmp")
    home = next(lab.chassis.tasks.of("sessmgr")).cpu
    shown = logged(lab, since)
    assert shown[0].startswith(f"2026-Mar-27+17:13:25.000 [hat 3040 error] {hat} {kind} Death ")
    assert shown[1] == (
        f"2026-Mar-27+17:13:25.000 [snmp 22002 info] {snmp} {kind} Internal trap notification 73 "
        "(ManagerFailure) facility sessmgr instance 2 card 2 cpu 0"
    )
    assert home.slot == 1
    client = writer(lab, "sessmgr", 2)
    assert any(f"[aaa-client 6041 info] {client} {kind} AAA client" in line for line in shown)


def test_the_end_of_a_session_is_logged_by_its_process() -> None:
    """The line that is known to the letter, but for its place."""
    lab = Lab()
    other = lab.device.session(user="joe", terminal="/dev/pts/2", console=False)
    process = lab.system.process(other.user)
    assert process is not None
    assert process.instance == 5_000_000 + process.pid
    row = f" 5/0 cli        {process.instance} "
    assert row in lab.typed("show task resources facility cli all")
    lab.wait(60.713)
    other.close()
    assert row not in lab.typed("show task resources facility cli all")
    (line,) = logged(lab, " facility cli")
    assert line == (
        f"2026-Mar-27+17:13:25.713 [cli 30005 info] [5/0/{process.pid} <cli:{process.instance}> "
        "_commands_cli.c:1290] [software internal system] CLI session ended for Security "
        "Administrator joe on device /dev/pts/2"
    )


def test_a_session_ends_with_its_process_and_gets_another_when_a_card_takes_it_along() -> None:
    lab = Lab()
    other = lab.device.session(user="joe", terminal="/dev/pts/2", console=False)
    process = lab.system.process(other.user)
    assert process is not None
    lab.typed("card switch from 5 to 6 -noconfirm")
    lab.wait(5)
    assert lab.system.process(other.user) is process
    assert (process.cpu.slot, process.instance) == (6, 6_000_000 + process.pid)
    lab.wait(80)
    lab.chassis.card_faults.fail(6)
    successor = lab.system.process(other.user)
    assert successor is not None
    assert successor is not process
    assert successor.cpu.slot == 5
    assert not other.handle("show clock").failed
    lab.chassis.task_faults.kill("cli", successor.instance)
    assert other.handle("show clock").awaits.name == "NOTHING"
    assert "joe" not in lab.typed("show administrators")
    assert lab.system.process(lab.session.user) is not None
    assert len(list(lab.chassis.tasks.of("cli"))) == 1
    lab.reload()
    assert lab.system.process(lab.session.user) is not None
    assert len(list(lab.chassis.tasks.of("cli"))) == 1


def test_logs_are_filtered() -> None:
    lab = Lab()
    lab.wait(15)
    lab.chassis.task_faults.kill("sessmgr", 1)
    lab.wait(20)
    lab.device.session(user="joe", terminal="/dev/pts/2", console=False).close()
    everything = logged(lab)
    stamps = [line[12:20] for line in everything]
    assert stamps == sorted(stamps)
    assert {"17:12:40", "17:13:00"} < set(stamps)

    def where(text: str) -> list[str]:
        return [line for line in everything if text in line]

    assert logged(lab, " facility snmp") == where("[snmp ")
    assert logged(lab, " level error") == where(" error] ") != []
    assert logged(lab, " level critical") == ["No logs match"]
    assert logged(lab, " level debug") == logged(lab, " level info") == everything
    assert logged(lab, " since 2026:03:27:17:13") == where("+17:13:")
    assert logged(lab, " since 2026:03:27:17:12:41") == where("+17:12:42") + where("+17:13:")
    assert logged(lab, " facility hat until 2026:03:27:17:12:40") == where("[hat ")
    assert logged(lab, " facility nonesuch") == ["No logs match"]
    assert logged(lab, " until 2026:02:30:00:00")[0].startswith("Failure: Invalid date: ")
    assert logged(lab, " since 2026:03:27:24:00:00")[0].startswith("Failure: Invalid date: ")


def test_alarms_are_cleared_and_stay_counted() -> None:
    lab = Lab()
    lab.device.fail_fan("lower-front")
    assert "Fan" in lab.typed("show alarm outstanding")
    counted = lab.typed("show alarm statistics").split("Cumulative")[1]
    assert lab.typed("clear alarm all") == ""
    assert lab.typed("show alarm outstanding") == "No alarms are outstanding\n"
    assert lab.typed("show alarm statistics").split("Cumulative")[1] == counted


def test_a_checkpoint_makes_the_lines_of_the_log_inactive() -> None:
    lab = Lab()
    before = lab.typed("show logs").splitlines()
    assert before
    assert lab.typed("show logs active").splitlines() == before
    assert lab.typed("show logs inactive") == lab.typed("show logs facility nothing")
    lab.typed("logs checkpoint")
    assert lab.typed("show logs inactive event-verbosity full").splitlines() == before
    assert lab.typed("show logs runtime") == lab.typed("show logs facility nothing")
    lab.device.session("joe")
    new = lab.typed("show logs active").splitlines()
    assert lab.typed("show logs").splitlines() == new + before
    lab.typed("clear log checkpointed")
    assert lab.typed("show logs").splitlines() == new
    lab.typed("clear log descriptor-rejections")
    assert lab.typed("show logs").splitlines() == new
    lab.typed("clear log runtime")
    assert lab.typed("show logs") == lab.typed("show logs facility nothing")


def test_lines_of_a_process_or_a_call_are_found() -> None:
    lab = Lab()
    lines = lab.typed("show logs proclet snmp").splitlines()
    assert lines
    assert all("<snmp:0>" in line for line in lines)
    assert lab.typed("show logs callid 00004e21") == lab.typed("show logs facility nothing")


def test_lines_of_the_log_are_written_to_a_file() -> None:
    lab = Lab()
    lab.chassis.task_faults.kill("sessmgr", 3)
    lab.wait(60)
    assert lab.typed("save logs /flash/log.txt facility hat level error") == ""
    data = lab.chassis.storage.read(locate("/flash/log.txt")).decode()
    assert "[hat 3040 error]" in data
    assert " info] " not in data
    assert data == lab.typed("show logs facility hat level error")
    assert lab.reply("save logs /flash/log.txt").prompt.startswith("Are you sure?")
    assert lab.typed("no") == "Action aborted\n"
    assert lab.typed("save logs /flash/log.txt -noconfirm") == ""
    assert lab.reply("save logs tftp://192.0.2.1/log.txt").failed
    assert lab.device.session("i", "inspector").handle("save logs /flash/other.txt").failed
