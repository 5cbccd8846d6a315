"""The grades of a class as one HTML page that needs nothing else: tables, and charts as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from statistics import mean

from msgspec import Struct

from staros_cli.labs.attempt import Grade, Outcome

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#1b1f24;background:#fff}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d0d7de}
.chart td{border:0;vertical-align:top}.chart td.bar{width:16rem}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
svg{display:block;width:100%;height:1.5em}
.track{fill:#eaeef2}.reached{fill:#0969da}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}
th,td{border-color:#30363d}.track{fill:#21262d}.reached{fill:#58a6ff}}
"""


class Bar(Struct, frozen=True):
    """A bar of a chart: its label, 0 to 100, and what stands behind it."""

    label: str
    percent: float
    note: str


def page(grades: Sequence[Grade], name: str, day: date) -> str:
    """The page of the class of that name, as it was graded on that day."""
    labs: dict[str, list[Grade]] = {}
    for found in sorted(grades, key=lambda each: each.learner):
        labs.setdefault(found.result.lab, []).append(found)
    body = [_overview(labs), *(_lab(attempts) for attempts in labs.values())]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Grades of {escape(name)}, {day}</title><style>{_STYLE}</style></head><body>"
        f"<h1>Grades of {escape(name)}</h1><p>Training labs, graded on {day}</p>"
        + "".join(body)
        + "</body></html>\n"
    )


def _overview(labs: dict[str, list[Grade]]) -> str:
    bars = []
    for name, attempts in labs.items():
        over = [each.result for each in attempts if each.result.finished]
        note = f"{len(over)} of {_attempts(len(attempts))} finished"
        if over:
            note += f", {mean(result.hints for result in over):.1f} hints"
        bars.append(Bar(name, _mean([result.percent for result in over]), note))
    title = "Mean score of each lab, of those who finished it"
    return f"<h2>{title}</h2>" + chart(bars, title)


def _lab(attempts: Sequence[Grade]) -> str:
    result = attempts[0].result
    bars = []
    for number, step in enumerate(result.steps):
        of_step = [each.result.steps[number] for each in attempts]
        of_step = [each for each in of_step if each.outcome != Outcome.OPEN.value]
        scored = _mean([100 * each.score / each.points for each in of_step])
        passed = sum(each.outcome == Outcome.PASSED.value for each in of_step)
        hints = sum(each.hints for each in of_step)
        note = f"{passed} passed of {len(of_step)} who are through, {hints} hints"
        if of_step:
            note += f", {mean(each.seconds for each in of_step):.0f} s"
        bars.append(Bar(f"{number + 1}. {step.title}", scored, note))
    rows = "".join(_row(each) for each in attempts)
    heads = ("points", "hints", "wrong answers", "mistakes", "seconds")
    columns = "".join(f'<th class="n">{head}</th>' for head in heads)
    return (
        f"<h2>{escape(result.title)}</h2>"
        + chart(bars, f"Mean score of each step of {result.title}, of those who are through")
        + f"<table><thead><tr><th>learner</th>{columns}<th></th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _row(each: Grade) -> str:
    result = each.result
    costs = (result.hints, result.wrong_answers, result.mistakes)
    cells = (f"{result.score}/{result.points}", *costs, f"{result.seconds:.0f}")
    numbers = "".join(f'<td class="n">{cell}</td>' for cell in cells)
    state = "finished" if result.finished else "under way"
    return f"<tr><td>{escape(each.learner)}</td>{numbers}<td>{state}</td></tr>"


def _mean(values: Sequence[float]) -> float:
    """The mean, 0 of nothing: a bar has to have some length."""
    return mean(values) if values else 0.0


def _attempts(count: int) -> str:
    return "1 attempt" if count == 1 else f"{count} attempts"


def chart(bars: Sequence[Bar], title: str) -> str:
    """Bars from 0 to 100, one below the other; captions take as many lines as they need."""
    rows = []
    for bar in bars:
        label = escape(bar.label)
        rows.append(
            f'<tr><td>{label}</td><td class="bar">'
            f'<svg viewBox="0 0 250 20" preserveAspectRatio="none" role="img"'
            f' aria-label="{label}: {bar.percent:.0f} of 100">'
            '<rect class="track" width="250" height="20" rx="3"/>'
            f'<rect class="reached" width="{2.5 * bar.percent:.1f}" height="20" rx="3"/>'
            f"</svg></td><td>{bar.percent:.0f} ({escape(bar.note)})</td></tr>"
        )
    head = f'<table class="chart" aria-label="{escape(title)}"><tbody>'
    return head + "".join(rows) + "</tbody></table>"
