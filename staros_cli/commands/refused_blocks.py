"""Lines behind one that was refused and that would have opened a mode.

They belong to that mode: run where the session is they would land in the wrong place, and the
`exit` that closes them would leave the mode around. Their indentation tells them, which saved files
have and pasted ones keep.
"""

from __future__ import annotations

from staros_cli import messages
from staros_cli.commands.engine import Outcome
from staros_cli.commands.state import RefusedLine, SessionState
from staros_cli.language.rules import CLOSE

_CLOSING = ("exit", CLOSE)
_LONGEST_SHOWN = 60


def indentation_of(line: str) -> int:
    """How many blanks a line begins with."""
    return len(line) - len(line.lstrip())


def outcome_inside(state: SessionState, line: str) -> Outcome | None:
    """The outcome of a line of a mode whose opening line was refused, None for any other line.

    `line` has its indentation. One that is indented further than the refused line is refused as
    well, and the `exit` behind such lines is passed over. Without indentation an `exit` straight
    behind refused lines leaves the mode around when it is typed; in a file it is passed over, since
    lines that follow find their mode by themselves.
    """
    refused = state.refused
    if refused is None or not state.frames or line.strip() in ("", "end"):
        return None
    indentation = indentation_of(line)
    if indentation > refused.indentation:
        refused.has_block = True
        if line.strip().startswith("#"):
            return Outcome()
        reason = messages.IN_REFUSED_BLOCK(line=refused.line)
        return Outcome([f"Failure: {reason}"], failed=True)
    state.refused = None
    closes = line.strip() in _CLOSING and indentation == refused.indentation
    if closes and (refused.has_block or indentation or state.in_file):
        return Outcome()
    return None


def note(state: SessionState, line: str, outcome: Outcome) -> None:
    """Remember a line of configuration that was refused."""
    if outcome.failed and state.frames:
        text = line.strip().split("\n")[0]
        state.refused = RefusedLine(text[:_LONGEST_SHOWN], indentation_of(line))
