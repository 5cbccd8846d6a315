"""A chassis made of a configuration: its definition, and the lines that it does not understand."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator

from msgspec import Struct, to_builtins

from staros_cli.chassis.access import ACCESS_KINDS
from staros_cli.chassis.clock import ManualClock
from staros_cli.chassis.definition import from_table, shipped, with_base
from staros_cli.chassis.licence import ANY_CHASSIS, FEATURES, SESSION_TYPES
from staros_cli.chassis.platform import PLATFORMS
from staros_cli.chassis.storage import locate
from staros_cli.configuration.opaque import Learned, schemas_of
from staros_cli.configuration.system import System
from staros_cli.device import DEFAULT_START
from staros_cli.emulator import build
from staros_cli.offline.flat import indented
from staros_cli.offline.guess import Guess

_BASES = {"asr5000": "asr5000-chapter"}
"""The built-in definitions that cards come from, where they have not the name of the platform."""
_CONFIG = "/flash/system.cfg"
_SESSIONS = 1_000_000
_UNTIL_SUBSCRIBERS_OF = 100_000
"""The addresses and numbers that groups of subscribers are apart."""


class Imported(Struct):
    """A chassis made of a configuration.

    `table` is its definition as a table, `learned` are the lines that it does not understand,
    `inside` is how many lines stand within unknown blocks, `system` the chassis as it runs, and
    `lines_before` how many lines of its file stand before the configuration.
    """

    table: dict[str, object]
    learned: list[Learned]
    inside: int
    system: System
    lines_before: int


def make(name: str, text: str, found: Guess, version: str = "", subscribers: int = 0) -> Imported:
    """The chassis that boots from a configuration.

    `name` is that of the definition, `text` what stands between `config` and `end`, `version` that
    of the software, `subscribers` how many each service that takes calls is to have. Raises
    DefinitionError when no definition can be made of it.
    """
    text = indented(text)
    table = _table(name, text, found, version)
    system = _started(name, table, learns=True)
    learned = system.opaque.learned
    if learned:
        table["opaque"] = [_without_defaults(schema) for schema in schemas_of(learned)]
    groups = list(_groups(system, subscribers)) if subscribers else []
    table["subscribers"] = groups
    inside = system.opaque.inside
    if groups:
        system = _started(name, table)
    saved = system.chassis.storage.read(locate(_CONFIG)).decode()
    before = saved.count("\n") - text.count("\n") - 1
    return Imported(table, learned, inside, system, before)


def _started(name: str, table: dict[str, object], *, learns: bool = False) -> System:
    definition = from_table(name, with_base(dict(table), name), name)
    return build(definition, ManualClock(DEFAULT_START), learns=learns)


def _table(name: str, text: str, found: Guess, version: str) -> dict[str, object]:
    platform = PLATFORMS[found.platform]
    base = _BASES.get(found.platform, found.platform)
    image = f"/flash/{platform.image}-{version or '21.28'}.bin"
    header = f"#!$$ StarOS V{version or '21.28'} Chassis {{chassis-id}}"
    table: dict[str, object] = {
        "title": f"Imported from {name}",
        "base": base,
        "serial": "IMPORT" + hashlib.sha256(text.encode()).hexdigest()[:8].upper(),
        "license": {
            "features": [feature for feature, one in FEATURES.items() if not one.bundle],
            "sessions": dict.fromkeys(SESSION_TYPES, _SESSIONS),
            "chassis": ANY_CHASSIS,  # so that the key is the same whatever else changes
            "comment": "License of an imported chassis",
        },
        "placement": [],
        "rct": [],
        "subscribers": [],
        "boot": [{"priority": 10, "image": image, "config": _CONFIG}],
        "cards": list(_cards(base, found)),
        "files": {
            image: "Stands for the software image of the emulated system.\n",
            _CONFIG: f"{header}\nconfig\n{{license}}\n{text}end\n",
        },
    }
    if version:
        table["software"] = {"version": version}
    return table


def _cards(base: str, found: Guess) -> Iterator[dict[str, object]]:
    """The cards of the built-in chassis, and one in every other slot that the lines name."""
    cards = tomllib.loads((shipped() / f"{base}.toml").read_text())["cards"]
    yield from cards
    slots = PLATFORMS[found.platform].slots
    for slot in sorted(found.slots - {card["slot"] for card in cards}):
        if slot in slots:
            yield {"slot": slot, "kind": slots[slot][0]}


def _groups(system: System, count: int) -> Iterator[dict[str, object]]:
    """Subscribers for every service that takes calls and is started."""
    platform = system.chassis.platform.name
    for number, (context, service) in enumerate(system.chassis.contexts.started()):
        kinds = [kind for kind in ACCESS_KINDS if kind.service == service.kind]
        kind = next((kind for kind in kinds if kind.only_on in ("", platform)), kinds[0])
        first = number * max(count, _UNTIL_SUBSCRIBERS_OF)
        address = (10 << 24) + first + 1
        apn = next((key[4:] for key in _apns(system, context.name)), "")
        yield {
            "count": count,
            "access": kind.name,
            "context": context.name,
            "service": service.name,
            "username": f"user{{number}}@{service.name}",
            "msid": f"{1_010_000_000_001 + first:015d}",
            "msisdn": f"{99_900_000_000_001 + first}",
            "apn": apn,
            "address": f"2001:db8:{number:x}::1" if kind.is_ipv6 else _dotted(address),
        }


def _apns(system: System, context: str) -> Iterator[str]:
    """The keys of the lines of APNs, those of a context first."""
    nodes = system.running.children.values()
    for node in sorted(nodes, key=lambda node: node.key != f"context {context}"):
        yield from (key for key, child in node.children.items() if child.mode == "apn")


def _dotted(address: int) -> str:
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


def _without_defaults(schema: object) -> dict[str, object]:
    return {key: value for key, value in to_builtins(schema).items() if value}


def as_toml(table: dict[str, object]) -> str:
    """A definition as a file."""
    plain, tables = [], []
    for key, value in table.items():
        if isinstance(value, dict):
            tables += ["", f"[{key}]", *(_pair(name, inner) for name, inner in value.items())]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for one in value:
                tables += ["", f"[[{key}]]", *(_pair(name, inner) for name, inner in one.items())]
        else:
            plain.append(_pair(key, value))
    return "\n".join([*plain, *tables, ""])


def _pair(key: str, value: object) -> str:
    name = key if key.isidentifier() else json.dumps(key)
    if isinstance(value, dict):
        inner = ", ".join(_pair(word, part) for word, part in value.items())
        return f"{name} = {{ {inner} }}"
    if isinstance(value, str) and "\n" in value and "'''" not in value and "\r" not in value:
        return f"{name} = '''\n{value}'''"
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"
