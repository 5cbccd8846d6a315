"""`monitor subscriber` and `monitor protocol`: what happens to calls, shown while it happens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from enum import Enum

from staros_cli.chassis import diameter_messages, radius_messages
from staros_cli.chassis.call_traces import CallEvent, Happening, Trace
from staros_cli.chassis.exchanges import Exchange, Interface
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.signalling import Message, messages_of
from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.suspension import Steps, Watch
from staros_cli.commands.watched_calls import rows, wanted
from staros_cli.rendering import monitor as layouts
from staros_cli.rendering.calls import state_of
from staros_cli.rendering.messages import diameter, gtp, radius
from staros_cli.rendering.messages.heads import Detail
from staros_cli.rendering.monitor import Option, Settings

LEAST, MOST = 1, 5
"""The levels of verbosity."""
LOOK_AGAIN = 3600.0
"""Seconds after which there is a look although nothing was told of."""
_ESCAPE, _ENTER, _SPACE = "\x1b", "\r", " "
_SESSMGR, _GTP = "17", {1: "24", 2: "74"}
"""The numbers of the protocols that the model has, of GTP by its version."""
_DIAMETER = "36"
"""The number of all messages of Diameter; those of an application can be shown by themselves."""
_APPLICATIONS = {Interface.GY: "2", Interface.GX: "3"}
"""The keys of the applications of Diameter that the model has."""
_WITHOUT_CONTROL = (Happening.FOUND, Happening.ARRIVED, Happening.QUOTA)
_OTHERS = ("3gpp", "3gpp2", "standard", "starent", "starent-vsa1")
RADIUS_DICTIONARIES = (layouts.NO_OVERRIDE, *(f"custom{n}" for n in range(1, 78)), *_OTHERS)
GTPP_DICTIONARIES = (layouts.NO_OVERRIDE, *(f"custom{n}" for n in range(1, 60)))
"""The names that keys step through (chosen; none is needed for what is shown)."""


class Leave(Exception):  # not an error
    """A key ends the command."""


class _View(ABC):
    """A screen that keys act on, and the events that it shows of a trace.

    `_named` has the options that are switched by a letter or by a number of two digits.
    """

    def __init__(self, invocation: Invocation, trace: Trace, named: Mapping[str, Option]) -> None:
        self._invocation = invocation
        self._trace = trace
        self._named = named
        self._settings = Settings({key: option.on for key, option in named.items()})
        self._paused = False
        self._digits = ""
        self.clears = False

    # Screens

    @abstractmethod
    def screen(self) -> list[str]:
        """The screen with what keys have set; its last line is not ended."""

    def _announce(self, what: str) -> list[str]:
        return [*layouts.announced(what), *self.screen()]

    # Keys

    def press(self, key: str) -> list[str]:
        """The lines that a key shows, none for one without a meaning. Raises Leave."""
        if key.isdecimal() and key.isascii():
            return self._digit(key)
        self._digits = ""
        upper = key.upper()
        if key == _ESCAPE:
            return self._back()
        if upper == "Q":
            raise Leave
        if key == _ENTER:
            return self.screen()
        if key == _SPACE:
            self._paused = not self._paused
            return layouts.announced(f"Pause ({layouts.state(self._paused)})")
        if key in "+-":
            return self._change_verbosity(1 if key == "+" else -1)
        return self._letter(upper)

    def _back(self) -> list[str]:
        raise Leave

    def _digit(self, key: str) -> list[str]:
        number, self._digits = self._digits + key, ""
        if len(number) == 1:
            self._digits = number
            return []
        return self._number(number)

    def _number(self, number: str) -> list[str]:
        return self._switch(number)

    def _letter(self, key: str) -> list[str]:
        settings = self._settings
        if key == "L":
            return self._limit()
        if key == "R":
            settings.radius = _next(RADIUS_DICTIONARIES, settings.radius)
            return self._announce(f"RADIUS Dictionary {_bracketed(settings.radius)}")
        if key == "G":
            settings.gtpp = _next(GTPP_DICTIONARIES, settings.gtpp)
            return self._announce(f"GTPP Dictionary {_bracketed(settings.gtpp)}")
        return self._switch(key)

    def _switch(self, key: str) -> list[str]:
        option = self._named.get(key)
        if option is None:
            return []
        on = self._settings.on[key] = not self._settings.on[key]
        self._trace.takes_new_calls = self._is_on("M")
        self._follow_several()
        name = "PDU Hex+Ascii dump" if key == "A" else option.name
        return self._announce(f"{name} ({layouts.state(on)})")

    def _follow_several(self) -> None:
        self._trace.several = self._is_on("Y")

    def _change_verbosity(self, by: int) -> list[str]:
        settings = self._settings
        settings.verbosity = min(MOST, max(LEAST, settings.verbosity + by))
        return self._announce(f"Verbosity Level ({settings.verbosity:>3})")

    def _limit(self) -> list[str]:
        settings = self._settings
        settings.limit = "" if settings.limit else self._invocation.state.context
        if settings.limit:
            return self._announce(f'Display Events only from context "{settings.limit}"')
        return self._announce("Display Events from ALL contexts")

    def _is_on(self, key: str) -> bool:
        return self._settings.on.get(key, False)

    # Events

    @property
    def next_time(self) -> float:
        """When there is something to show, as far as that is known; in seconds since 1970 UTC."""
        latest = self._invocation.now + LOOK_AGAIN
        return latest if self._paused else min(latest, self._trace.next_time)

    def events(self) -> list[str]:
        """What has happened since the last time; what happens during a pause comes after it."""
        if self._paused:
            return []
        return [
            line
            for event in self._trace.read()
            if self._is_on("U") and self._settings.limit in ("", event.session.group.place[0])
            for line in self._lines(event)
        ]

    @abstractmethod
    def _lines(self, event: CallEvent) -> Iterator[str]:
        """The lines about an event."""

    @property
    def _detail(self) -> Detail:
        on = self._is_on
        return Detail(on("T"), on("E"), on("S"), on("X"), on("A"), self._settings.verbosity)

    def _messages(self, event: CallEvent, wanted: Callable[[str], bool]) -> Iterator[str]:
        """The messages of an event, of protocols that are wanted by their numbers.

        Those to servers go between the request of a node and the answer to it.
        """
        path = self._invocation.chassis.peers.path_of(event.session)
        messages = messages_of(event, path)
        place = int(event.happening in (Happening.ARRIVED, Happening.ENDED))
        for found in messages[:place]:
            yield from self._of_gtp(found, event, wanted)
        for exchange in event.exchanges:
            yield from self._of_servers(exchange, event, wanted)
        for found in messages[place:]:
            yield from self._of_gtp(found, event, wanted)

    def _of_gtp(
        self, found: Message, event: CallEvent, wanted: Callable[[str], bool]
    ) -> Iterator[str]:
        if wanted(_GTP[found.version]) and self._passes(found.inbound):
            yield from gtp.message(found, event.time, event.session, self._detail)

    def _of_servers(
        self, exchange: Exchange, event: CallEvent, wanted: Callable[[str], bool]
    ) -> Iterator[str]:
        """The messages to a server and from it."""
        session, time, detail = event.session, event.time, self._detail
        number = self._radius_number(exchange.interface)
        if number:
            chosen = self._settings.radius
            dictionary = "" if chosen == layouts.NO_OVERRIDE else chosen
            messages = radius_messages.messages_of(session, exchange, time, event.reason)
            for found in messages if wanted(number) else ():
                if self._passes(found.inbound):
                    yield from radius.message(found, exchange, time, session, detail, dictionary)
        elif wanted(_DIAMETER) or self._decodes(exchange.interface, wanted):
            for message in diameter_messages.messages_of(session, exchange):
                if self._passes(message.inbound):
                    yield from diameter.message(message, exchange, time, session, detail)

    @abstractmethod
    def _radius_number(self, interface: Interface) -> str:
        """The number of the protocol of a RADIUS server, empty for other servers."""

    def _decodes(self, interface: Interface, wanted: Callable[[str], bool]) -> bool:
        """Whether an application of Diameter is shown by itself."""
        return wanted(layouts.DIAMETER_KEY)

    def _passes(self, inbound: bool) -> bool:
        return self._is_on("I" if inbound else "O")


class _Subscriber(_View):
    """The calls of a subscriber, or the next one."""

    def __init__(self, invocation: Invocation, trace: Trace) -> None:
        super().__init__(invocation, trace, layouts.OPTIONS)
        self._diameter = {key: option.on for key, option in layouts.DIAMETER.items()}
        self._in_diameter = False

    def screen(self) -> list[str]:
        if self._in_diameter:
            return layouts.diameter(self._diameter)
        return layouts.options(self._settings)

    def _digit(self, key: str) -> list[str]:
        if not self._in_diameter:
            return super()._digit(key)
        if key not in self._diameter:
            return []
        self._diameter[key] = not self._diameter[key]
        self._settings.on[layouts.DIAMETER_KEY] = any(self._diameter.values())
        return self.screen()

    def _number(self, number: str) -> list[str]:
        if number == layouts.DIAMETER_KEY:
            self._in_diameter = True
            return self.screen()
        return self._switch(number)

    def _letter(self, key: str) -> list[str]:
        if not self._in_diameter:
            return super()._letter(key)
        return self._back() if key == "B" else []

    def _back(self) -> list[str]:
        if not self._in_diameter:
            raise Leave
        self._in_diameter = False
        return self.screen()

    def _radius_number(self, interface: Interface) -> str:
        return {Interface.AUTHENTICATION: "13", Interface.ACCOUNTING: "14"}.get(interface, "")

    def _decodes(self, interface: Interface, wanted: Callable[[str], bool]) -> bool:
        return self._diameter[_APPLICATIONS[interface]]

    def _lines(self, event: CallEvent) -> Iterator[str]:
        happening = event.happening
        if happening in (Happening.FOUND, Happening.ARRIVED):
            yield from layouts.call(event)
        yield from self._messages(event, self._is_on)
        if happening is Happening.ENDED:
            if self._is_on("C"):
                state = state_of(event.session.kind)
                yield from layouts.statistics(event, state, self._detail)
            yield from layouts.finished()
        elif happening not in _WITHOUT_CONTROL and self._shows_control:
            yield from layouts.control(event, self._detail)

    @property
    def _shows_control(self) -> bool:
        return self._is_on("C") and self._is_on(_SESSMGR)


class _Phase(Enum):
    """The screens of `monitor protocol`, in their order."""

    CHOOSES = "protocols are chosen"
    CONFIRMS = "a question about what that may do"
    SHOWS = "messages are shown"


class _Protocols(_View):
    """The messages of protocols, of all calls."""

    def __init__(self, invocation: Invocation, trace: Trace) -> None:
        super().__init__(invocation, trace, layouts.PROTOCOL_OPTIONS)
        self._chosen: set[str] = set()
        self._phase = _Phase.CHOOSES
        self.clears = True

    def _follow_several(self) -> None:
        """All calls are shown together."""

    def screen(self) -> list[str]:
        if self._phase is _Phase.SHOWS:
            return layouts.protocol_options(self._settings)
        if self._phase is _Phase.CONFIRMS:
            return layouts.warning()
        *lines, prompt = layouts.protocols(self._chosen)
        return [*lines, f"{prompt}{self._digits}"]

    def _turn_to(self, phase: _Phase) -> list[str]:
        self._phase = phase
        self.clears = phase is _Phase.CHOOSES
        return self.screen()

    def press(self, key: str) -> list[str]:
        if self._phase is _Phase.SHOWS:
            return super().press(key)
        if self._phase is _Phase.CHOOSES and key.isdecimal() and key.isascii():
            return self._digit(key) or self.screen()[-1:]
        self._digits = ""
        if self._phase is _Phase.CONFIRMS:
            return self._turn_to(_Phase.SHOWS if key in "yY" else _Phase.CHOOSES)
        if key in "qQ\x1b":
            raise Leave
        return self._turn_to(_Phase.CONFIRMS if key in "bB" and self._chosen else _Phase.CHOOSES)

    def _number(self, number: str) -> list[str]:
        found = layouts.PROTOCOLS.get(number)
        if found is not None and (not found.for_administrators or self._is_administrator):
            self._chosen ^= {number}
        return self._turn_to(_Phase.CHOOSES)

    @property
    def _is_administrator(self) -> bool:
        return self._invocation.state.user.privilege >= Privilege.ADMINISTRATOR

    def _back(self) -> list[str]:
        return self._turn_to(_Phase.CHOOSES)

    def _radius_number(self, interface: Interface) -> str:
        return {Interface.AUTHENTICATION: "12", Interface.ACCOUNTING: "13"}.get(interface, "")

    def _lines(self, event: CallEvent) -> Iterator[str]:
        if self._phase is _Phase.SHOWS:
            yield from self._messages(event, self._chosen.__contains__)


def _next(names: tuple[str, ...], name: str) -> str:
    return names[(names.index(name) + 1) % len(names)]


def _bracketed(name: str) -> str:
    return f"({name})" if name == layouts.NO_OVERRIDE else name


def _serve(view: _View, lines: list[str]) -> Steps[list[str]]:
    """Show a screen and events until a key ends that."""
    *lines, prompt = lines
    clears = view.clears
    while True:
        key = yield Watch(view.next_time, lines, prompt, clears)
        lines, clears = view.events(), False
        if lines:
            prompt = ""
        if key:
            try:
                shown = view.press(key)
            except Leave:
                return lines
            if len(shown) > 1:
                *shown, prompt = shown
                lines += shown
                clears = view.clears
            elif shown:
                prompt = shown[0]


@handles("monitor_subscriber")
def monitor_subscriber(invocation: Invocation) -> Steps[list[str]]:
    """Show what happens to the calls of a subscriber, or to the next call."""
    command, chassis = invocation.command, invocation.chassis
    name = command.words[2]
    trace = chassis.call_traces.begin(wanted(invocation), invocation.state.user.wake)
    view = _Subscriber(invocation, trace)
    try:
        found = rows(invocation)
        if found:
            trace.begin_with(found[0])
            lines = view.events()
        else:
            lines = layouts.waits(name not in ("next-call", "type"))
        yield from _serve(view, ["", "", *lines, *view.screen()])
    finally:
        trace.end()
    return []


@handles("monitor_protocol")
def monitor_protocol(invocation: Invocation) -> Steps[list[str]]:
    """Show the messages of protocols, of all calls."""
    begin = invocation.chassis.call_traces.begin
    trace = begin(lambda session: True, invocation.state.user.wake, follow=False)
    view = _Protocols(invocation, trace)
    try:
        yield from _serve(view, view.screen())
    finally:
        trace.end()
    return []
