"""Files of other machines, where the system may reach them. The work is done elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Transfer:
    """A file on its way. `data` is what came, `fault` why it did not come."""

    def __init__(self) -> None:
        self.done = False
        self.data = b""
        self.fault = ""
        self.cancel: Callable[[], None] = lambda: None


class Remote(Protocol):
    """Transfers of files from and to other machines; `tell` is called when one is done."""

    def fetch(self, url: str, tell: Callable[[], None]) -> Transfer:
        """Begin to bring a file here."""
        ...

    def send(self, url: str, data: bytes, tell: Callable[[], None]) -> Transfer:
        """Begin to bring a file there."""
        ...
