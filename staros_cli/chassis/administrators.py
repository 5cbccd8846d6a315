"""Who is logged in."""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege


class Administrator(Struct, eq=False):
    """A user with a session. Times are seconds since 1970 UTC."""

    name: str
    privilege: Privilege
    terminal: str
    started_at: float
    active_at: float
    mode: str = "Exec"
