"""Keeping lines that the grammar does not know, where the chassis has learned of them."""

from __future__ import annotations

from msgspec.structs import replace

from staros_cli import messages
from staros_cli.commands.state import Frame, SessionState
from staros_cli.configuration.opaque import OPAQUE, Learned, Shape
from staros_cli.configuration.system import System
from staros_cli.configuration.tree import Node
from staros_cli.language.compiled import UNLISTED, mode
from staros_cli.language.errors import LineError
from staros_cli.language.parser import parse
from staros_cli.language.rules import CLOSE
from staros_cli.messages import Refused

CLOSING = ("exit", CLOSE)
DEEPEST = 32
"""How many modes can stand within each other: unknown blocks have no end by themselves."""
_LEAVE = ("exit", "end")
_TYPED = ("do", "no")
"""The first words of lines that are commands in a block of unknown lines, when they are typed."""


def leave_by_indentation(state: SessionState, line: str) -> None:
    """Leave blocks of unknown lines that a line of a file does not stand in.

    The line that closes a block tells how it is closed when it is shown.
    """
    closes = line in CLOSING
    while state.file.indented and state.mode == UNLISTED and state.frames[-1].indentation >= 0:
        opened = state.frames[-1].indentation
        if state.indentation > opened or (closes and state.indentation == opened):
            break
        state.frames.pop()
    if closes and state.mode == UNLISTED:
        state.frames[-1].node.close = line


def in_block(system: System, state: SessionState, line: str) -> bool:
    """Keep a line in a block of unknown lines, as it is; returns whether it was one."""
    line = _on_one_line(line)
    if state.mode != UNLISTED or line in _LEAVE or (not state.in_file and _is_command(line)):
        return False
    shape = system.opaque.shape_of(UNLISTED, line)
    if state.in_file:
        shape = Shape.BLOCK if state.file.opens_block else Shape.LINE
        system.opaque.inside += system.opaque.learns
        if system.opaque.learns and shape is Shape.BLOCK:
            system.opaque.learned.append(Learned(state.file.number, UNLISTED, line, "", shape))
    _put(system, state, state.frames[-1], line, shape or Shape.LINE)
    return True


def _is_command(line: str) -> bool:
    """Whether a line that is typed is a command in a block of unknown lines as well."""
    short = len(line) > 1 and any(word.startswith(line) for word in _LEAVE)
    return short or line.split()[0] in _TYPED


def in_its_mode(system: System, state: SessionState, line: str) -> bool:
    """Keep a line that stands within a mode, which does not take it although one around does.

    Only the blanks of a file tell that. Returns whether it was kept.
    """
    opaque, inside = system.opaque, state.frames[-1].indentation
    if not (state.in_file and state.file.indented and 0 <= inside < state.indentation):
        return False
    if not (opaque.learns or opaque.shape_of(state.mode, line)):
        return False
    try:
        parse(line, state.mode, state.user.privilege, state.hidden_commands)
    except LineError as error:
        return unknown(system, state, line, str(error))
    return False


def unknown(system: System, state: SessionState, line: str, reason: str) -> bool:
    """Keep a line that no mode of the session takes, if the chassis has learned of it.

    `reason` is what was wrong with it. Returns whether it was kept.
    """
    opaque, line = system.opaque, _on_one_line(line)
    for depth in range(len(state.frames) - 1, -1, -1):
        frame = state.frames[depth]
        if state.file.indented and 0 <= state.indentation <= frame.indentation:
            continue
        shape = opaque.shape_of(frame.mode, line)
        if shape is None and not opaque.learns and _is_removed(system, frame, line):
            del state.frames[depth + 1 :]
            return True
        if shape is None and opaque.learns:
            shape = Shape.BLOCK if state.file.opens_block else Shape.LINE
            opaque.learned.append(Learned(state.file.number, frame.mode, line, reason, shape))
        elif shape is not None and state.file.indented:
            shape = Shape.BLOCK if state.file.opens_block else Shape.LINE
        if shape is not None:
            del state.frames[depth + 1 :]
            _put(system, state, frame, line, shape)
            return True
    return False


def _is_removed(system: System, frame: Frame, line: str) -> bool:
    """Remove the unknown line behind a `no`; returns whether there was one."""
    first, _, bare = line.partition(" ")
    bare = bare.strip()
    if first != "no" or system.opaque.shape_of(frame.mode, bare) is None:
        return False
    return drop_as_it_is(frame.node, bare)


def refused(system: System, state: SessionState, line: str, reason: str) -> bool:
    """Keep a line of a file that the model refuses, if the chassis was made with it.

    Returns whether it was kept.
    """
    frame, opaque, line = state.frames[-1], system.opaque, _on_one_line(line)
    if not (opaque.learns or opaque.is_refused(frame.mode, line)):
        return False
    shape = Shape.BLOCK if state.file.opens_block else Shape.LINE
    if opaque.learns:
        found = Learned(state.file.number, frame.mode, line, reason, shape, refused=True)
        opaque.learned.append(found)
    _put(system, state, frame, line, shape)
    return True


def _on_one_line(line: str) -> str:
    """A line as it can be written down: a value in quotes goes over several lines perhaps."""
    return " ".join(line.split("\n"))


def _put(system: System, state: SessionState, frame: Frame, line: str, shape: Shape) -> None:
    """Put a line behind the last one of its mode. Raises Refused when there is no room for it."""
    if shape is Shape.BLOCK and len(state.frames) >= DEEPEST:
        raise Refused(messages.TOO_DEEP, limit=DEEPEST)
    system.room.take(line, system.chassis.now)
    node = put_as_it_is(state, frame.node, line)
    if shape is Shape.BLOCK:
        node.mode = UNLISTED
        state.frames.append(Frame(UNLISTED, node, line, state.indentation))
    elif state.in_file and not state.file.indented and frame.mode != UNLISTED:
        state.file.unknown_run.append(node)


def put_as_it_is(state: SessionState, parent: Node, line: str) -> Node:
    """Put a line into a block; one that stands in a file several times does so in the block."""
    count = state.file.count(parent, line) if state.in_file else 1
    key = line if count == 1 else f"{line}\n{count}"  # no line has a line break
    return parent.put(key, line, "", _section(parent), OPAQUE)


def drop_as_it_is(parent: Node, line: str) -> bool:
    """Remove an unknown line from a block, the last of those alike; returns whether it did."""
    for key, node in reversed(parent.children.items()):
        if node.line == line and node.kept_as == OPAQUE:
            parent.drop(key)
            return True
    return False


def _section(parent: Node) -> str:
    """The section of a line that stands behind the last one of its mode."""
    last = next(reversed(parent.children.values()), None)
    if last is not None:
        return last.section
    sections = mode(parent.mode).sections if parent.mode else ()
    return sections[0] if sections else ""


def closes_run(system: System, state: SessionState, line: str) -> bool:
    """Leave what a line of a file ends; returns whether it does no more than that.

    In a file without indentation an `exit` behind unknown lines closes a block that the first of
    them opened.
    """
    leave_by_indentation(state, line)
    run = state.file.unknown_run
    if state.file.indented or not run or line not in CLOSING:
        return False
    state.file.unknown_run = []
    parent, first = state.frames[-1].node, run[0]
    for node in run[1:]:
        parent.children.pop(node.key, None)
        first.children[node.key] = node
    first.mode, first.close = UNLISTED, line
    learned = system.opaque.learned
    if system.opaque.learns:
        del learned[len(learned) - len(run) + 1 :]
        learned[-1] = replace(learned[-1], shape=Shape.BLOCK)
    return True
