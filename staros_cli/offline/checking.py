"""`staros-cli config check`: whether a configuration would be taken."""

from __future__ import annotations

import argparse
from bisect import bisect_left
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from staros_cli.chassis.access import SESSION_TYPE_OF_SERVICE
from staros_cli.chassis.findings import SYSTEM, Finding, Severity
from staros_cli.chassis.licence import SESSION_RECOVERY, SESSION_TYPES, read_key
from staros_cli.chassis.privilege import Privilege
from staros_cli.language.errors import LineError
from staros_cli.language.parser import parse
from staros_cli.messages import Refused
from staros_cli.offline import guess, secrets, texts
from staros_cli.offline.chassis import Imported, make
from staros_cli.offline.texts import ConfigurationText
from staros_cli.printable import printable

_REQUIRE = "require"
"""The section of lines that a file needs before its contexts."""


class Problem(Struct, frozen=True):
    """Something wrong with a configuration; `line` is 0 where it is about no line."""

    file: str
    line: int
    severity: str
    section: str
    text: str


class Checked(Struct, frozen=True):
    """What came of a check: the lines, the features that are needed, the problems."""

    file: str
    platform: str
    lines: int
    needs: Sequence[str]
    problems: Sequence[Problem]


def run(given: argparse.Namespace) -> int:
    """Check a file and print what was found. Returns 1 when that is an error or a warning."""
    source = texts.read(given.file)
    found = check(source, given.platform)
    if given.json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        for line in _told(found):
            print(printable(line))
    return int(any(problem.severity != "info" for problem in found.problems))


def loaded(source: ConfigurationText, platform: str | None) -> Imported:
    """A chassis that has read a configuration, without its secrets and license keys."""
    body, _ = secrets.without_license(secrets.without(source.body).text)
    found = guess.platform_of(body)
    if platform:
        found = guess.Guess(platform, "as wanted", found.slots)
    return make("check", body, found, source.version)


def check(source: ConfigurationText, platform: str | None = None) -> Checked:
    """Check a configuration on a chassis in memory; `platform` is its kind, guessed if None."""
    made = loaded(source, platform)
    problems = [*_of_lines(source, made), *_of_references(source, made)]
    problems += _of_order(source, problems)
    needs = _needs(made)
    problems += _of_license(source, needs)
    problems.sort(key=lambda problem: problem.line)
    lines = sum(bool(line.strip()) for _, line in source.lines)
    return Checked(source.source, made.system.chassis.platform.title, lines, needs, problems)


def _told(found: Checked) -> Iterator[str]:
    for problem in found.problems:
        place = f"{problem.file}:{problem.line}" if problem.line else problem.file
        yield f"{place}: {problem.severity}: {' '.join(problem.text.split())}"
    counts = [sum(p.severity == word for p in found.problems) for word in ("error", "warning")]
    yield f"needs licenses for: {', '.join(found.needs) or 'nothing'}"
    yield (
        f"{found.file}: {found.lines} lines for {found.platform}, "
        f"{counts[0]} errors, {counts[1]} warnings"
    )


def _of_lines(source: ConfigurationText, made: Imported) -> Iterator[Problem]:
    """The lines that are unknown or refused, and those that the chassis has a word to say about."""
    for one in made.learned:
        if one.reason:
            number = source.number_in_source(one.number - made.lines_before)
            text = f"{one.line} ({one.mode}): {one.reason.removeprefix('Failure: ')}"
            yield Problem(source.source, number, "error", SYSTEM.word, text)
    for problem in made.system.problems:
        number = source.number_in_source(problem.number - made.lines_before)
        warns = problem.text.startswith("Warning: ")
        severity = "warning" if warns else "error"
        text = f"{problem.line.strip()}: {problem.text.partition(': ')[2] or problem.text}"
        yield Problem(source.source, number, severity, SYSTEM.word, text)


def _of_order(source: ConfigurationText, told: Sequence[Problem]) -> Iterator[Problem]:
    """The requirements that stand behind a context; those that are told of already left out."""
    numbers = {problem.line for problem in told}
    context: int | None = None
    for number, line in source.lines:
        indentation = len(line) - len(line.lstrip())
        if line.lstrip().startswith("context ") and (context is None or indentation < context):
            context = indentation
            continue
        behind = context is not None and indentation <= context
        if behind and number not in numbers and _is_requirement(line):
            text = f"{line.strip()}: expected before the contexts, where it is saved"
            yield Problem(source.source, number, "warning", SYSTEM.word, text)


def _is_requirement(line: str) -> bool:
    if not line.lstrip().startswith("require "):
        return False
    try:
        return parse(line.strip(), "config", Privilege.SECURITY).rule.section == _REQUIRE
    except LineError:
        return False


def _of_references(source: ConfigurationText, made: Imported) -> Iterator[Problem]:
    index = _Index(source)
    for finding in made.system.chassis.findings():
        yield Problem(
            source.source,
            index.number(finding),
            finding.severity.value.lower(),
            finding.section.word,
            finding.text,
        )


class _Index:
    """Where the lines of a configuration stand, by their words."""

    def __init__(self, source: ConfigurationText) -> None:
        self._lines = source.lines
        self._places: dict[str, list[int]] = {}
        for place, (_, line) in enumerate(source.lines):
            self._places.setdefault(" ".join(line.split()), []).append(place)

    def number(self, finding: Finding) -> int:
        """The number of the line that a finding is about, behind those of the modes around."""
        number, place = 0, 0
        for wanted in finding.about:
            places = self._places.get(wanted, [])
            at = bisect_left(places, place)
            if at == len(places):
                return number
            number, place = self._lines[places[at]][0], places[at] + 1
        return number


def _needs(made: Imported) -> list[str]:
    """The features that a configuration needs licenses for."""
    chassis = made.system.chassis
    types = {
        SESSION_TYPE_OF_SERVICE[service.kind]
        for _, service in chassis.contexts.services()
        if service.takes_calls
    }
    needs = [SESSION_TYPES[one].name for one in SESSION_TYPES if one in types]
    return [*needs, SESSION_RECOVERY] if chassis.recovery.configured else needs


def _of_license(source: ConfigurationText, needs: Sequence[str]) -> Iterator[Problem]:
    """The needs that the license key of the configuration does not fill, if it can be read."""
    text = source.body
    begin = text.find("license key")
    if begin < 0:
        return
    number = source.number_in_source(text.count("\n", 0, begin) + 1)
    quoted = text[begin:].split('"')
    try:
        key = read_key(quoted[1].lstrip("\\").replace("\n", "") if len(quoted) > 2 else "")
    except Refused:
        text = "the license key is of another kind, what it allows is not known"
        yield Problem(source.source, number, Severity.INFO.value.lower(), SYSTEM.word, text)
        return
    for need in needs:
        if need not in key.features:
            text = f"the license key does not allow {need}"
            yield Problem(source.source, number, "warning", SYSTEM.word, text)
