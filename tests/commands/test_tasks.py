"""The screens about tasks, column by column, and the tasks that a node of a kind runs."""

from __future__ import annotations

import re

import pytest

from staros_cli.chassis.hardware import Cpu
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.tasks import MANAGEMENT_TASKS
from tests.lab import Lab, service_lines

RESOURCES = """\
                   task   cputime        memory     files      sessions
 cpu facility      inst  used  allc   used  alloc used allc  used  allc S status
----------------------- ----------- ------------- --------- ------------- ------
 4/0 sessmgr       5010 0.17%   50% 126.9M 270.0M   28  500    --    -- S   good
 1/0 sessmgr          4 0.40%  100% 213.7M 900.0M   32  500     0 12000 I   good
 1/0 aaamgr           4 0.25%   30% 40.63M 65.00M   15 1000    --    -- -   good
Total                 3   0.82%     381.2M            75           0
"""
"""Rows as a chassis printed them, the lines of the screen in their order."""


def places(line: str) -> list[int]:
    """The columns in which the words of a line end."""
    return [found.end() for found in re.finditer(r"\S+", line)]


def recovering() -> Lab:
    """A chassis with the feature in effect and its tasks up."""
    lab = Lab()
    lab.configure("require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload(60)
    return lab


def test_resources_stand_in_the_columns_of_the_device() -> None:
    heads, rows, total = RESOURCES.splitlines()[:3], RESOURCES.splitlines()[3:6], RESOURCES[-69:-1]
    lab = recovering()
    shown = lab.typed("show task resources card 1").splitlines()
    assert shown[:3] == heads
    for known in rows:
        of_kind = [
            line
            for line in shown
            if line[5:12] == known[5:12] and (" S " in line) == (" S " in known)
        ]
        assert of_kind
        for line in of_kind:
            assert places(line)[2:] == places(known)[2:]
            # What is allowed and whose it is are facts, what is used follows from the calls.
            assert [line[a:b] for a, b in ((29, 35), (42, 49), (54, 59))] == [
                known[a:b] for a, b in ((29, 35), (42, 49), (54, 59))
            ]
    one = lab.typed("show task resources facility sessmgr instance 4").splitlines()[-1]
    assert places(one) == places(total)


def test_limits_are_those_of_the_facility() -> None:
    shown = Lab().typed("show task resources card 2 cpu 0").splitlines()[3:-1]
    limits = {line.split()[1]: (line[29:35], line[42:49], line[54:59]) for line in shown}
    assert [limits[name] for name in ("sitmain", "sitparent", "hatcpu", "afmgr", "rmmgr")] == [
        ("   15%", " 24.00M", " 1000"),
        ("   20%", " 14.00M", "  500"),
        ("   10%", " 24.00M", "  500"),
        ("   10%", " 20.00M", "  500"),
        ("   15%", " 23.00M", "  500"),
    ]


def test_the_tasks_of_a_cpu_come_first_and_standby_mode_tasks_before_others() -> None:
    shown = recovering().typed("show task resources card 1 cpu 0").splitlines()[3:-1]
    rows = [line.split()[1:3] for line in shown]
    first = ["sitmain", "sitparent", "hatcpu", "afmgr", "rmmgr", "hwmgr"]
    assert rows[:6] == [[name, "10"] for name in first]
    managers = [(name, int(number)) for name, number in rows if name in ("sessmgr", "aaamgr")]
    names = [name for name, _ in managers]
    assert names == sorted(names, reverse=True)
    for facility in ("sessmgr", "aaamgr"):
        numbers = [number for name, number in managers if name == facility]
        assert numbers[0] > 5000
        assert numbers[1:] == sorted(numbers[1:])
        assert numbers[-1] < 5000


def test_the_table_of_tasks_names_who_started_them() -> None:
    lab = recovering()
    shown = lab.typed("show task table card 1 cpu 0").splitlines()
    pid = {task: lab.chassis.tasks.get(task, 10) for task in ("sitmain", "sitparent")}
    sessmgr = lab.chassis.tasks.get("sessmgr", 1)
    main, parent = (found.pid if found else 0 for found in pid.values())
    assert shown[:5] == [
        "           task           parent",
        " cpu facility      inst    pid  pri facility      inst    pid",
        "---- ----------------------------- -------------------------",
        f" 1/0 sitmain         10 {main:6}   -4                      none",
        f" 1/0 sitparent       10 {parent:6}   -5 sitmain         10 {main:6}",
    ]
    assert sessmgr is not None
    assert f" 1/0 sessmgr          1 {sessmgr.pid:6}    0 sitparent       10 {parent:6}" in shown
    assert not any(line.startswith("Total") for line in shown)
    assert lab.typed("show task table facility sessmgr instance 4999") == "No matching tasks\n"


def test_the_memory_of_tasks() -> None:
    lab = Lab()
    shown = lab.typed("show task memory facility aaamgr instance 4")
    assert shown == (
        "                   task    heap   physical           virtual\n"
        " cpu facility      inst    used   used  alloc        used  alloc status\n"
        "----------------------- ------- ------------------ ------------- ------\n"
        " 2/1 aaamgr           4      -- 40.63M 63% 65.00M     --  --    --   good\n"
    )
    assert lab.typed("show task memory facility hamgr all") == "No matching tasks\n"


def test_the_most_that_a_sessmgr_used_is_kept_until_its_process_ends() -> None:
    lab = Lab()

    def used(which: str) -> tuple[int, float, float]:
        row = lab.typed(f"show task resources facility sessmgr instance 2{which}").splitlines()[3]
        words = row.split()
        return int(words[9]), float(words[3][:-1]), float(words[5][:-1])

    calls, cpu, memory = used("")
    assert used(" max")[0] == calls > 0
    assert used(" max")[1] >= cpu
    lab.typed("configure", "no context SAEGW", "yes", "no context GGSN", "yes", "end")
    assert used("")[0] == 0
    assert used(" max")[0] == calls
    assert used(" max")[2] == memory > used("")[2]
    lab.chassis.task_faults.kill("sessmgr", 2)
    lab.wait(5)
    assert used(" max")[0] == 0


@pytest.mark.parametrize("name", ["asr5000-chapter", "asr5500", "vpc-di", "vpc-si"])
def test_every_platform_runs_the_tasks_of_the_system_where_it_is_managed(name: str) -> None:
    lab = Lab(name)
    home = lab.chassis.hardware.active_management.slot
    for facility in MANAGEMENT_TASKS:
        (task,) = lab.chassis.tasks.of(facility)
        assert (task.cpu, task.instance) == (Cpu(home, 0), 0)


def test_a_service_brings_the_managers_it_needs_and_takes_them_along() -> None:
    lab = Lab()
    assert lab.typed("show task resources facility mmemgr all") == "No matching tasks\n"
    lab.configure("context SAEGW", *service_lines("mme", "M", "198.51.100.1"))
    found = {(task.instance, task.cpu) for task in lab.chassis.tasks.of("mmemgr")}
    assert found == {(1, Cpu(1, 0)), (2, Cpu(2, 0)), (3, Cpu(3, 0))}
    assert {task.cpu for task in lab.chassis.tasks.of("mmedemux")} == {Cpu(1, 0)}
    lab.wait(5)
    assert " 2/0 mmemgr           2 " in lab.typed("show task resources facility mmemgr all")
    lab.typed("card migrate from 2 to 4 -noconfirm")
    lab.wait(120)
    assert {task.cpu.slot for task in lab.chassis.tasks.of("mmemgr")} == {1, 3, 4}
    lab.chassis.card_faults.fail(3)
    lab.wait(20)
    assert violations(lab.chassis) == []
    assert {task.cpu.slot for task in lab.chassis.tasks.of("mmemgr")} == {1, 2, 4}
    lab.configure("context SAEGW", "no mme-service M")
    assert not list(lab.chassis.tasks.of("mmemgr"))
    assert violations(lab.chassis) == []


@pytest.mark.parametrize("word", ["core", "snap"])
def test_no_memory_of_a_process_is_taken(word: str) -> None:
    lab = Lab()
    lab.session.state.hidden_commands = True
    assert "have no memory of their own" in lab.typed(f"task {word} facility sessmgr instance 1")
    assert "No task of facility sessmgr runs as instance 4000" in lab.typed(
        f"task {word} facility sessmgr instance 4000"
    )
    assert lab.chassis.tasks.get("sessmgr", 1) is not None
