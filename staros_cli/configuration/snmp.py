"""What the running configuration says about SNMP."""

from __future__ import annotations

from staros_cli.chassis.snmp import (
    MIBS,
    PORT,
    TRAP_PORT,
    Community,
    Limit,
    SnmpSettings,
    Target,
    User,
)
from staros_cli.configuration.reading import Part, integer_of, number_in, option_of
from staros_cli.configuration.tree import Node

ENCRYPTED = "encrypted name"
"""The words before the name of a community that is kept."""
_MODELS = ("snmpv1", "snmpv2c", "usm")
_LEVELS = ("noauth", "auth", "priv-auth")


def read(root: Node) -> SnmpSettings:
    """What is configured about SNMP."""
    part = Part(root)
    return SnmpSettings(
        enabled=next(part.lines("no snmp server"), None) is None,
        port=int(part.number("snmp server port", PORT)),
        location=part.value("system location"),
        contact=part.value("system contact"),
        tells_of_failures=next(part.lines("snmp authentication-failure-trap"), None) is not None,
        engine=part.value("snmp engine-id local"),
        remote_engine=part.value("snmp engine-id remote"),
        limit=_limit(part),
        mibs=frozenset({MIBS[0], *(words[0] for words in part.lines("snmp mib") if words)}),
        communities=tuple(
            _community(words) for words in part.lines(f"snmp community {ENCRYPTED}") if words
        ),
        targets=tuple(_target(words) for words in part.lines("snmp target") if len(words) > 1),
        users=tuple(_user(words) for words in part.lines("snmp user") if words),
    )


def _limit(part: Part) -> Limit:
    words = next(part.lines("snmp notif-threshold"), [])
    default = Limit()
    most = int(number_in(words[0], default.most)) if words else default.most
    low = integer_of(words, "low", min(default.low, most))
    return Limit(most, low, integer_of(words, "period", default.seconds))


def _community(words: list[str]) -> Community:
    return Community(words[0], "read-write" in words[1:], option_of(words[1:], "view"))


def _target(words: list[str]) -> Target:
    options = words[2:]
    version = option_of(options, "version", "1")
    has_view = version == "view"
    return Target(
        words[0],
        words[1],
        integer_of(options, "port", TRAP_PORT),
        "non-default" not in options,
        option_of(options, "security-name", "public"),
        "1" if has_view else version,
        option_of(options, "view") if has_view else "",
        "informs" if "informs" in options else "traps",
    )


def _user(words: list[str]) -> User:
    options = words[1:]
    model = option_of(options, "security-model", "usm")
    level = next((word for word in _LEVELS if word in options), "noauth")
    engine = option_of(options, "engine") or option_of(options, "engine-id")
    return User(
        words[0],
        option_of(options, "group"),
        model if model in _MODELS else "usm",
        level,
        engine,
    )
