"""Around the chapter: the layouts of the show commands, character by character."""

from __future__ import annotations

import re

import pytest

from tests.lab import Lab


def test_version() -> None:
    assert Lab().typed("show version") == (
        "Active Software:\n"
        "  Image Version:                  21.28.1\n"
        "  Image Build Number:             90001\n"
        "  Image Description:              Deployment_Build\n"
        "  Image Date:                     Tue Jan  6 19:06:21 UTC 2026\n"
        "  Boot Image:                     /flash/asr5500-21.28.1.bin\n"
        "  Source Commit ID:               0000000000000000000000000000000000000000\n"
    )


def test_clock_and_uptime_follow_the_clock_of_the_chassis() -> None:
    lab = Lab()
    assert lab.typed("show clock") == "Friday March 27 17:12:25 UTC 2026\n"
    assert lab.typed("show system uptime") == "System uptime: 69D 13H 34M\n"
    lab.wait(26 * 3600 + 60)
    assert lab.typed("show clock") == "Saturday March 28 19:13:25 UTC 2026\n"
    assert lab.typed("show system uptime") == "System uptime: 70D 15H 35M\n"
    lab.reload(settle=62)
    assert lab.typed("show system uptime") == "System uptime: 0D 0H 1M\n"


def test_card_table() -> None:
    lines = Lab().typed("show card table").splitlines()
    assert lines[:2] == [
        "Slot         Card Type                               Oper State     SPOF  Attach",
        "-----------  --------------------------------------  -------------  ----  ------",
    ]
    assert (
        " 1: DPC      Data Processing Card 2                  Active         No         " in lines
    )
    assert (
        " 4: DPC      Data Processing Card 2                  Standby        -          " in lines
    )
    assert (
        " 8: DPC      None                                    -              -          " in lines
    )
    assert (
        "11: SSC      System Status Card                      Active         No         " in lines
    )
    assert len(lines) == 2 + 18


def test_card_table_of_the_virtual_platforms() -> None:
    di = Lab("vpc-di").typed("show card table").splitlines()
    assert di[2].startswith(" 1: CFC      Control Function Virtual Card           Active ")
    assert di[4].startswith(
        " 3: FC       1-Port Service Function Virtual Card    Active         No"
    )
    si = Lab("vpc-si").typed("show card table").splitlines()
    assert si[2:] == [
        " 1: VC       4-Port Virtual Card                     Active         -          "
    ]


def test_task_resources_columns_and_total() -> None:
    lab = Lab()
    lines = lab.typed("show task resources facility sessmgr all").splitlines()
    assert lines[:3] == [
        "                   task   cputime        memory     files      sessions",
        " cpu facility      inst  used  allc   used  alloc used allc  used  allc S status",
        "----------------------- ----------- ------------- --------- ------------- ------",
    ]
    row = re.compile(
        r"[ \d]\d/\d sessmgr       [ \d]{4} \d\.\d\d%  100% \d{3}\.\dM 900\.0M   28  500 "
        r"[ \d]{5} 12000 I   good"
    )
    rows = lines[3:-1]
    assert all(row.fullmatch(line) for line in rows)
    assert len(rows) == 40
    total = lines[-1].split()
    assert total[:2] == ["Total", "40"]
    assert int(total[-1]) == sum(int(line.split()[-4]) for line in rows) == 1024
    assert len(lines[-1]) == 68


def test_task_resources_narrowed_down() -> None:
    lab = Lab()
    one = lab.typed("show task resources facility sessmgr instance 7").splitlines()
    assert [line.split()[1:3] for line in one[3:-1]] == [["sessmgr", "7"]]
    card = lab.typed("show task resources card 2 cpu 1").splitlines()
    assert {line[:4] for line in card[3:-1]} == {" 2/1"}
    assert lab.typed("show task resources facility sessmgr instance 4999") == "No matching tasks\n"
    assert lab.typed("show task resources facility nonesuch all") == "No matching tasks\n"
    assert lab.typed("show task resources card 20").startswith("Failure: Card 20 does not exist")


def test_cpu_table_covers_the_running_cards_and_agrees_with_the_tasks() -> None:
    lab = Lab()
    lines = lab.typed("show cpu table").splitlines()
    assert lines[2] == (
        "----  -----  ------ ------ ------  ------ ------ ------  ----- ----- ----- -----"
    )
    assert {len(line) for line in lines[2:]} == {len(lines[2])}
    cpus = [line.split()[0] for line in lines[3:]]
    assert cpus == ["1/0", "1/1", "2/0", "2/1", "3/0", "3/1", "4/0", "4/1", "5/0", "6/0"]
    assert [line.split()[1] for line in lines[3:]] == ["Actve"] * 6 + ["Stdby"] * 2 + [
        "Actve",
        "Stdby",
    ]


