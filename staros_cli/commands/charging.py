"""Commands of global configuration that reach into the active charging service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from staros_cli import messages
from staros_cli.chassis.charging.counters import ACTIONS, ANALYZERS, RULEBASES, RULEDEFS, Tally
from staros_cli.chassis.charging.objects import (
    CHARGING,
    POST_PROCESSING,
    ROUTING,
    ChargingConfiguration,
)
from staros_cli.chassis.charging.shares import USES, Match
from staros_cli.chassis.tasks import SESSMGR
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.state import Frame
from staros_cli.configuration import charging
from staros_cli.configuration.charging import SERVICE
from staros_cli.configuration.tree import Node
from staros_cli.messages import Refused
from staros_cli.rendering import charging as layouts


def _service(invocation: Invocation) -> Node:
    """The active charging service, of which there is one. Raises Refused when there is not."""
    lines = invocation.state.frames[-1].node.children.values()
    found = [line for line in lines if line.mode == SERVICE]
    if len(found) != 1:
        raise Refused(messages.NO_CHARGING_SERVICE)
    return found[0]


def _key(invocation: Invocation) -> tuple[str, str]:
    """The kind of an object, which names its mode, and the line that opens it."""
    command = invocation.command
    kind = command.words[1] if command.has("no") else command.words[0]
    return kind, f"{kind} {command.text('object_name')}"


@handles("charging_object")
def charging_object(invocation: Invocation) -> None:
    """Create an object of the service or enter it."""
    service = _service(invocation)
    kind, key = _key(invocation)
    inner = service.put(key, key, kind)
    invocation.state.frames += [
        Frame(SERVICE, service, service.key.split()[-1]),
        Frame(kind, inner, invocation.command.text("object_name"), invocation.state.indentation),
    ]
    invocation.chassis.configuration_changed()


@handles("no_charging_object")
def no_charging_object(invocation: Invocation) -> None:
    """Remove an object of the service."""
    _service(invocation).drop(_key(invocation)[1])
    invocation.chassis.configuration_changed()


# Showing objects


class _Named(Protocol):
    """An object with a name."""

    @property
    def name(self) -> str:
        """Its name."""
        ...


_Object = TypeVar("_Object", bound=_Named)


def _configuration(invocation: Invocation) -> ChargingConfiguration:
    """What is configured of active charging."""
    invocation.chassis.charging.look()
    return invocation.chassis.charging.configuration


def _wanted(invocation: Invocation, objects: Iterable[_Object], value: str) -> list[_Object]:
    """All objects, or the one that is named."""
    name = invocation.command.text(value)
    return [each for each in objects if name in ("", each.name)]


def _none(kind: str) -> list[str]:
    return [messages.NO_CHARGING_OBJECT(kind=kind)]


def _use(invocation: Invocation) -> str:
    """The use that the command asks for; empty for every one."""
    return next((use for use in USES if invocation.command.has(use)), "")


def _no_ruledef(invocation: Invocation) -> list[str]:
    use = layouts.title_of(_use(invocation) or CHARGING)
    return [messages.NO_CHARGING_RULEDEF(use=use)]


@handles("show_acs_ruledef")
def show_acs_ruledef(invocation: Invocation) -> Output:
    """Show ruledefs."""
    found = _wanted(invocation, _configuration(invocation).ruledefs.values(), "ruledef_name")
    use = _use(invocation)
    found = [ruledef for ruledef in found if use in ("", ruledef.application)]
    return layouts.ruledefs(found) if found else _no_ruledef(invocation)


@handles("show_acs_group")
def show_acs_group(invocation: Invocation) -> Output:
    """Show groups of ruledefs."""
    found = _wanted(invocation, _configuration(invocation).groups.values(), "group_name")
    return layouts.groups(found) if found else _none("group of ruledefs")


@handles("show_acs_action")
def show_acs_action(invocation: Invocation) -> Output:
    """Show charging actions."""
    actions = charging.actions(invocation.system.running)
    found = _wanted(invocation, actions, "charging_action_name")
    return layouts.actions(found) if found else _none("charging action")


@handles("show_acs_rulebase")
def show_acs_rulebase(invocation: Invocation) -> Output:
    """Show rulebases."""
    configuration = _configuration(invocation)
    found = _wanted(invocation, configuration.rulebases.values(), "rulebase_name")
    return layouts.rulebases(configuration.service, found) if found else _none("rulebase")


# Showing what was counted


def _counted(
    invocation: Invocation, statistics: str, name_of: Callable[[Match], str], *uses: str
) -> dict[str, Tally]:
    """What was counted for the matches of some uses, by a name that each of them has."""
    found: dict[str, Tally] = {}
    for match, volume in invocation.chassis.charging.counts(statistics, *uses):
        if volume:
            found.setdefault(name_of(match), Tally()).add(volume)
    return found


def _ruledef_of(match: Match) -> str:
    return match.ruledef


def _target_of(match: Match) -> str:
    return match.target


def _rulebase_of(match: Match) -> str:
    return match.rulebase


def _rows(
    invocation: Invocation, configured: Iterable[str], counted: dict[str, Tally], value: str
) -> list[tuple[str, Tally]]:
    """Every object that is configured or has counted, or the one that is named."""
    wanted = invocation.command.text(value)
    names = dict.fromkeys([*configured, *counted])
    return [(name, counted.get(name, Tally())) for name in names if wanted in ("", name)]


@handles("show_acs_ruledef_statistics")
def show_acs_ruledef_statistics(invocation: Invocation) -> Output:
    """Show what ruledefs have matched."""
    use = _use(invocation)
    counted = _counted(invocation, RULEDEFS, _ruledef_of, *((use,) if use else USES))
    ruledefs = _configuration(invocation).ruledefs.values()
    names = [each.name for each in ruledefs if use in ("", each.application)]
    rows = _rows(invocation, names, counted, "ruledef_name")
    return layouts.ruledef_statistics(rows) if rows else _no_ruledef(invocation)


@handles("show_acs_action_statistics")
def show_acs_action_statistics(invocation: Invocation) -> Output:
    """Show what charging actions were applied to."""
    counted = _counted(invocation, ACTIONS, _target_of, CHARGING, POST_PROCESSING)
    names = _configuration(invocation).actions
    rows = _rows(invocation, names, counted, "charging_action_name")
    return layouts.action_statistics(rows) if rows else _none("charging action")


@handles("show_acs_rulebase_statistics")
def show_acs_rulebase_statistics(invocation: Invocation) -> Output:
    """Show the traffic of rulebases."""
    counted = _counted(invocation, RULEBASES, _rulebase_of, CHARGING)
    sessions = invocation.chassis.charging.sessions()
    names = _configuration(invocation).rulebases
    rows = _rows(invocation, names, counted, "rulebase_name")
    if not rows:
        return _none("rulebase")
    return layouts.rulebase_statistics((name, tally, sessions.get(name, 0)) for name, tally in rows)


@handles("show_acs_analyzer")
def show_acs_analyzer(invocation: Invocation) -> Output:
    """Show what analyzers have looked at."""
    counted = _counted(invocation, ANALYZERS, _target_of, ROUTING)
    rulebases = _configuration(invocation).rulebases.values()
    known = {rule.target for each in rulebases for rule in each.rules_for(ROUTING)}
    wanted = _analyzer(invocation)
    names = [name for name in known | counted.keys() if wanted in ("", name)]
    if not names:
        return _none("analyzer")
    return layouts.analyzer_statistics({name: counted.get(name, Tally()) for name in names})


def _analyzer(invocation: Invocation) -> str:
    """The analyzer that the command names."""
    words = invocation.command.words
    return words[words.index("name") + 1] if "name" in words else ""


@handles("show_acs_subsystem")
def show_acs_subsystem(invocation: Invocation) -> Output:
    """Show the managers of active charging, and what they carry together."""
    chassis = invocation.chassis
    counted = _counted(invocation, RULEBASES, lambda match: "", CHARGING)
    managers = sum(task.is_up(chassis.now) for task in chassis.tasks.of(SESSMGR, standby=False))
    sessions = sum(chassis.charging.sessions().values())
    return layouts.subsystem(managers, sessions, counted.get("", Tally()))


# Counting anew


def _clear(invocation: Invocation, statistics: str, wanted: Callable[[Match], bool]) -> None:
    invocation.chassis.charging.clear_counts(statistics, wanted)


@handles("clear_acs_ruledef")
def clear_acs_ruledef(invocation: Invocation) -> None:
    """Count what ruledefs match anew."""
    name = invocation.command.text("ruledef_name")
    _clear(invocation, RULEDEFS, lambda match: name in ("", match.ruledef))


@handles("clear_acs_action")
def clear_acs_action(invocation: Invocation) -> None:
    """Count what charging actions are applied to anew."""
    name = invocation.command.text("charging_action_name")
    _clear(invocation, ACTIONS, lambda match: name in ("", match.target))


@handles("clear_acs_rulebase")
def clear_acs_rulebase(invocation: Invocation) -> None:
    """Count the traffic of rulebases anew."""
    name = invocation.command.text("rulebase_name")
    _clear(invocation, RULEBASES, lambda match: name in ("", match.rulebase))


@handles("clear_acs_analyzer")
def clear_acs_analyzer(invocation: Invocation) -> None:
    """Count what analyzers look at anew."""
    name = _analyzer(invocation)
    _clear(invocation, ANALYZERS, lambda match: name in ("", match.target))
