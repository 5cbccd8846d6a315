"""When things break: SR-01 to SR-12, SR-28 to SR-35."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from staros_cli.chassis import rct
from staros_cli.chassis.access import ACCESS_KINDS, TRAITS, is_recoverable
from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.definition import parse
from staros_cli.chassis.hardware import CardState
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.tasks import AAAMGR, SESSMGR
from tests.chassis.test_any_sequence import GROUPS, Groups, small
from tests.lab import Lab

READY = "Ready For Recovery"


def recovering(platform: str = "asr5500", feature: bool = True, groups: Groups = GROUPS) -> Lab:
    """A small chassis, without calls that come and go."""
    text = small(platform, feature, groups).replace(
        "attach-rate = 10.0, churn = 0.5", "attach-rate = 0.0"
    )
    return Lab(parse("small", text, "small"))


def of_sessmgr(lab: Lab, instance: int) -> dict[str, int]:
    """The callids of a sessmgr by username."""
    sessions = lab.chassis.sessions
    found = [sessions.session(row) for row in sessions.rows_of_sessmgrs({instance})]
    return {session.username: session.callid for session in found}


def covered(usernames: dict[str, int], lab: Lab) -> set[str]:
    """Those of the names whose session can be recovered."""
    sessions = lab.chassis.sessions
    found = set()
    for name, callid in usernames.items():
        session = sessions.session(sessions.with_callid(callid)[0])
        fit = is_recoverable(session.kind, session.group.form.trait, lab.chassis.platform.name)
        if fit and session.is_connected(lab.chassis.now):
            found.add(name)
    return found


def traps(lab: Lab) -> list[str]:
    """The names of the traps, without those of sessions at the command line."""
    shown = lab.typed("show snmp trap history")
    return [n for n in re.findall(r"\((\w+)\)", shown) if not n.startswith("CLI")]


def test_sr01_standby_mode_managers_hold_nothing() -> None:
    lab = recovering()
    for facility in (SESSMGR, AAAMGR):
        standby = list(lab.chassis.tasks.of(facility, standby=True))
        active = {task.cpu for task in lab.chassis.tasks.of(facility, standby=False)}
        assert active <= {task.cpu for task in standby}
    assert all(
        lab.chassis.sessions.count_of_sessmgr(task.instance) == 0
        for task in lab.chassis.tasks.of(SESSMGR, standby=True)
    )
    without = recovering(feature=False)
    assert not [task for task in without.chassis.tasks.tasks if task.standby]


def test_sr02_sessmgr_aborts_and_no_connected_user_is_lost() -> None:
    lab = recovering()
    before = of_sessmgr(lab, 2)
    kept = covered(before, lab)
    assert len(kept) > 2
    standby = {task.pid for task in lab.chassis.tasks.of(SESSMGR, standby=True)}
    lab.chassis.task_faults.kill(SESSMGR, 2)
    successor = lab.chassis.tasks.get(SESSMGR, 2)
    assert successor is not None
    assert successor.pid in standby
    assert successor.recovering
    lab.wait(3)
    after = of_sessmgr(lab, 2)
    assert after == {name: before[name] for name in kept}
    assert lab.chassis.tasks.get(SESSMGR, 2) is successor
    assert traps(lab) == [
        "ManagerFailure",
        "TaskFailed",
        "SessMgrRecoveryComplete",
        "ManagerRestart",
        "TaskRestart",
    ]
    assert lab.typed("show crash list").count("sessmgr") == 1


def test_sr03_without_the_feature_the_sessions_of_that_sessmgr_are_lost_and_only_those() -> None:
    lab = recovering(feature=False)
    gone = len(of_sessmgr(lab, 2))
    total = len(lab.chassis.sessions)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(5)
    assert len(lab.chassis.sessions) == total - gone
    assert of_sessmgr(lab, 2) == {}
    task = lab.chassis.tasks.get(SESSMGR, 2)
    assert task is not None
    assert task.is_up(lab.chassis.now)


@pytest.mark.parametrize("victim", [AAAMGR, SESSMGR])
def test_sr04_a_second_fault_during_the_recovery_loses_the_sessions(victim: str) -> None:
    lab = recovering()
    lost = len(of_sessmgr(lab, 3))
    total = len(lab.chassis.sessions)
    lab.chassis.task_faults.kill(SESSMGR, 3)
    lab.wait(0.5)
    lab.chassis.task_faults.kill(victim, 3)
    lab.wait(5)
    assert len(lab.chassis.sessions) == total - lost
    shown = lab.typed("show snmp trap history | grep SessMgrRecoveryComplete")
    assert "instance 3 card" in shown
    assert f"recovered 0, lost {lost}" in shown
    assert violations(lab.chassis) == []


def test_sr04_the_peer_on_a_card_that_fails_meanwhile() -> None:
    lab = recovering()
    peer = lab.chassis.tasks.get(AAAMGR, 1)
    assert peer is not None
    lost = len(of_sessmgr(lab, 1))
    lab.chassis.task_faults.kill(SESSMGR, 1)
    lab.chassis.card_faults.fail(peer.cpu.slot)
    lab.wait(10)
    assert of_sessmgr(lab, 1) == {}
    shown = lab.typed("show logs | grep SessMgrRecoveryComplete")
    assert "SessMgrRecoveryComplete: instance 1 card" in shown
    assert f"lost {lost}" in shown


def test_sr05_too_little_hardware() -> None:
    lab = recovering()
    lab.chassis.cards.halt(4)
    lab.wait(12)
    assert lab.status() == "Not Ready For Recovery (no standby packet card)"
    lab.typed("card reboot 4 -noconfirm")
    lab.wait(90)
    assert lab.status() == READY


def test_sr06_per_manager_statistics_begin_at_zero_accounting_goes_on() -> None:
    lab = recovering()
    (name, callid), *_ = [
        pair for pair in of_sessmgr(lab, 2).items() if pair[0] in covered(of_sessmgr(lab, 2), lab)
    ]
    line = "show session subsystem facility sessmgr instance 2"

    def arrived() -> int:
        found = re.search(r"(\d+) Total Calls Arrived", lab.typed(line))
        assert found is not None
        return int(found[1])

    def octets() -> int:
        shown = lab.typed(f"show subscribers full callid {callid:08x}")
        found = re.search(r"Input Octets: (\d+)", shown)
        assert found is not None, (name, shown)
        return int(found[1])

    assert arrived() > 0
    before = octets()
    assert before > 0
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(3)
    assert arrived() == 0
    assert octets() >= before


CHAPTER_EVERYWHERE = {
    "pdsn-simple-ipv4",
    "pdsn-simple-ipv6",
    "pdsn-mobile-ip",
    "pdsn-proxy-mobile-ip",
    "ha-mobile-ipv4",
    "ha-proxy-mobile-ip",
    "ggsn-pdp-type-ipv4",
    "ggsn-pdp-type-ppp",
    "pgw-gtp-ipv4",
    "pgw-gtp-ipv6",
    "sgw-gtp-ipv4",
    "mme",
    "samog-cgw",
    "samog-mrme",
    "l2tp-lac",
    "lns-l2tp",
    "ipcf",
}


@pytest.mark.parametrize("kind", ACCESS_KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("platform", ["asr5500", "asr5000"])
def test_sr07_every_kind_is_recovered_where_the_chapter_says(kind: object, platform: str) -> None:
    """SR-07: killed and recovered, or lost where the platform is not covered."""
    name: str = kind.name  # type: ignore[attr-defined]
    lab = recovering(platform, groups=((12, name, ""),))
    sessions = lab.chassis.sessions
    group = sessions.groups[0]
    before = [n for n in range(group.count) if sessions.is_attached(0, n)]
    assert len(before) == group.count
    lab.chassis.task_faults.kill(SESSMGR, 1)
    lab.wait(3)
    after = [n for n in range(group.count) if sessions.is_attached(0, n)]
    survives = name in CHAPTER_EVERYWHERE or platform == "asr5500"
    assert (after == before) is survives


@pytest.mark.parametrize("trait", TRAITS)
def test_sr08_what_is_not_covered_is_lost(trait: str) -> None:
    text = small("asr5500", feature=True).replace('trait = "ipsec"', f'trait = "{trait}"')
    lab = Lab(parse("small", text.replace("churn = 0.5", "churn = 0.0"), "small"))
    sessions = lab.chassis.sessions
    owners = {
        sessions.session(row).sessmgr
        for row in sessions.rows()
        if sessions.session(row).group.form.trait
    }
    assert owners
    lost = sum(
        bool(sessions.session(row).group.form.trait) for row in sessions.rows_of_sessmgrs(owners)
    )
    for instance in owners:
        lab.chassis.task_faults.kill(SESSMGR, instance)
        lab.clock.advance(20)
        lab.chassis.timeline.catch_up()
    shown = lab.typed("show snmp trap history | grep SessMgrRecoveryComplete")
    assert sum(int(n) for n in re.findall(r"lost (\d+)", shown)) >= lost
    assert len(TRAITS) == 8


def test_sr09_sr10_call_duration_goes_on_idle_is_zero_registration_at_its_maximum() -> None:
    """SR-09 and SR-10, on an HA session."""
    lab = recovering()
    sessions = lab.chassis.sessions
    row = next(
        row
        for row in sessions.rows()
        if sessions.session(row).kind.name == "ha-mobile-ipv4"
        and not sessions.session(row).group.form.trait
    )
    session = sessions.session(row)
    line = f"show subscribers full callid {session.callid:08x}"

    def shown(label: str) -> str:
        found = re.search(rf"{label}: (\S+)", lab.typed(line))
        assert found is not None
        return found[1]

    lab.wait(7)
    lab.chassis.task_faults.kill(SESSMGR, session.sessmgr)
    lab.wait(1.51)
    assert shown("Idle Time") == "00h00m00s"
    assert shown("Re-registration Time Left") in ("00h30m00s", "00h29m59s")
    hours, minutes, seconds = (int(n) for n in re.findall(r"\d+", shown("Call Duration")))
    lasted = hours * 3600 + minutes * 60 + seconds
    assert lasted == int(lab.chassis.now - session.connected_at)
    assert lasted > 8


def test_sr11_a_partially_connected_call_is_not_recovered() -> None:
    lab = recovering()
    sessions = lab.chassis.sessions
    partial = [
        sessions.session(row)
        for row in sessions.rows()
        if not sessions.session(row).is_connected(lab.chassis.now)
    ]
    assert partial
    shown = lab.typed(f"show subscribers debug-info callid {partial[0].callid:08x}")
    assert "Current state: SMGR_STATE_LINE_CONNECTED" in shown
    assert "SMGR_EVT_AUTH_REQ" in shown
    assert "SMGR_EVT_AUTH_SUCCESS" not in shown.split("Peer")[0]
    lab.chassis.task_faults.kill(SESSMGR, partial[0].sessmgr)
    lab.wait(3)
    assert sessions.with_callid(partial[0].callid) == []


@pytest.mark.parametrize("facility", ["sct", "sessctrl", "vpnctrl", "hatsystem"])
def test_sr12_a_critical_task_restarts_staros(facility: str) -> None:
    lab = recovering()
    lab.chassis.task_faults.kill(facility, 0)
    assert not lab.chassis.is_up
    assert len(lab.chassis.sessions) == 0
    assert "is up" in lab.wait(2.5)
    shown = lab.typed("show snmp trap history")
    assert f"(SystemReboot) reason critical task {facility} failed" in shown
    assert facility[:8] in lab.typed("show crash list")


def test_sr12_the_host_of_a_virtual_system() -> None:
    single = recovering("vpc-si")
    single.chassis.card_faults.fail_host(1)
    assert not single.chassis.is_up
    many = recovering("vpc-di")
    on_card = {
        task.instance
        for task in many.chassis.tasks.of(SESSMGR, standby=False)
        if task.cpu.slot == 3
    }
    gone = len(many.chassis.sessions.rows_of_sessmgrs(on_card))
    total = len(many.chassis.sessions)
    many.chassis.card_faults.fail_host(3)
    many.wait(10)
    assert gone > 0
    assert len(many.chassis.sessions) == total - gone
    assert many.chassis.rct.records[-1].reason == "HOST_FAILURE"


def test_vpc_si_recovers_tasks() -> None:
    lab = recovering("vpc-si")
    kept = covered(of_sessmgr(lab, 1), lab)
    lab.chassis.task_faults.kill(SESSMGR, 1)
    lab.wait(3)
    assert set(of_sessmgr(lab, 1)) == kept


def test_an_unplanned_card_failure_is_recovered_by_the_standby_card() -> None:
    """SR-02, SR-31, SR-34, SR-35: under five seconds, recorded, and nothing falls back."""
    lab = recovering()
    before = covered(
        {
            lab.chassis.sessions.session(row).username: lab.chassis.sessions.session(row).callid
            for row in lab.chassis.sessions.rows()
        },
        lab,
    )
    lab.chassis.task_faults.kill("sitmain", 10)
    assert lab.chassis.hardware.cards[4].state is CardState.ACTIVE
    assert "single point of failure" in lab.typed("show alarm outstanding")
    lab.wait(5)
    names = {lab.chassis.sessions.session(row).username for row in lab.chassis.sessions.rows()}
    assert before <= names
    (record,) = lab.chassis.rct.records
    assert (record.source, record.target, record.planned) == (1, 4, False)
    assert (record.reason, record.device) == ("CPU_CRITICAL_TASK_FAILURE", "CPU_0")
    assert 0 < record.duration < 5
    here = {
        (task.facility, task.instance)
        for task in lab.chassis.tasks.on_card(4)
        if task.facility in (SESSMGR, AAAMGR) and not task.standby
    }
    assert {(task.facility, task.instance) for task in record.recovered} == here
    lab.wait(120)
    assert lab.chassis.hardware.cards[1].state is CardState.STANDBY
    assert lab.chassis.hardware.cards[4].state is CardState.ACTIVE
    assert lab.status() == READY
    assert "No alarms" in lab.typed("show alarm outstanding")
    assert "has failed" in lab.typed("show alarm all")
    assert violations(lab.chassis) == []


def test_the_status_goes_through_not_ready_and_back() -> None:
    lab = recovering()
    assert lab.status() == READY
    lab.chassis.task_faults.kill(SESSMGR, 2)
    seen = []
    for _ in range(30):
        lab.wait(1)
        seen.append(lab.status())
    changes = [b for a, b in zip(["", *seen], seen, strict=False) if a != b]
    assert changes in (
        [READY, "SESSMGR Not Ready For Recovery", READY],
        ["SESSMGR Not Ready For Recovery", READY],
    )


def test_sr31_planned_migration_moves_everything_and_loses_nothing() -> None:
    lab = recovering()
    total = len(lab.chassis.sessions)
    asked = lab.reply("card migration from 1 to 4")
    assert asked.prompt == "Are you sure? [Yes|No]: "
    assert lab.typed("yes") == ""
    refused = lab.typed("card migration from 2 to 4 -noconfirm")
    assert refused == "Failure: A migration from card 1 to card 4 is under way\n"
    lab.wait(60)
    assert len(lab.chassis.sessions) == total
    (record,) = lab.chassis.rct.records
    assert (record.planned, record.status, record.graceful) == (True, "Success", True)
    assert lab.chassis.hardware.cards[1].state is CardState.STANDBY
    assert not any(
        line.recovered
        for row in lab.chassis.sessions.rows()
        for line in lab.chassis.sessions.lines(row, lab.chassis.now, True)
    )
    assert [name for name in traps(lab) if "Migrate" in name] == ["MigrateStart", "MigrateComplete"]


def test_sr31_switchover_of_the_management_cards() -> None:
    lab = recovering()
    lab.typed("card switch from 5 to 6 -noconfirm")
    lab.wait(2.5)
    assert lab.chassis.hardware.active_management.slot == 6
    (record,) = lab.chassis.rct.records
    assert (record.action, record.duration) == (rct.Action.SWITCHOVER, pytest.approx(2.0))
    assert "Switchovers = 1, Average time - 2.000 sec" in lab.typed("show rct stats")
    lab.wait(90)
    assert lab.chassis.hardware.cards[5].state is CardState.STANDBY


def test_sr31_halting_an_active_card_is_a_shutdown() -> None:
    lab = recovering()
    total = len(lab.chassis.sessions)
    lab.typed("card halt 1 -noconfirm")
    lab.wait(60)
    assert lab.chassis.hardware.cards[1].state is CardState.OFFLINE
    assert len(lab.chassis.sessions) == total
    block = lab.typed("show rct stats verbose")
    assert "  Action          : Shutdown\n  From            : 1\n" in block


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("premigrate", "TASK_MIGRATION_FAIL_PREMIGRATE"),
        ("rename", "TASK_MIGRATION_FAIL_RENAME"),
    ],
)
def test_sr34_a_migration_that_fails(word: str, status: str) -> None:
    lab = recovering()
    lab.configure("cli hidden", "cli test-commands password p")
    lab.typed("cli test-commands password p")
    assert lab.typed(f"test migration fail {word} facility sessmgr instance 3") == ""
    lab.typed("card migration from 1 to 4 -noconfirm")
    lab.wait(60)
    assert lab.chassis.hardware.cards[1].state is CardState.ACTIVE
    block = lab.typed("show rct stats verbose")
    assert f"  Recovery Status : {status}\n  Failure Time    : 2026-Mar-27+" in block
    assert "  Facility        : sessmgr\n  Instance        : 3\n" in block
    assert "Migrations = 1, Average time = " in block


def test_sr34_reason_and_device_of_an_unplanned_failure() -> None:
    lab = recovering()
    lab.configure("cli hidden", "cli test-commands password p")
    lab.typed("cli test-commands password p")
    line = "test card 2 fail reason NPU_LC_CONNECT_TOP_FAIL device PAC_LC_CONNECT_HARDWARE unusable"
    assert lab.typed(line) == ""
    lab.wait(10)
    block = lab.typed("show rct stats verbose")
    assert "  Failure Reason  : NPU_LC_CONNECT_TOP_FAIL\n" in block
    assert "  Failure Device  : PAC_LC_CONNECT_HARDWARE\n" in block
    assert "  Is Card Usable  : No\n" in block
    lab.wait(600)
    assert lab.chassis.hardware.cards[2].state is CardState.OFFLINE
    assert "Card Diagnostics        : Fail" in lab.typed("show card diag 2")


def test_test_commands_need_what_is_configured() -> None:
    lab = recovering()
    assert "hidden" in lab.typed("cli test-commands password p")
    assert lab.typed("task kill facility sessmgr all").startswith("Unknown command")
    lab.configure("cli hidden", "cli test-commands password p")
    assert lab.typed("cli test-commands password q").startswith("Failure: The password")
    assert "password p\n" not in lab.typed("show configuration")
    assert lab.typed("cli test-commands password p") == (
        "Warning: Test commands enables internal testing and debugging commands\n"
        "         USE OF THIS MODE MAY CAUSE SIGNIFICANT SERVICE INTERRUPTION\n"
    )
    assert "TestModeEntered" in lab.typed("show snmp trap history")
    assert lab.typed("task kill facility nonesuch all") == (
        "Failure: There is no facility nonesuch\n"
    )
    assert lab.typed("task kill facility sessmgr instance 4000").startswith("Failure: No task")
    assert lab.typed("task kill facility sessmgr instance 1") == ""


def words(text: str) -> list[list[str]]:
    """The lines of a text as words, without empty and ruled ones: the columns were lost."""
    return [line.split() for line in text.splitlines() if line.strip("- ")]


CHAPTER = Path(__file__).parent / "chapter"


def test_sr28_sr29_the_debug_info_of_the_chapter() -> None:
    """The chapter's subscriber, word by word: primary line original, peer line recovered."""
    shown = Lab("asr5000-debug-info").typed("show subscriber debug-info callid 01ca11b1")
    assert words(shown) == words((CHAPTER / "debug-info.txt").read_text())
    lab = Lab("asr5000-debug-info")
    for line in ("msid 0000100003", "username user1"):
        assert lab.typed(f"show subscribers debug-info {line}") == shown


