"""Layouts about single CPUs."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.hardware import CardState
from staros_cli.chassis.usage import CpuUse, TaskUse
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Cell, Fields, Lines, Screen, blocks, screen


@layout(
    "show cpu info",
    "chosen",
    "Labels as remembered. The figures are those of `show cpu table` and `show task resources`; "
    "what these do not have is left out: parts of the use, the network, the most and the least.",
)
def details(cpus: Sequence[CpuUse], tasks: Sequence[TaskUse], *, verbose: bool = False) -> Screen:
    """CPUs in detail, with their tasks where it is `verbose`."""
    return blocks(
        _details(use, [task for task in tasks if task.task.cpu == use.cpu], verbose) for use in cpus
    )


def _details(use: CpuUse, tasks: Sequence[TaskUse], verbose: bool) -> Screen:
    state = "Standby" if use.state is CardState.STANDBY else "Active"
    load = ", ".join(f"{figure:.2f}" for figure in use.load)
    busy, memory = use.percent[0], use.memory[0]
    head: list[tuple[str, Cell]] = [
        ("Status", f"{state}, Kernel Running, Tasks Running"),
        ("Load Average", load),
        ("Total Memory", f"{use.total}M"),
    ]
    reading: list[tuple[str, Cell]] = [
        ("CPU Usage", f"{busy:.1f}% used, {100 - busy:.1f}% idle"),
        ("Processes / Tasks", f"{len(tasks)} tasks"),
        ("File Usage", f"{sum(task.files for task in tasks)} open files"),
        ("Memory Usage", f"{memory:.0f}M {memory / use.total:.1%} used"),
    ]
    title = f"Card {use.cpu.slot}, CPU {use.cpu.number}:"
    return screen(
        Fields(tuple(head), title, width=24, indent=2, between=": "),
        Fields(tuple(reading), "  Last Reading:", width=22, indent=4, between=": "),
        *(_tasks(tasks) if verbose else ()),
    )


def _tasks(tasks: Sequence[TaskUse]) -> list[Lines]:
    lines = [f"    {use.task.facility:<12}{use.task.instance:>8}{use.cpu:>10.2f}%" for use in tasks]
    rows = [{"facility": u.task.facility, "instance": u.task.instance} for u in tasks]
    return [Lines(["  Tasks:", *lines], {"tasks": rows})]


_BAR = 50
_WHEN = ("Now", "5 Minutes", "15 Minutes")


@layout("show cpu info graphs", "chosen", "A device draws other graphs; the figures are the same.")
def graphs(cpus: Sequence[CpuUse]) -> Screen:
    """Bars of the use and the memory of CPUs, now and on average."""
    return blocks(_graphs(use) for use in cpus)


def _graphs(use: CpuUse) -> Lines:
    memory = [100 * figure / use.total for figure in use.memory]
    lines = [f"Card {use.cpu.slot}, CPU {use.cpu.number}:"]
    for title, figures in (("CPU Usage", use.percent), ("Memory Usage", memory)):
        lines.append(f"  {title}:")
        for when, figure in zip(_WHEN, figures, strict=True):
            bar = "*" * min(_BAR, round(figure * _BAR / 100))
            lines.append(f"    {when:<10} |{bar:<{_BAR}}| {figure:5.1f}%")
    cpu = f"{use.cpu.slot}/{use.cpu.number}"
    return Lines(lines, {"cpu": cpu, "usage": list(use.percent), "memory": memory})


@layout("show cpu errors", "chosen", "As remembered; no CPU has errors here.")
def errors(cpus: Sequence[CpuUse]) -> Screen:
    """The errors of CPUs."""
    return screen(*(f"Card {use.cpu.slot} CPU {use.cpu.number}: No errors" for use in cpus))


@layout("show memory", "chosen", "No device was seen to print it.")
def memory(cpus: Sequence[CpuUse]) -> Screen:
    """The memory of CPUs, a line each."""
    return screen(*(_memory(use) for use in cpus))


def _memory(use: CpuUse) -> Lines:
    used = round(use.memory[0])
    values = {"cpu": str(use.cpu), "total": use.total, "used": used, "free": use.total - used}
    line = f"{use.cpu!s:>4}  {use.total}M total  {used}M used  {use.total - used}M free"
    return Lines([line], values)
