"""An emulator of the command line of Cisco StarOS. Not affiliated with Cisco."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from staros_cli.network.lab import Lab

__version__ = "0.1.0"


def serve(*chassis: Any, **options: Any) -> Lab:
    """Chassis on the network for tests and notebooks: `async with staros_cli.serve() as lab`.

    `chassis` are names of built-in definitions, definition files or Definition objects, one
    `asr5500` by default; the options are those of `staros_cli.network.lab.Lab`. Files live in
    memory unless `state` names a directory. Raises `staros_cli.faults.UsageFault` for what cannot
    be served.
    """
    from staros_cli.network.lab import Lab

    return Lab(chassis or ("asr5500",), **options)