def test_sr29_before_and_after() -> None:
    lab = recovering()
    name = sorted(covered(of_sessmgr(lab, 2), lab))[0]
    line = f"show subscribers debug-info username {name}"
    lab.wait(200)
    before = lab.typed(line)
    assert before.count("Redundancy Status: Original Session") == 2
    assert not re.search(r"Full: +0 ", before)
    lab.chassis.task_faults.kill(SESSMGR, 2)
    lab.wait(1.502)
    after = lab.typed(line)
    primary, peer = after.split("  Peer callline:")
    assert "Redundancy Status: Recovered Session" in primary
    assert "Redundancy Status: Original Session" in peer
    assert re.search(r"Full: +0 +0 +0ms +0ms\n +Micro: +0 +0 +0ms +0ms", primary)
    assert primary.count("SMGR_EVT_AUTH_SUCCESS") == 6
    assert before.splitlines()[0] == after.splitlines()[0]
    lab.wait(95)
    assert re.search(r"Full: +1 +1 ", lab.typed(line))


def test_sr30_no_subscriber_no_block() -> None:
    lab = recovering()
    for line in ("callid 00000001", "msid 999999", "username nobody*"):
        assert lab.typed(f"show subscribers debug-info {line}") == (
            "No subscribers match the specified criteria\n"
        )
    both = lab.typed("show subscribers debug-info username 0-pgw-gtp-ipv4-*")
    assert both.count("\n\nusername: ") == both.count("username: ") - 1


