"""An emulator of the command line of Cisco StarOS. Not affiliated with Cisco.

`Device` is a chassis in memory with its configuration and clock, `serve` puts chassis on the
network. All errors derive from `StarosError`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from staros_cli.errors import StarosError, UsageError

if TYPE_CHECKING:
    from staros_cli.chassis.definition import Definition, DefinitionError
    from staros_cli.chassis.privilege import Privilege
    from staros_cli.device import CommandFailed, Device
    from staros_cli.emulator import StateError
    from staros_cli.language.errors import LineError
    from staros_cli.messages import Refused
    from staros_cli.network.chassis_server import ChassisServer
    from staros_cli.shell.replies import Reply
    from staros_cli.shell.session import CliSession as Session

__version__ = "0.1.0"
__all__ = [
    "CommandFailed",
    "Definition",
    "DefinitionError",
    "Device",
    "LineError",
    "Privilege",
    "Refused",
    "Reply",
    "Session",
    "StarosError",
    "StateError",
    "UsageError",
    "__version__",
    "serve",
]

_HOMES = {
    "CommandFailed": ("device", "CommandFailed"),
    "Definition": ("chassis.definition", "Definition"),
    "DefinitionError": ("chassis.definition", "DefinitionError"),
    "Device": ("device", "Device"),
    "LineError": ("language.errors", "LineError"),
    "Privilege": ("chassis.privilege", "Privilege"),
    "Refused": ("messages", "Refused"),
    "Reply": ("shell.session", "Reply"),
    "Session": ("shell.session", "CliSession"),
    "StateError": ("emulator", "StateError"),
}
"""Where the names stand. They are imported when they are asked for: `staros-cli` starts with
`import staros_cli`, and its first prompt does not wait for what it does not need."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, its_name = _HOMES[name]
    return getattr(import_module(f"{__name__}.{module}"), its_name)


def serve(*chassis: Any, **options: Any) -> ChassisServer:
    """Chassis on the network for tests and notebooks: `async with staros_cli.serve() as lab`.

    `chassis` are names of built-in definitions, definition files or Definition objects, one
    `asr5500` by default; the options are those of ChassisServer. Files live in memory unless
    `state` names a directory. Raises UsageError for what cannot be served.
    """
    from staros_cli.network.chassis_server import ChassisServer

    return ChassisServer(chassis or ("asr5500",), **options)
