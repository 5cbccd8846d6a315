"""Taking a lab in memory, on a clock that the test moves."""

from __future__ import annotations

import msgspec

from staros_cli.chassis.clock import ManualClock
from staros_cli.labs import schema
from staros_cli.labs.progress import Progress
from staros_cli.labs.schema import Lab
from staros_cli.labs.session import LabSession
from staros_cli.shell.replies import Awaits
from staros_cli.shell.session import LINE_LIMIT
from tests.lab import START


class Learner:
    """Somebody who takes a lab; `kept` is the progress that was last kept,
    `kept_text` what a file held then."""

    def __init__(
        self,
        lab: str | Lab,
        progress: Progress | None = None,
        length: int = 0,
        line_limit: int = LINE_LIMIT,
    ) -> None:
        self.lab = schema.load(lab) if isinstance(lab, str) else lab
        self.clock = ManualClock(START)
        self.kept: Progress | None = None
        self.kept_text = ""
        self.session = LabSession(
            self.lab, self.clock, self._keep, progress, length=length, line_limit=line_limit
        )

    def _keep(self, progress: Progress) -> None:
        self.kept = progress
        self.kept_text = msgspec.json.encode(progress).decode()

    def types(self, *lines: str) -> str:
        """Type lines, wait for a start to end; returns all that was shown."""
        shown = ""
        for line in lines:
            shown += self.session.handle(line).text
            while self.session.awaits is Awaits.START:
                self.clock.advance_to_event(self.session.seconds_to_next_event)
                shown += self.session.poll().text
        return shown

    def waits(self, seconds: float) -> str:
        """Let time pass; returns what was shown."""
        self.clock.advance(seconds)
        return self.session.poll().text