def test_sr32_the_one_action_of_the_chapter() -> None:
    """Words and order are the chapter's; the figures of the summary are computed."""
    shown = Lab("asr5000-rct-one").typed("show rct stats")
    assert words(shown) == words((CHAPTER / "rct-stats.txt").read_text())


def test_sr33_the_five_actions_of_the_chapter() -> None:
    """The chapter's records line by line; two of its blocks order their fields otherwise."""
    shown = Lab("asr5000-rct-five").typed("show rct stats verbose")
    expected = (CHAPTER / "rct-stats-verbose.txt").read_text()
    for mine, chapters in zip(shown.split("Stats "), expected.split("Stats "), strict=True):
        assert sorted(words(mine)) == sorted(words(chapters))
    assert "Migrations = 3, Average time = 4.260 sec\nSwitchovers = 0\n" in shown


def test_sr35_figures_follow_from_what_happened() -> None:
    lab = recovering()
    began = lab.chassis.now
    lab.chassis.cards.migrate(1, 4)
    lab.wait(100)
    lab.chassis.cards.migrate(2, 1)
    lab.wait(100)
    first, second = lab.chassis.rct.records
    assert first.started_at == began
    assert second.started_at == began + 100
    summary = lab.chassis.rct.summary()
    assert summary.migrations.seconds == pytest.approx((first.duration + second.duration) / 2)
    assert first.duration != second.duration or first.recovered != second.recovered