@pytest.mark.parametrize(
    ("chassis", "total"), [("asr5500", "64.0G"), ("vpc-si", "16.0G"), ("asr5000-chapter", "4096M")]
)
def test_cpu_table_columns(chassis: str, total: str) -> None:
    known = " 1/0  Actve    3.51   2.90   2.57    1.1%   1.1%   0.9%  7035M 7034M 7032M 8192M"
    lines = Lab(chassis).typed("show cpu table").splitlines()
    assert lines[:3] == [
        "             --------Load--------  ------CPU-Usage-----  ---------Memory--------",
        " cpu  state     now   5min  15min     now   5min  15min    now  5min 15min total",
        "----  -----  ------ ------ ------  ------ ------ ------  ----- ----- ----- -----",
    ]
    ends = [[word.end() for word in re.finditer(r"\S+", line)] for line in (known, *lines[3:])]
    assert all(row == ends[0] for row in ends)
    assert lines[3].endswith(f" {total}")


def test_a_single_point_of_failure_is_one_in_every_screen() -> None:
    for chassis in ("asr5500", "vpc-di", "vpc-si"):
        lab = Lab(chassis)
        for _ in range(2):
            rows = [line.split() for line in lab.typed("show card table").splitlines()[2:]]
            table = {int(row[0][:-1]): row[-1] for row in rows if "None" not in row}
            info = lab.typed("show card info")
            slots = map(int, re.findall(r"^Card (\d+):$", info, re.MULTILINE))
            marks = re.findall(r"Single Point of Failure : (\S+)", info)
            assert dict(zip(slots, marks, strict=True)) == table
            standby = lab.chassis.hardware.standby_packet
            if standby:
                lab.device.fail_card(standby[0].slot, "BROKEN", usable=False)


def test_context_service_and_resources_count_the_same_sessions() -> None:
    lab = Lab()
    assert lab.typed("show context all") == (
        "Context Name    ContextID    State     Description\n"
        "--------------- --------- ----------   -----------------------\n"
        "local           1            Active\n"
        "SAEGW           2            Active\n"
        "GGSN            3            Active\n"
    )
    assert lab.typed("show context name GGSN").splitlines()[2:] == [
        "GGSN            3            Active"
    ]
    assert lab.typed("show context name X") == "Failure: The context X does not exist\n"
    services = lab.typed("show service all").splitlines()
    assert services[4] == (
        "2           3           SAEGW         PGW-SVC       Started       100000        pgw"
    )
    resources = lab.typed("show resources")
    assert "PGW Service:\n    In Use              : 800\n" in resources
    assert "    Limit               : 100000\n" in resources
    assert "    License Status      : Within Acceptable Limits\n" in resources


def test_subscribers_summary_columns() -> None:
    lines = Lab().typed("show subscribers summary").splitlines()
    assert lines[0] == "Total Subscribers:             1024"
    assert lines[1] == (
        "Active:                        1024          Dormant:                       0"
    )
    counts = re.findall(r"([\w-]+): +(\d+)", "\n".join(lines[2:]))
    assert sum(int(count) for _, count in counts) == 1024
    assert ("pgw-gtp-ipv4", "700") in counts


def test_subscribers_by_every_key() -> None:
    lab = Lab()
    by_name = lab.typed("show subscribers username user7@lab.example").splitlines()
    row = by_name[-3]
    found = re.fullmatch(
        r"WTCNAI ([0-9a-f]{8}) 001010000000007 user7@lab\.example {6}10\.10\.0\.7 {21}"
        r"\d\dh\d\dm\d\ds",
        row,
    )
    assert found is not None
    assert by_name[-1] == "Total subscribers matching specified criteria: 1"
    for line in (
        f"show subscribers callid {found[1]}",
        f"show subscribers callid {found[1].upper()}",
        "show subscribers msid 001010000000007",
        "show subscribers imsi 001010000000007",
    ):
        assert row in lab.typed(line)
    assert lab.typed("show subscribers all").splitlines()[-1].endswith(": 1024")


