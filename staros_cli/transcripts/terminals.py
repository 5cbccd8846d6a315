"""A chassis in memory with its terminals, whose time stands still until it is told to go on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from staros_cli.chassis.clock import ManualClock
from staros_cli.chassis.definition import Definition, DefinitionError, load
from staros_cli.chassis.storage import locate
from staros_cli.configuration.system import System
from staros_cli.device import Device
from staros_cli.messages import Refused
from staros_cli.shell.line_terminal import LineTerminal
from staros_cli.shell.replies import KEYS, Awaits
from staros_cli.shell.session import CliSession
from staros_cli.transcripts import directives
from staros_cli.transcripts.directives import Directive, Login, Settings
from staros_cli.transcripts.errors import DirectiveError
from staros_cli.transcripts.format import FIRST_SESSION

if TYPE_CHECKING:
    from staros_cli.labs.schema import Lab
    from staros_cli.labs.session import LabSession

_TAKES_KEYS = (
    Awaits.COMMAND,
    Awaits.CONTINUATION,
    Awaits.ANSWER,
    *KEYS,
    Awaits.NOTHING,
)


def definition_of(settings: Settings) -> Definition:
    """The definition that a transcript asks for. Raises DirectiveError when it cannot be used."""
    if settings.lab:
        return lab_of(settings).definition
    try:
        definition = load(settings.chassis)
    except DefinitionError as error:
        raise DirectiveError(f"# chassis: {error}") from None
    if settings.host:
        definition = definition.with_hostname(settings.host)
    if settings.seed is None:
        return definition
    return Definition(definition.name, replace(definition.schema, seed=settings.seed))


def lab_of(settings: Settings) -> Lab:
    """The lab that a transcript asks for. Raises DirectiveError when it cannot be used."""
    from staros_cli.labs import schema

    try:
        return schema.load(settings.lab)
    except schema.LabError as error:
        raise DirectiveError(f"# lab: {error}") from None


class Terminals:
    """The terminals of one chassis, of which one is looked at.

    When its session ends, the one opened last of the others is looked at. A restart of the system
    takes the time that it takes; nobody has to move the clock for it.
    """

    def __init__(self, settings: Settings) -> None:
        self.clock = ManualClock(settings.clock)
        self.lab = self._lab_console(settings) if settings.lab else None
        device = None if self.lab else Device(definition_of(settings), clock=self.clock)
        self._system = device.system if device else None
        self._settings = settings
        self._sessions: dict[str, LineTerminal] = {}
        self._unseen: dict[str, str] = {}
        self._opened = 0
        self._current = FIRST_SESSION
        self._greeting = self._open(FIRST_SESSION, settings.login)
        self.terminal.session.state.timestamps |= settings.timestamps

    @property
    def system(self) -> System:
        """The system; a lab takes its own back to an earlier state by building it anew."""
        system = self.lab.system if self.lab else self._system
        assert system is not None
        return system

    def _lab_console(self, settings: Settings) -> LabSession:
        from staros_cli.labs.session import LabSession

        lab = lab_of(settings)
        return LabSession(lab, self.clock, length=settings.length, width=settings.width)

    @property
    def terminal(self) -> LineTerminal:
        """The terminal that is looked at."""
        return self._sessions[self._current]

    @property
    def closed(self) -> bool:
        """Whether all sessions have ended."""
        return self.terminal.closed

    def begin(self) -> str:
        """The first output of the first terminal."""
        return self._greeting

    def feed(self, keys: str) -> str:
        """Type keys; returns what the terminal shows, that of a restart included."""
        return self._served(self.terminal.feed(keys) + self._settle())

    def direct(self, directive: Directive) -> str:
        """Carry out what stands between commands; returns what the terminal shows.

        Raises DirectiveError when it cannot be carried out.
        """
        directives.check_step(directive)
        if directive.name == "session":
            return self._served("\r\n" + self._switch(*directives.session(directive)))
        if directive.name == "user":
            self.terminal.session.close()
            return "\r\n" + self._open(self._current, directives.login(directive))
        if directive.name == "advance":
            self.clock.advance(directives.advance(directive))
        elif directive.name == "fault":
            directives.inject_fault(self.system, directive)
        elif directive.name == "scenario":
            directives.play_scenario(self.system, directive)
        elif directive.name == "put":
            put(self.system, *directives.put(directive))
        else:
            return self.feed(directives.key(directive))
        return self._served(self._noticed())

    def _served(self, text: str) -> str:
        """Serve the other terminals, too; returns what the one that is looked at shows.

        When its session has ended, the one that was opened last of the others is looked at.
        """
        for name, terminal in self._sessions.items():
            if name != self._current:
                self._unseen[name] = self._unseen.get(name, "") + terminal.poll()
        if not self.terminal.closed:
            return text
        still_open = [name for name, other in self._sessions.items() if not other.closed]
        return text + self._look_at(still_open[-1]) if still_open else text

    def _look_at(self, name: str) -> str:
        """Turn to a terminal; returns what it shows that was not seen, and where it waits."""
        self._current = name
        text = self._unseen.pop(name, "") + self._settle()
        line = self.terminal.session.prompt + self.terminal.typed
        return text.removeprefix("\r\n") + ("" if text.endswith(line) else line)

    def _noticed(self) -> str:
        """Output that comes by itself, on lines of its own, with the prompt after it."""
        text = self.terminal.poll() + self._settle()
        if not text or text.startswith("\r\n"):
            return text
        prompt = self.terminal.session.prompt
        return "\r\n" + text + ("" if text.endswith(prompt) else prompt)

    def _open(self, name: str, login: Login) -> str:
        console = name == FIRST_SESSION
        if self.lab is not None and not self._sessions:
            self._sessions[name] = LineTerminal(self.lab)
            return self.terminal.begin() + self._settle()
        device = "/dev/console" if console else f"/dev/pts/{self._opened}"
        self._opened += not console
        self._sessions[name] = LineTerminal(
            CliSession(
                self.system,
                login.user,
                login.privilege,
                device,
                length=self._settings.length,
                width=self._settings.width,
                console=console,
            )
        )
        self._current = name
        if console:
            return self.terminal.begin() + self._settle()
        return self.terminal.session.prompt + self._settle()

    def _switch(self, name: str, login: Login) -> str:
        known = self._sessions.get(name)
        if known is None or known.closed:
            return self._open(name, login)
        return self._look_at(name)

    def _settle(self) -> str:
        """Let the time pass until keys are taken; returns what the terminal shows meanwhile."""
        text = ""
        while self.terminal.session.awaits not in _TAKES_KEYS:
            self.clock.advance_to_event(self.terminal.session.seconds_to_next_event)
            text += self.terminal.poll() + self.terminal.feed("")
        return text


def put(system: System, file: str, url: str) -> None:
    """Write a file to the chassis. Raises DirectiveError when that cannot be done."""
    chassis = system.chassis
    try:
        chassis.storage.write(locate(url), Path(file).read_bytes(), chassis.timeline.clock.now())
    except OSError as error:
        raise DirectiveError(f"# put: {file}: {error.strerror or error}") from None
    except Refused as refusal:
        raise DirectiveError(f"# put: {refusal}") from None
