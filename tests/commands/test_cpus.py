"""Single CPUs: the figures of all screens are the same."""

from __future__ import annotations

import re

from tests.lab import Lab


def test_the_details_of_a_cpu_are_those_of_the_table() -> None:
    lab = Lab()
    lab.wait(61)
    shown = lab.typed("show cpu info card 2 cpu 0")
    lines = shown.splitlines()
    assert lines[0] == "Card 2, CPU 0:"
    assert lines[1] == "  Status                  : Active, Kernel Running, Tasks Running"
    (row,) = [row for row in lab.reply("show cpu table").data if row["cpu"] == "2/0"]
    load = re.search(r"Load Average            : ([\d.]+), ([\d.]+), ([\d.]+)", shown)
    assert load is not None
    assert [float(figure) for figure in load.groups()] == [
        round(row[f"load_{span}"], 2) for span in ("now", "5min", "15min")
    ]
    tasks = [row for row in lab.reply("show task resources").data[0] if row["cpu"] == "2/0"]
    assert f"    Processes / Tasks     : {len(tasks)} tasks" in lines
    files = sum(task["files_used"] for task in tasks)
    assert f"    File Usage            : {files} open files" in lines


def test_the_tasks_of_a_cpu_are_those_that_run_there() -> None:
    lab = Lab()
    shown = lab.typed("show cpu info card 2 cpu 0 verbose")
    named = re.findall(r"^    (\w+) +(\d+) +[\d.]+%$", shown, re.MULTILINE)
    tasks = [row for row in lab.reply("show task resources").data[0] if row["cpu"] == "2/0"]
    assert [(name, int(number)) for name, number in named] == [
        (task["facility"], task["inst"]) for task in tasks
    ]


def test_memory_adds_up() -> None:
    for line in Lab().typed("show memory").splitlines():
        found = re.fullmatch(r" +\d+/\d  (\d+)M total  (\d+)M used  (\d+)M free", line)
        assert found is not None, line
        total, used, free = map(int, found.groups())
        assert total == used + free


def test_a_card_that_does_not_run_has_no_cpus() -> None:
    lab = Lab()
    assert (
        lab.typed("show cpu errors card 2") == "Card 2 CPU 0: No errors\nCard 2 CPU 1: No errors\n"
    )
    assert lab.typed("show cpu info card 19") == "Failure: No running card has such a CPU\n"
    assert lab.typed("show memory card 19") == "Failure: No running card has such a CPU\n"


def test_graphs_have_the_figures_of_the_table() -> None:
    lab = Lab()
    text = lab.typed("show cpu info card 1 cpu 0 graphs")
    assert text.startswith(lab.typed("show cpu info card 1 cpu 0"))
    rows = [line for line in text.splitlines() if "|" in line]
    assert [row[4:14].strip() for row in rows] == ["Now", "5 Minutes", "15 Minutes"] * 2
    for row in rows:
        bar = row[row.index("|") + 1 : row.rindex("|")]
        percent = float(row.rpartition("|")[2].strip(" %"))
        assert len(bar) == 50
        assert abs(bar.count("*") - percent / 2) <= 0.6
