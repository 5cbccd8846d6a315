"""Every form of every configuration mode: typed, shown, saved, loaded and removed again.

The lines of `forms/` are those of the documents; the others are made from the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from staros_cli.chassis.privilege import Privilege
from staros_cli.configuration.tree import written
from staros_cli.language.compiled import UNLISTED, mode_names
from staros_cli.language.errors import LineError
from staros_cli.language.parser import Command, parse
from staros_cli.language.rules import WHOLE_LINE, Rule
from staros_cli.language.words import quoted
from staros_cli.shell.replies import Awaits
from tests.lab import Lab
from tests.language.command_lines import commands, line_of, way_to

FORMS = Path(__file__).parent / "forms"
MODES = [name for name in mode_names()[1:] if name != UNLISTED]
BEGINNINGS = ("no ", "default ", "remove ")


def kept_lines(mode: str) -> Iterator[tuple[str, Rule]]:
    """Lines of the forms of a mode that are kept and change nothing else."""
    for steps in commands(mode):
        line = line_of(steps)
        rule = parse(line, mode, Privilege.SECURITY, hidden=True).rule
        if rule.kept and rule.keeps:
            yield line, rule


def entered(lab: Lab, *way: str) -> None:
    """Go to a mode from wherever the session is."""
    lab.typed("end") if lab.session.state.frames else None
    for line in ("configure", *way):
        assert not lab.reply(line).failed, line


def loaded(lab: Lab) -> Lab:
    """Another chassis that has applied what was saved on this one."""
    lab.typed("end") if lab.session.state.frames else None
    lab.typed("save configuration /flash/all.cfg -noconfirm")
    other = Lab("asr5500-oos", lab.chassis.storage)
    assert other.typed("configure /flash/all.cfg") == ""
    while other.session.awaits is not Awaits.COMMAND:
        assert other.wait(1) == ""
    assert not other.system.problems
    return other


@pytest.mark.parametrize("mode", MODES)
def test_every_form_is_shown_saved_and_loaded(mode: str) -> None:
    lab = Lab("asr5500-oos")
    entered(lab, *way_to(mode))
    depth = len(lab.session.state.frames)
    for line, rule in kept_lines(mode):
        make_room(lab, rule, line)
        reply = lab.reply(line)
        assert (reply.failed, list(reply.lines)) == (False, []), line
        if rule.opens:
            assert len(lab.session.state.frames) == depth + 1, line
            lab.typed("exit")
    text = written(lab.system.running)
    assert written(loaded(lab).system.running) == text


@pytest.mark.parametrize("mode", MODES)
def test_every_form_that_removes_a_line_removes_it(mode: str) -> None:
    lab = Lab("asr5500-oos")
    entered(lab, *way_to(mode))
    node = lab.session.state.frames[-1].node
    seen = set()
    for line, rule in kept_lines(mode):
        before = set(node.children)
        for removing in removing_lines(mode, line, rule):
            seen.add(rule.name)
            make_room(lab, rule, line)
            assert not lab.reply(line).failed, line
            lab.typed("exit") if rule.opens else None
            assert not lab.reply(removing).failed, removing
            assert set(node.children) <= before, removing
    has_such_forms = any(rule.drops for _, rule in all_rules(mode) if rule.kept)
    assert seen or not has_such_forms


def make_room(lab: Lab, rule: Rule, line: str) -> None:
    """Remove a pool of the name: one that is configured keeps its addresses."""
    if rule.name in ("ip_pool", "ipv6_pool"):
        lab.reply(f"no {' '.join(line.split()[:3])}")


def all_rules(mode: str) -> Iterator[tuple[str, Rule]]:
    """A line of every rule of a mode."""
    for steps in commands(mode):
        line = line_of(steps)
        yield line, parse(line, mode, Privilege.SECURITY, hidden=True).rule


def removing_lines(mode: str, line: str, rule: Rule) -> Iterator[str]:
    """The lines that remove another one of a mode."""
    key = key_of(rule.keeps, parse(line, mode, Privilege.SECURITY, hidden=True))
    for beginning in BEGINNINGS:
        removing = key.removeprefix("no ") if key.startswith(beginning) else beginning + key
        try:
            command = parse(removing, mode, Privilege.SECURITY, hidden=True)
        except LineError:
            continue
        drops = command.rule.drops
        whole = drops == rule.keeps == WHOLE_LINE
        if drops and (whole or key_of(drops, command) == key):
            yield removing


def key_of(template: str, command: Command) -> str:
    """The words by which a line is found again, as they are typed."""
    if template == WHOLE_LINE:
        return command.line
    filled = re.sub(r"\{(\d)\}", lambda found: command.words[int(found[1])], template)
    return re.sub(r"<([^>]+)>", lambda found: quoted(command.text(found[1])), filled)


# The forms of the documents


def forms() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Every line of the files, with its place and the way to its mode."""
    for path in sorted(FORMS.glob("*.txt")):
        way: tuple[str, ...] = ()
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.startswith(">"):
                way = tuple(part.strip() for part in line[1:].split(";") if part.strip())
            elif line.strip() and not line.startswith("#"):
                yield f"{path.name}:{number}", way, line.strip()


def by_way() -> dict[tuple[str, ...], list[tuple[str, str]]]:
    """The lines of the files with their places, by the way to their mode."""
    found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for place, way, line in forms():
        found.setdefault(way, []).append((place, line))
    return found


@pytest.mark.parametrize("way", list(by_way()), ids="; ".join)
def test_the_forms_of_the_documents_are_taken(way: tuple[str, ...]) -> None:
    lab = Lab("asr5500-oos")
    for place, line in by_way()[way]:
        entered(lab, *way)
        reply = lab.reply(line)
        assert not reply.failed, f"{place}: {line}: {reply.text}"
    text = written(lab.system.running)
    assert written(loaded(lab).system.running) == text


@pytest.mark.parametrize("mode", MODES)
def test_a_secret_is_in_no_line_and_no_file(mode: str) -> None:
    lab = Lab("asr5500-oos")
    for line, _ in kept_lines(mode):
        command = parse(line, mode, Privilege.SECURITY, hidden=True)
        if command.secrets and "encrypted" not in command.words:
            entered(lab, *way_to(mode))
            lab.typed(command.with_secrets(lambda _: "S3cret-of-mine"))
    assert "S3cret" not in "\n".join(written(lab.system.running))
