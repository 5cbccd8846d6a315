"""The facts that checks can ask for: the state of a chassis and what has happened to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.event_kinds import KINDS
from staros_cli.chassis.hardware import CardState
from staros_cli.chassis.licence import SESSION_RECOVERY
from staros_cli.chassis.recovery import Readiness
from staros_cli.chassis.storage import locate
from staros_cli.chassis.subscribers import Wildcard
from staros_cli.commands.state import SessionState
from staros_cli.configuration import files
from staros_cli.configuration.system import System
from staros_cli.configuration.tree import written
from staros_cli.labs.clock import LONGEST
from staros_cli.labs.expressions import Fact, Parameter, Value
from staros_cli.language.phrases import is_command, stands_in
from staros_cli.messages import Refused

HELP = "help"
"""The name under which `?` and Tab stand in the history of a lab."""


class Moment(Struct, frozen=True):
    """Something that happened in a lab: a command that ran, or an event.

    `words` are those of the command in full spelling, with its pipes, or the kind of the event;
    `step` is the number of the step it happened in, `username` the subscriber that it names.
    `hidden` tells that the filters of a command left nothing of its output, `saw` which of the
    texts that the lab asks for were in what was left.
    """

    words: tuple[str, ...]
    step: int
    refused: bool = False
    username: str = ""
    hidden: bool = False
    saw: frozenset[str] = frozenset()

    @property
    def counts(self) -> bool:
        """Whether it came to something that can have been seen."""
        return not self.refused and not self.hidden

    def is_about(self, phrase: Sequence[str]) -> bool:
        """Whether it is the command or the event that these words name."""
        return stands_in(phrase, self.words)


def is_shown(text: str, lines: Sequence[str]) -> bool:
    """Whether a line has this text in it, not as a part of longer words.

    Blanks in a row count as one, so that the columns of a table are no matter.
    """
    pattern = re.compile(rf"(?<!\w){re.escape(' '.join(text.split()))}(?!\w)")
    return any(pattern.search(" ".join(line.split())) for line in lines)


class View(Struct):
    """The source of facts: the system, its console, its history, the current step.

    `step_began` is in seconds since 1970, `callids` are the calls that were there then; `starts`
    and `records` count what there was of restarts and RCT records when the lab began.
    """

    system: System
    state: SessionState
    moments: list[Moment]
    step: int
    step_began: float
    callids: frozenset[int]
    starts: int
    records: int

    @property
    def chassis(self) -> Chassis:
        """The chassis of the lab."""
        return self.system.chassis


# Kinds of arguments


def _is_text(value: Value) -> str:
    return "" if isinstance(value, str) and value else f"expected a text in quotes, got {value!r}"


def _is_slot(value: Value) -> str:
    fits = isinstance(value, float) and value in range(1, 49)
    return "" if fits else f"expected a slot from 1 to 48, got {value!r}"


def _is_command(value: Value) -> str:
    if isinstance(value, str) and is_command(value.split()):
        return ""
    expected = "expected the words of one, such as 'show license' or 'reload'"
    if isinstance(value, str) and "_" in value and " " not in value:
        return f"commands are named by their words, not as {value!r}: {expected}"
    return f"no command has the words {value!r}, {expected}"


def _is_event(value: Value) -> str:
    return "" if value in KINDS else f"invalid event {value!r}: expected one of {', '.join(KINDS)}"


def _is_moment(value: Value) -> str:
    return "" if value in KINDS else _is_command(value)


def _is_plan(value: Value) -> str:
    return "" if value in ("planned", "unplanned") else "expected 'planned' or 'unplanned'"


_LINE = Parameter("line", _is_text)
_COMMAND = Parameter("command", _is_command)
_EVENT = Parameter("event", _is_event)
_SLOT = Parameter("slot", _is_slot)

# State


def _licensed(view: View) -> bool:
    return view.chassis.license.allows(SESSION_RECOVERY, view.chassis.now)


def _running(view: View) -> list[str]:
    return [line.strip() for line in written(view.system.running)]


def _boot_file(view: View) -> list[str]:
    try:
        text = files.read(view.chassis, locate(view.system.default_url()))
    except Refused:
        return []
    return [line.strip() for line in text.splitlines()]


def _significant(lines: list[str]) -> list[str]:
    return sorted(line for line in lines if line and not line.startswith("#"))


def _saved(view: View) -> bool:
    text = files.text_of(view.chassis, view.system.running).splitlines()
    return _significant([line.strip() for line in text]) == _significant(_boot_file(view))


def _stored_before(view: View, first: str, second: str) -> bool:
    lines = _boot_file(view)
    return first in lines and second in lines and lines.index(first) < lines.index(second)


def _subscriber(view: View, name: str) -> str:
    sessions = view.chassis.sessions
    rows = sessions.with_username(Wildcard(name))
    if not rows:
        return "gone"
    session = sessions.session(rows[0], view.chassis.now)
    if not session.is_connected(view.chassis.now):
        return "connecting"
    return "recovered" if session.recovered else "original"


def _sessions_lost(view: View) -> float:
    found = view.chassis.sessions.with_callid
    return float(sum(not found(callid) for callid in view.callids))


def _card(view: View, slot: float) -> str:
    card = view.chassis.hardware.cards.get(int(slot))
    return card.state.value.lower() if card else "none"


def _alarm(view: View, name: str) -> float:
    return float(sum(alarm.name == name for alarm in view.chassis.events.outstanding))


def _mode(view: View) -> str:
    return "config" if view.state.frames else "exec"


# History


def _times(view: View, phrase: str, *, here: bool) -> float:
    """How often a command ran, in this step or in all of the lab."""
    words = phrase.split()
    return float(
        sum(
            moment.is_about(words) and moment.counts and (not here or moment.step == view.step)
            for moment in view.moments
        )
    )


def _ran(view: View, phrase: str) -> float:
    return _times(view, phrase, here=True)


def _ever_ran(view: View, phrase: str) -> float:
    return _times(view, phrase, here=False)


def _saw(view: View, phrase: str, text: str) -> float:
    words = phrase.split()
    here = (m for m in view.moments if m.step == view.step and m.counts)
    return float(sum(moment.is_about(words) and text in moment.saw for moment in here))


def _asked_about(view: View, username: str) -> float:
    moments = (m for m in view.moments if m.step == view.step and m.counts)
    return float(sum(moment.username == username for moment in moments))


def _refused(view: View, phrase: str) -> float:
    words = phrase.split()
    return float(sum(m.is_about(words) and m.refused for m in view.moments))


def _happened(view: View, name: str) -> float:
    return float(sum(moment.words == (name,) for moment in view.moments))


def _in_order(view: View, *names: str) -> bool:
    remaining = (moment for moment in view.moments if moment.counts)
    return all(any(moment.is_about(name.split()) for moment in remaining) for name in names)


def _migrations(view: View, plan: str) -> float:
    records = view.chassis.rct.records[view.records :]
    return float(sum(record.planned is (plan == "planned") for record in records))


CARD_STATES = (*(state.value.lower() for state in CardState), "none")
FACTS = {
    fact.name: fact
    for fact in (
        Fact("licensed", bool, "the licence allows Session Recovery", _licensed),
        Fact(
            "configured",
            bool,
            "the running configuration requires Session Recovery",
            lambda view: view.chassis.recovery.configured,
        ),
        Fact(
            "in_effect",
            bool,
            "the system runs with Session Recovery",
            lambda view: view.chassis.recovery.in_effect,
        ),
        Fact(
            "status",
            str,
            "what the last check of Session Recovery found",
            lambda view: view.chassis.recovery.status.readiness.value,
            values=tuple(readiness.value for readiness in Readiness),
        ),
        Fact(
            "ready",
            bool,
            "the last check found the system ready",
            lambda view: view.chassis.recovery.status.readiness is Readiness.READY,
        ),
        Fact("saved", bool, "the running configuration is that of the boot file", _saved),
        Fact(
            "running",
            bool,
            "the running configuration has this line",
            lambda view, line: line in _running(view),
            (_LINE,),
        ),
        Fact(
            "stored",
            bool,
            "the boot file has this line",
            lambda view, line: line in _boot_file(view),
            (_LINE,),
        ),
        Fact(
            "stored_before",
            bool,
            "the boot file has both lines, the first before the second",
            _stored_before,
            (_LINE, _LINE),
        ),
        Fact(
            "reloads",
            float,
            "restarts of the system since the lab began",
            lambda view: float(view.chassis.starts - view.starts),
        ),
        Fact(
            "subscribers",
            float,
            "sessions on the system",
            lambda view: float(len(view.chassis.sessions)),
        ),
        Fact(
            "sessions_lost",
            float,
            "calls that were there when the step began and are gone",
            _sessions_lost,
        ),
        Fact(
            "subscriber",
            str,
            "the state of the session of this user",
            _subscriber,
            (Parameter("username", _is_text),),
            ("original", "recovered", "connecting", "gone"),
        ),
        Fact("card", str, "the state of the card in this slot", _card, (_SLOT,), CARD_STATES),
        Fact("alarm", float, "alarms of this event that are outstanding", _alarm, (_EVENT,)),
        Fact(
            "crashes",
            float,
            "crash records on the system",
            lambda view: float(len(view.chassis.crashes.records)),
        ),
        Fact("mode", str, "where the console is", _mode, (), ("exec", "config")),
        Fact("ran", float, "times this command ran in this step", _ran, (_COMMAND,)),
        Fact("ever_ran", float, "times this command ran in the lab", _ever_ran, (_COMMAND,)),
        Fact(
            "saw",
            float,
            "times this command showed this text in this step",
            _saw,
            (_COMMAND, Parameter("text", _is_text)),
        ),
        Fact(
            "asked_about",
            float,
            "commands that ran in this step and name this subscriber",
            _asked_about,
            (Parameter("username", _is_text),),
        ),
        Fact("refused", float, "times this command was refused in the lab", _refused, (_COMMAND,)),
        Fact(
            "helped",
            float,
            "times `?` or Tab was used in this step",
            lambda view: _times(view, HELP, here=True),
        ),
        Fact("happened", float, "events of this kind since the lab began", _happened, (_EVENT,)),
        Fact(
            "in_order",
            bool,
            "these commands ran and events happened in this order",
            _in_order,
            (Parameter("command or event", _is_moment), Parameter("…", _is_moment, many=True)),
        ),
        Fact(
            "migrations",
            float,
            "records of the Recovery Control Task since the lab began",
            _migrations,
            (Parameter("planned or unplanned", _is_plan),),
        ),
        Fact(
            "seconds",
            float,
            "chassis time since the step began",
            lambda view: view.chassis.now - view.step_began,
            most=LONGEST,
        ),
    )
}