@pytest.mark.proves("SR-30")
def test_wildcards_and_single_quotes() -> None:
    lab = Lab()

    def count(which: str) -> int:
        last = lab.typed(f"show subscribers {which}").splitlines()[-1]
        return int(last.split()[-1]) if last.startswith("Total") else 0

    assert count("username user*") == 700
    assert count("username user$@lab.example") == 9
    assert count("username *@lab.example") == 1024
    assert count("msid 00101000000000$") == 9
    assert count("username 'user$@lab.example'") == 0
    assert lab.typed("show subscribers username 'user*'") == (
        "No subscribers match the specified criteria\n"
    )
    assert lab.typed("show subscribers callid 00000000") == (
        "No subscribers match the specified criteria\n"
    )
    assert lab.typed("show subscribers callid 123").startswith('Failure: Invalid value "123"')
    assert lab.typed("show subscribers callid 1234567g").startswith("Failure: Invalid value")


def test_files_are_copied_renamed_listed_and_removed() -> None:
    lab = Lab()
    text = lab.typed("show file url /flash/system.cfg")
    assert lab.typed("mkdir /flash/old") == ""
    assert lab.typed("copy /flash/system.cfg /flash/old") == ""
    assert lab.typed("rename /flash/old/system.cfg /usb1/a.cfg") == ""
    assert lab.typed("show file url file:/usb1/a.cfg") == text
    assert lab.typed("directory /flash/old").endswith("0 files, 0 bytes\n")
    assert lab.reply("delete /usb1/a.cfg").prompt == "Are you sure? [Yes|No]: "
    assert lab.typed("yes") == ""
    assert lab.typed("delete /usb1/a.cfg") == "Failure: /usb1/a.cfg does not exist\n"
    assert lab.typed("rmdir /flash/old -noconfirm") == ""
    assert "system.cfg" in lab.typed("dir")
    assert lab.reply("copy /flash/system.cfg /flash/boot.sys").prompt.startswith("Are you sure?")
    assert lab.typed("no") == "Action aborted\n"
    assert "boot system priority" in lab.typed("show file url /flash/boot.sys")


def test_services_stop_with_their_address_and_sessions_end() -> None:
    lab = Lab()
    lab.configure("context SAEGW", "interface S5", "no ip address")
    assert "SAEGW         PGW-SVC       Initialized   100000        pgw" in lab.typed(
        "show service all"
    )
    assert len(lab.chassis.sessions) == 224
    lab.typed("configure", "no context GGSN")
    assert lab.session.prompt == "Are you sure? [Yes|No]: "
    lab.typed("yes", "end")
    assert len(lab.chassis.sessions) == 0
    assert "GGSN" not in lab.typed("show context")


def test_administrators_and_terminal() -> None:
    lab = Lab()
    lab.wait(65)
    shown = lab.typed("show administrators").splitlines()
    assert len(shown) == 3
    assert shown == [
        "Administrator    M Type                   TTY          Start Time           Idle",
        "---------------- - ---------------------- ------------ -------------------- ----",
        "admin              Security Administrator /dev/console Mar 27 17:12:25 2026 0",
    ]
    lab.wait(130)
    other = lab.device.session("ann", "administrator")
    other.handle("configure")
    rows = {row["name"]: row for row in lab.reply("show administrators").data}
    assert (rows["admin"]["mode"], rows["ann"]["mode"]) == ("", "c")
    other.handle("end")
    other.handle("configure lock")
    lab.clock.advance(130)
    alone = next(row for row in lab.reply("show administrators").data if row["name"] == "ann")
    assert (alone["mode"], alone["idle"]) == ("L", 2)
    assert lab.typed("terminal length 33", "terminal width 100") == ""
    assert "33 lines" in lab.typed("show terminal")


def test_what_is_not_modelled_is_listed() -> None:
    shown = Lab().typed("show emulator not-modelled all")
    assert "host-pool <host_pool_name>" in shown
    assert "rulebase <rulebase_name>" not in shown
    assert "require session recovery" not in shown


def test_lines_that_are_not_modelled_are_counted_by_their_forms() -> None:
    lab = Lab()
    before = lab.reply("show emulator not-modelled").data
    lab.configure(
        "context A", "cae-group one", "exit", "cae-group two", "exit", "cs-network n", "any line"
    )
    counts, total = lab.reply("show emulator not-modelled").data
    added = {(row["mode"], row["line"]): row["lines"] for row in counts}
    assert added["Context Configuration", "cae-group <group_name>"] == 2
    assert ("Global Configuration", "context <context_name>") not in added
    known = before[-1] if isinstance(before, list) else before
    assert total["kept"] == known["kept"] + 4
    assert total["lines"] == known["lines"] + 5