def test_the_evidence_outlives_a_restart_and_can_be_cleared() -> None:
    lab = recovering()
    lab.chassis.task_faults.kill(SESSMGR, 1)
    lab.chassis.card_faults.fail(4)
    lab.reload()
    assert "Total Crashes : 1" in lab.typed("show crash list")
    assert "crash" not in lab.typed("show crash number 2").lower() or "not exist" in lab.typed(
        "show crash number 2"
    )
    assert "ManagerFailure" in lab.typed("show snmp notifies")
    assert lab.typed("clear crash list") == ""
    assert lab.typed("clear rct stats") == ""
    lab.typed("clear snmp trap history")
    lab.typed("clear snmp trap statistics")
    assert lab.typed("show crash list") == "No crash record found\n"
    assert "Last 0 Actions" in lab.typed("show rct stats")
    assert lab.typed("show snmp trap history") == "No traps were raised\n"


def test_120_crash_records_are_kept() -> None:
    lab = recovering()
    for _ in range(130):
        lab.chassis.task_faults.kill("vpnmgr", 1)
        lab.clock.advance(3)
        lab.chassis.catch_up()
    assert "Total Crashes : 120" in lab.typed("show crash list")
    assert lab.chassis.crashes.records[0].number == 11


def test_clear_subscribers_asks_and_ends_sessions() -> None:
    lab = recovering()
    asked = lab.reply("clear subscribers username 0-pgw-gtp-ipv4-1")
    assert asked.prompt == "Are you sure? [Yes|No]: "
    assert lab.typed("yes") == "Number of subscribers cleared: 1\n"
    assert lab.typed("show subscribers username 0-pgw-gtp-ipv4-1").startswith("No subscribers")


