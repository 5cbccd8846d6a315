"""Recorder: notes what comes in at a lab, so that it is kept and can be gone through again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from staros_cli.labs.attempt import Result
from staros_cli.labs.progress import Input, Kind, Progress

LINE: Final = "line"
HELP: Final = "help"
INTERRUPT: Final = "interrupt"
TIME: Final = "time"
MISTAKE: Final = "mistake"
HINT: Final = "hint"
WRONG: Final = "wrong"
"""Kinds of input. TIME is a moment at which something came about by itself; MISTAKE, HINT and WRONG
are what was paid before the chassis was taken back: for a mistake, a hint, a wrong answer."""

FULL = (
    "More was done here than can be kept: the lab goes on, but from here on nothing counts.",
    ":reset goes back to where the step began, `staros-cli lab start --again` to the beginning.",
)
"""Tells the learner that there is no room."""

Keep = Callable[[Progress], None]


class Recorder:
    """Notes inputs in `progress` and gives it to `keep`.

    While it is `replaying` nothing is noted: what comes in then has been noted before.
    """

    def __init__(self, progress: Progress, keep: Keep | None = None) -> None:
        self.progress = progress
        self.replaying = False
        self._keep = keep or (lambda kept: None)
        self._overflowed = self._warns = False
        self._pieces: list[Input] = []
        self.begin()

    def begin(self) -> None:
        """The chassis is as it was before the first input."""
        self._begins = [0]

    def go_on(self) -> None:
        """All that was noted has been gone through: from now on inputs are new."""
        self.replaying = self._overflowed = False
        self._pieces = []

    # Inputs

    def take(self, now: float, kind: Kind, text: str = "") -> Input | None:
        """Note an input at `now`, in seconds since 1970 UTC, as long as there is room."""
        if self.replaying or self._overflowed:
            return None
        if not self.progress.has_room(now):
            self._overflowed = self._warns = True
            return None
        taken = Input(now, kind, text)
        self.progress.inputs.append(taken)
        return taken

    def take_piece(self, now: float, text: str) -> None:
        """Note a piece of a line that goes on."""
        taken = self.take(now, LINE, text)
        if taken is not None:
            self._pieces.append(taken)

    def end_of_line(self) -> None:
        """The line is complete: its pieces stay."""
        self._pieces = []

    def forget_pieces(self) -> None:
        """Forget the pieces of the unfinished line."""
        if not self._pieces:
            return
        self.progress.inputs = [
            done for done in self.progress.inputs if not any(done is each for each in self._pieces)
        ]
        self._pieces = []

    def read_warning(self) -> bool:
        """Whether there is no room since the last time this was asked."""
        warns, self._warns = self._warns, False
        return warns

    def keep(self, step: int, result: Result) -> None:
        """Keep what was noted, up to the step of that number."""
        if not self.replaying and not self._overflowed:
            self.note_steps(step, len(self.progress.inputs))
            self.progress.result = result
            self._keep(self.progress)

    # Steps

    def note_steps(self, step: int, inputs: int) -> None:
        """Remember that the steps up to that of the number `step` began after so many inputs."""
        while len(self._begins) <= step:
            self._begins.append(inputs)

    def step_of(self, step: int) -> int:
        """The step whose beginning is taken back to: the last one before that could be kept."""
        return min(step, len(self._begins) - 1)

    def take_back(self, step: int, costs: Iterable[tuple[Kind, str]]) -> None:
        """Forget the inputs since the beginning of a step, all but what it has cost."""
        count, done = self._begins[self.step_of(step)], self.progress.inputs
        began = done[count - 1].time if count else self.progress.began
        paid = [Input(began, kind, text) for kind, text in costs]
        self.progress.inputs = [*done[:count], *paid]