def test_a_port_that_does_not_exist_is_told_with_what_does() -> None:
    lab = Lab()
    lab.typed("configure")
    assert lab.typed("port ethernet 99/1") == (
        "Failure: Port 99/1 does not exist: slots are 1 to 18\n"
    )
    assert lab.typed("port ethernet 5/99") == (
        "Failure: Port 5/99 does not exist: 1 to 29 on card 5\n"
    )


@pytest.mark.parametrize(
    ("chassis", "image"), [("asr5500", "asr5500"), ("vpc-si", "qvpc-si"), ("vpc-di", "qvpc-di")]
)
def test_the_kernel_follows_the_image(chassis: str, image: str) -> None:
    plain = Lab(chassis).typed("show version")
    assert Lab(chassis).typed("show version verbose") == plain + (
        f"  Kernel Version:                 2.6.38-staros-v3-{image}-64\n"
        "  Kernel Machine Type:            x86_64\n"
    )


@pytest.mark.parametrize(
    ("chassis", "banner"), [("asr5500", "ASR5500"), ("vpc-si", "QvPC-SI"), ("vpc-di", "QvPC-DI")]
)
def test_the_banner_names_the_platform(chassis: str, banner: str) -> None:
    assert Lab(chassis).chassis.platform.banner == banner


CARD_4 = """Card 4:
  Slot Type               : DPC
  Card Type               : Data Processing Card 2
  Operational State       : {state}
  Desired Mode            : Standby
  Last State Change       : Friday March 27 17:12:25 UTC 2026
  Administrative State    : Enabled
  Card Lock               : Locked
  Halt Issued             : {halted}
  Reboot Pending          : No
  Upgrade In Progress     : No
  Card Usable             : {usable}
  Single Point of Failure : -
  CPU 0                   : Not Running
  CPU 1                   : Not Running
"""


def test_a_card_that_was_halted() -> None:
    lab = Lab()
    assert "  Operational State       : Standby\n" in lab.typed("show card info 4")
    lab.typed("card halt 4 -noconfirm")
    shown = CARD_4.format(state="Offline", halted="Yes", usable="Yes")
    assert lab.typed("show card info 4") == shown


def test_a_card_that_failed_for_good() -> None:
    lab = Lab()
    assert "    Last Failure          : None\n" in lab.typed("show card diag 4")
    lab.device.fail_card(4, "BROKEN", usable=False)
    shown = CARD_4.format(state="Offline", halted="No", usable="No")
    assert lab.typed("show card info 4") == shown
    assert (
        lab.typed("show card diag 4")
        == """Card 4:
  Status:
    Boot Mode             : None
    Card Diagnostics      : Fail
    Last Failure          : BROKEN
    Card Usable           : No
    Card Tests            : Fail
"""
    )


def test_the_configuration_monitor_knows_of_changes_that_are_not_saved() -> None:
    lab = Lab()
    lab.typed("save configuration -noconfirm")
    text = lab.typed("show cli configuration-monitor")
    assert text == (
        "Configuration Monitor   : disabled\n"
        "Last Check              : Never\n"
        "Last Change Found       : Never\n"
        "Configuration File      : /flash/system.cfg\n"
        "Unsaved Changes         : No\n"
    )
    lab.configure("cli configuration-monitor")
    text = lab.typed("show cli configuration-monitor")
    assert "Configuration Monitor   : enabled\n" in text
    assert "Unsaved Changes         : Yes\n" in text
    lab.typed("save configuration -noconfirm")
    assert "Unsaved Changes         : No\n" in lab.typed("show cli configuration-monitor")


def test_a_trap_tells_that_the_configuration_was_changed() -> None:
    lab = Lab()
    due = lab.chassis.timeline.next_due
    lab.configure("context x")
    assert lab.chassis.timeline.next_due == due
    lab.configure("cli configuration-monitor")
    lab.wait(1000)

    def traps() -> int:
        return lab.typed("show snmp trap history").count("1100 (ConfigurationUpdate)")

    assert traps() == 0
    lab.configure("context y")
    lab.wait(900)
    assert traps() == 1
    assert "Last Change Found       : Never" not in lab.typed("show cli configuration-monitor")
    lab.wait(10 * 365 * 86400)
    assert traps() == 1
    lab.configure("no cli configuration-monitor", "context z")
    lab.wait(2000)
    assert traps() == 1


def test_the_system_tells_what_it_has_started_from() -> None:
    lab = Lab()
    text = lab.typed("show boot initial-config")
    (first, *_) = lab.chassis.boot_stack.entries()
    assert text == (
        f"Initial (boot time) configuration:\n  image {first.image} \\\n  config {first.config}\n"
        f"  priority {first.priority}\n"
    )