def test_demux_tasks_wait_for_a_card_when_theirs_is_gone_and_none_takes_over() -> None:
    lab = recovering("vpc-di")
    lab.chassis.card_faults.fail_cpu(3, 0)
    lab.chassis.card_faults.fail_cpu(5, 0)
    lab.configure("context B")
    assert violations(lab.chassis) == []
    assert "egtpegmgr" not in lab.typed("show task table")
    lab.wait(90)
    assert "egtpegmgr" in lab.typed("show task table")
    assert violations(lab.chassis) == []


@pytest.mark.parametrize("order", [(SESSMGR, AAAMGR), (AAAMGR, SESSMGR)])
@pytest.mark.parametrize("between", [0.0, 0.5, 1.0])
def test_both_of_a_pair_die_and_their_sessions_are_lost(
    order: tuple[str, str], between: float
) -> None:
    """SR-04: whichever dies first, nothing is filled from a manager that holds nothing."""
    lab = recovering()
    lab.wait(5)
    there = lab.chassis.sessions.count_of_sessmgr(3)
    assert there
    for facility in order:
        lab.chassis.task_faults.kill(facility, 3)
        lab.wait(between)
    lab.wait(10)
    assert lab.chassis.sessions.count_of_sessmgr(3) == 0
    told = [e for e in lab.chassis.events.history if e.kind.name == "SessMgrRecoveryComplete"]
    assert [(e.values["recovered"], e.values["lost"]) for e in told] == [(0, there)]
    assert violations(lab.chassis) == []


def test_without_any_management_card_the_first_is_tried_again() -> None:
    """SR-12: the system restarts when no management card is left; without one nothing starts."""
    lab = recovering("vpc-di")
    for slot in (1, 2):
        lab.chassis.card_faults.fail(slot, CardFault(usable=False))
    lab.wait(20)
    assert lab.chassis.is_up
    states = [lab.chassis.hardware.cards[slot].state for slot in (1, 2)]
    assert states == [CardState.ACTIVE, CardState.OFFLINE]
    assert violations(lab.chassis) == []


def test_tasks_that_lost_their_card_wait_for_one_each() -> None:
    """When all packet cards failed, no pair of managers comes to stand on one card."""
    lab = recovering("asr5000")
    for slot, usable in ((1, False), (2, False), (3, True), (4, False), (5, True)):
        lab.chassis.card_faults.fail(slot, CardFault(usable=usable))
        lab.wait(0.5)
    lab.wait(70)
    active = {card.slot for card in lab.chassis.hardware.active_packet}
    assert active == {3, 5}
    assert violations(lab.chassis) == []
    managers = [t for t in lab.chassis.tasks.tasks if t.facility in (SESSMGR, AAAMGR)]
    assert {task.cpu.slot for task in managers} == {5}
