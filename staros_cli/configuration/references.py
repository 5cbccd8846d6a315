"""References within the configuration: lines that name an object which is not configured.

A line that holds the words which open an object, with a name behind them, names that object:
`ims-auth-service IMS` in an APN is about the line `ims-auth-service IMS` of a context. Where the
object may stand is not known for every reference: it is missing when it stands nowhere, or not in
the context that the line names.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import findings
from staros_cli.chassis.findings import Finding, Section, finding, section_of_service
from staros_cli.chassis.privilege import Privilege
from staros_cli.configuration.tree import Node
from staros_cli.language.compiled import UNLISTED, compiled
from staros_cli.language.errors import LineError
from staros_cli.language.parser import parse
from staros_cli.language.words import MissingQuote, split

_CONTEXT = "context"
_ALIASES = {
    "accounting endpoint": "diameter endpoint",
    "accounting-policy": "policy accounting",
    "authentication endpoint": "diameter endpoint",
    "bandwidth default-policy": "bandwidth-policy",
    "charging-edr": "edr-format",
    "context-name": _CONTEXT,
    "crypto-map": "crypto map",
    "default subscriber": "subscriber name",
    "fw-and-nat default-policy": "fw-and-nat policy",
    "ip access-group": "ip access-list",
    "ip vrf forwarding": "ip vrf",
    "ipv6 access-group": "ipv6 access-list",
    "operator-policy-name": "operator-policy name",
    "origin endpoint": "diameter endpoint",
    "reporting-edr": "edr-format",
    "vrf": "ip vrf",
}
"""Words that a line has before a name, and those that open what it names."""
_NAMES_NOTHING = frozenset(("description", "no", "snmp", "logging", "threshold", "schema"))
"""The first words of lines whose texts are not names."""
_IMPLICIT = frozenset(("default", "local"))
"""Objects that are always there."""
_MODELLED = frozenset(("egtp", "ggsn", "gtpu", "pgw", "sgtp", "sgw"))
"""Services whose use by another one the model judges itself."""
_LONGEST = 3
"""The most words before a name."""
_SHORT_ADD = 4
"""The words of `add-ruledef` where `ruledef` is left out before the name."""

_SECTIONS = {
    "aaa-group": findings.AAA,
    "active-charging": findings.ACTIVE_CHARGING,
    "apn": findings.APN,
    "apn-profile": findings.APN_PROFILE,
    "apn-remap-table": findings.REMAP_TABLE,
    "call-control-profile": findings.CALL_CONTROL,
    "diameter-endpoint": findings.DIAMETER,
    "dns-client": findings.DNS,
    "ims-auth-service": findings.IMS_AUTHORIZATION,
    "operator-policy": findings.OPERATOR_POLICY,
    "policy-group": findings.POLICY,
    "policy-map": findings.POLICY,
    "subscriber": findings.SUBSCRIBER,
}


class _Place(Struct, frozen=True):
    """Where a line stands: the section for findings about it, the words for people."""

    section: Section
    lines: tuple[str, ...]
    mode: str

    @property
    def title(self) -> str:
        """The lines around, from inside out."""
        return ", ".join(reversed(self.lines))


class _Objects:
    """The objects that are configured, anywhere and by context."""

    def __init__(self, root: Node) -> None:
        self._everywhere: set[str] = set()
        self._of_context: dict[str, set[str]] = {}
        for node in root.children.values():
            self._add(node, self._everywhere)
            if node.mode == _CONTEXT:
                within = self._of_context.setdefault(node.key, set())
                for child in node.children.values():
                    self._add(child, within)

    def _add(self, node: Node, among: set[str]) -> None:
        if node.mode:
            among.add(node.key)
            self._everywhere.add(node.key)
            for child in node.children.values():
                self._add(child, among)

    def has(self, key: str, context: str) -> bool:
        """Whether an object is configured, in a context if one is named."""
        return key in (self._of_context.get(context, ()) if context else self._everywhere)


def missing(root: Node) -> Iterator[Finding]:
    """A finding for every object that a line names and that is not configured."""
    yield from _missing(root, _Place(findings.SYSTEM, (), root.mode), _Objects(root))


def _missing(parent: Node, place: _Place, objects: _Objects) -> Iterator[Finding]:
    for node in parent.children.values():
        for key, context in _named(node, place):
            if not objects.has(key, context):
                where = f"{node.line} ({place.title})" if place.title else node.line
                name = f"{key} of {context}" if context else key
                text = messages.NOT_CONFIGURED(line=where, name=name)
                yield finding(place.section, text, about=(*place.lines, node.line))
        if node.mode and node.mode != UNLISTED:
            yield from _missing(node, _place_within(node, place), objects)


def _place_within(node: Node, place: _Place) -> _Place:
    section = _SECTIONS.get(node.mode)
    if section is None and node.mode.endswith("-service"):
        section = section_of_service(node.mode.removesuffix("-service"))
    return _Place(section or place.section, (*place.lines, node.line), node.mode)


def _named(node: Node, place: _Place) -> Iterator[tuple[str, str]]:
    """The objects that a line names, each with the context that the line names for it."""
    try:
        words = [word.text for word in split(node.line)]
    except MissingQuote:
        return
    candidates = [] if words[0] in _NAMES_NOTHING else list(_candidates(words, place))
    if not candidates or (node.mode and candidates[0][0] == node.key):
        return
    try:
        command = parse(node.line, place.mode, Privilege.SECURITY, hidden=True)
    except LineError:
        return
    values = {str(value) for _, value in command.every} | set(map(str, command.values.values()))
    named = [
        key
        for key, before, name in candidates
        if name in values and command.keywords.issuperset(before)
    ]
    contexts = [key for key in named if key.startswith(f"{_CONTEXT} ")]
    for key in named:
        of_context = words[0] == "associate" and len(contexts) == 1 and key not in contexts
        yield key, contexts[0] if of_context else ""


def _candidates(words: list[str], place: _Place) -> Iterator[tuple[str, list[str], str]]:
    """What may be the key of an object on a line, with the words before the name, and the name."""
    kinds = compiled().objects
    if words[0] == "add-ruledef" and len(words) == _SHORT_ADD:
        yield f"ruledef {words[-1]}", [], words[-1]
        return
    for position in range(1, len(words)):
        name = words[position]
        for length in range(min(_LONGEST, position), 0, -1):
            before = words[position - length : position]
            kind = _ALIASES.get(" ".join(before), " ".join(before))
            if kind in kinds and name not in _IMPLICIT:
                if not _is_modelled(words, kind, place):
                    yield f"{kind} {name}", before, name
                break


def _is_modelled(words: list[str], kind: str, place: _Place) -> bool:
    used = kind.removesuffix("-service")
    return words[0] == "associate" and used in _MODELLED and place.mode != "cgw-service"
