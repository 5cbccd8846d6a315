"""The other chassis of a pair, emulated.

It has our configuration with the opposite mode. All that this chassis knows of it are its Hellos:
another real chassis would stand here with the same methods.
"""

from __future__ import annotations

import hashlib

from staros_cli.chassis.srp.settings import Mode, SrpSettings
from staros_cli.chassis.srp.states import FIRST_MODIFIERS, Hello, State


def tiebreaker_of(serial: str) -> str:
    """The MAC address that decides between two chassis, from a serial number (chosen)."""
    digits = hashlib.sha256(serial.encode()).hexdigest()[:6].upper()
    return "-".join(("02", "00", "00", digits[:2], digits[2:4], digits[4:]))


class Partner:
    """The other chassis.

    `differs` tells whether its configuration is not ours, so that a comparison fails.
    """

    def __init__(self, serial: str) -> None:
        self._tiebreaker = tiebreaker_of(f"{serial} partner")
        self.state = State.INIT
        self.differs = False
        self._modifier = FIRST_MODIFIERS[Mode.PRIMARY]

    def begin(self, settings: SrpSettings) -> None:
        """It starts, and knows nothing of us."""
        self.state = State.INIT
        self._modifier = FIRST_MODIFIERS[settings.mode.other]

    def become(self, state: State, modifier: int | None = None) -> None:
        """Take a state, and a route modifier where that changes with it."""
        self.state = state
        if modifier is not None:
            self._modifier = modifier

    def let_differ(self, differs: bool) -> None:
        """Give it another configuration than ours, or ours again."""
        self.differs = differs

    def hello(self, settings: SrpSettings) -> Hello:
        """What it says of itself."""
        return Hello(
            self.state,
            settings.mode.other,
            settings.priority,
            self._tiebreaker,
            self._modifier,
        )
