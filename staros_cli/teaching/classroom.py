"""A training lab on the network: whoever logs in takes it, each on a chassis of their own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from staros_cli.chassis.clock import Clock
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.users import Account
from staros_cli.errors import UsageError
from staros_cli.labs import progress
from staros_cli.labs.progress import SUFFIX, Keeper, Progress
from staros_cli.labs.schema import Lab
from staros_cli.labs.session import LabSession
from staros_cli.network.chassis_endpoint import LAB_PASSWORD, is_same
from staros_cli.network.clock_driver import ClockDriver
from staros_cli.network.endpoint import PATIENCE, Endpoint, Line, Rules, Window
from staros_cli.shell.console import Console
from staros_cli.shell.replies import Awaits

_NAME = re.compile(r"\w[\w.@+-]{0,63}")
"""Names of learners, which also name their directories."""

LONGEST_NAME = 200
"""How many bytes such a name may have: hosts take up to 255."""


CLASS_IS_OVER = "The class is over."


class Classroom(Endpoint):
    """Everybody who knows `password` may log in, under a name that tells who they are.

    What a learner does is kept in `root`, a directory each, so that they can go on another time;
    in None nothing is kept. `look_every` is how often, in seconds of chassis time, it is looked
    whether a step that waits for something is done; `rate` how many times faster than real time
    the clock is, in None as the lab says. `warn` is told of progress that cannot be kept.
    """

    def __init__(
        self,
        lab: Lab,
        rules: Rules,
        driver: ClockDriver,
        clock: Clock,
        *,
        root: Path | None = None,
        password: str = LAB_PASSWORD,
        look_every: float = 1.0,
        rate: float | None = None,
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        super().__init__(lab.name, rules, driver)
        self.lab = lab
        self._clock = clock
        self._root = root
        self._password = password
        self._look_every = look_every
        self._rate = rate
        self._warn = warn

    @property
    def title(self) -> str:
        """The platform."""
        return self.lab.definition.platform.banner

    @property
    def is_up(self) -> bool:
        """A console is always to be reached."""
        return True

    # Logging in

    async def _admitted(self, name: str, password: str) -> Account | None:
        right = is_same(password, self._password)
        return _learner(name) if right else None

    def account_of_key(self, name: str, key: str) -> Account | None:
        """The account that a public key opens, None when it opens none."""
        return _learner(name) if key in self.rules.keys else None

    # Sessions

    def open(self, account: Account, window: Window) -> Console:
        """The console of this learner's chassis; who was on under that name is sent away.

        Raises UsageError when what was kept cannot be used.
        """
        for line in self.lines:
            if isinstance(line.session, LabSession) and _name(line.session) == account.name:
                line.say_last("You have gone on from another terminal.")
        keeper, kept = self._kept(account.name)
        return LabSession(
            self.lab,
            self._clock,
            self._careful(keeper) if keeper else None,
            kept,
            rows=window.rows,
            width=window.width,
            colour=window.colour,
            line_limit=self.rules.limits.line,
            served=True,
            in_slices=True,
        )

    def whose(self, session: Console) -> str:
        """The learner, whoever the session calls its user."""
        return _name(session) if isinstance(session, LabSession) else super().whose(session)

    def _kept(self, learner: str) -> tuple[Keeper | None, Progress]:
        """Where this learner's progress is kept, and that of an attempt that was left."""
        kept = progress.new(self.lab, self._clock.now(), learner)
        keeper = None
        if self._root is not None:
            keeper = Keeper(self._root / learner / f"{self.lab.name}{SUFFIX}", durable=False)
            kept = keeper.unfinished(self.lab) or kept
        # Whose it is tells the name it was opened under, whatever was written into the file.
        kept.learner = learner
        kept.rate = self._rate
        return keeper, kept

    def _careful(self, keeper: Keeper) -> Callable[[Progress], None]:
        """Keeps progress as long as that can be done; a lab goes on without."""
        told = False

        def keep(kept: Progress) -> None:
            nonlocal told
            try:
                keeper.keep(kept)
                told = False
            except UsageError as error:
                if not told:
                    self._warn(f"the progress of {kept.learner} is not kept: {error}")
                told = True

        return keep

    # Events by themselves

    async def stop(self) -> None:
        """Say good-bye to everybody and close everything.

        Clients hang up by themselves once they have shown it; one that is hung up on shows no more.
        """
        talking = [one for one in self.connections if one.sessions]
        closing = [asyncio.ensure_future(one.wait_closed()) for one in talking]
        for line in self.lines:
            said = [CLASS_IS_OVER]
            if isinstance(line.session, LabSession) and self._root is not None:
                said += line.session.goodbye
            line.say_last("\r\n".join(said))
        if closing:
            _, late = await asyncio.wait(closing, timeout=PATIENCE)
            for one in late:
                one.cancel()
        await super().stop()

    def _next_look(self, lines: Iterable[Line]) -> float | None:
        """Seconds of chassis time until lines have to be looked at, None for never."""
        lines = list(lines)
        at_prompt = any(line.session.awaits is Awaits.COMMAND for line in lines)
        times = (super()._next_look(lines), self._look_every if at_prompt else None)
        return min((time for time in times if time is not None), default=None)


def _learner(name: str) -> Account | None:
    fits = _NAME.fullmatch(name) and len(name.encode()) <= LONGEST_NAME
    return Account(name, Privilege.SECURITY, "") if fits else None


def _name(session: LabSession) -> str:
    return session.progress.learner
