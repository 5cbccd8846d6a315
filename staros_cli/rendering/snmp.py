"""Layouts about SNMP."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.snmp import MIBS, Community, SnmpSettings, Target, User, engine_of
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Cell, Column, Fields, Rows, Screen, Table, blocks, screen

UNREADABLE = "(encrypted elsewhere)"
"""Stands for the name of a community that another system has encrypted."""
_Named = tuple[str, Community]
_COMMUNITIES = Table[_Named](
    Column("Community Name", 32, lambda row: row[0] or UNREADABLE),
    Column("Access Level", 12, lambda row: _level(row[1]), right=True),
    heads=("Community Name                   Access Level", f"{'-' * 32} {'-' * 12}"),
)


def _level(community: Community) -> str:
    return "read-write" if community.may_write else "read-only"


@layout(
    "show snmp communities",
    "capture",
    "A name that was encrypted by another system has a text in its place.",
)
def communities(found: Sequence[_Named]) -> Rows:
    """The communities, by their names."""
    return _COMMUNITIES.of(found)


@layout(
    "show snmp server",
    "chosen",
    "Labels as remembered. It shows what is configured: there is no agent here, and sending traps "
    "is never disabled.",
)
def server(settings: SnmpSettings, serial: str) -> Screen:
    """What is set for the server."""
    limit = settings.limit
    head: tuple[tuple[str, Cell], ...] = (
        ("Server State", "enabled" if settings.enabled else "disabled"),
        ("SNMP Port", settings.port),
        ("sysLocation", settings.location),
        ("sysContact", settings.contact),
        ("authenticationFail traps", _enabled(settings.tells_of_failures)),
        ("EngineID", settings.engine or engine_of(serial)),
        ("Alert Threshold", f"{limit.most} alerts in {limit.seconds} seconds"),
        ("Alert Low Threshold", f"{limit.low} alerts in {limit.seconds} seconds"),
    )
    mibs: tuple[tuple[str, Cell], ...] = tuple(
        (name, _enabled(name in settings.mibs)) for name in MIBS
    )
    return screen(
        Fields(head, "SNMP Server Configuration:", width=25, between=": "),
        Fields(mibs, "SNMP Agent Mib Configuration:", width=25, between=": "),
    )


@layout("show snmp engine-id", "chosen", "No device was seen to print it.")
def engines(settings: SnmpSettings, serial: str) -> Fields:
    """The engine identifiers of the system, and of managers where one is set."""
    remote = [("Remote EngineID", settings.remote_engine)] if settings.remote_engine else []
    fields = [("Local EngineID", settings.engine or engine_of(serial)), *remote]
    return Fields(tuple(fields), width=16, indent=0, between=": ")


def _enabled(true: bool) -> str:
    return "Enabled" if true else "Disabled"


@layout("show snmp transports", "chosen", "Labels as remembered.")
def transports(targets: Sequence[Target]) -> Screen:
    """The managers that traps are sent to."""
    return blocks(_transport(target) for target in targets)


def _transport(target: Target) -> Fields:
    fields: tuple[tuple[str, Cell], ...] = (
        ("Target Name:", target.name),
        ("IP Address:", target.address),
        ("Port:", target.port),
        ("Default:", "Default" if target.default else "Non-default"),
        ("Security Name:", target.security_name),
        ("Version:", target.version),
        ("Security:", ""),
        ("View:", target.view),
        ("Notif Type:", target.kind),
    )
    return Fields(fields, width=14, indent=0, between=" ")


_USERS = Table[User](
    Column("User Name", 32, lambda user: user.name),
    Column("Group", 16, lambda user: user.group or "-"),
    Column("Model", 7, lambda user: user.model),
    Column("Level", 9, lambda user: user.level),
    Column("Engine ID", 24, lambda user: user.engine or "-"),
)


@layout("show snmp users", "chosen", "No device was seen to print it.")
def users(found: Sequence[User]) -> Rows:
    """The users of SNMP version 3, without their passwords."""
    return _USERS.of(found)


_ACCESSES = Table[str](
    Column("Version", 8, lambda version: version),
    Column("Requests", 10, lambda _: 0, right=True),
    Column("Accepted", 10, lambda _: 0, right=True),
    Column("Denied", 10, lambda _: 0, right=True),
)


@layout("show snmp accesses", "chosen", "There is no agent here that could be asked.")
def accesses() -> Rows:
    """How many requests were answered, by the versions of the protocol."""
    return _ACCESSES.of(("1", "2c", "3"))
