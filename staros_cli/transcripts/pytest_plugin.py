"""The pytest plugin: transcripts as tests, and an emulator for tests of other programs.

It is loaded into every pytest run of an environment that has the emulator, so it imports nothing
until a transcript is collected or a fixture is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from staros_cli.errors import StarosError

if TYPE_CHECKING:
    from staros_cli.shell.session import CliSession
    from staros_cli.transcripts.directives import Settings
    from staros_cli.transcripts.fixtures import Emulator, MemoryChassis
    from staros_cli.transcripts.runs import Way

_SUFFIX = ".transcript"
_WAYS = {"memory": (True,), "program": (False,), "both": (True, False)}


class TranscriptFailed(StarosError):
    """A transcript does not match; the text shows the differences."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """How transcripts are replayed."""
    text = "how *.transcript files are replayed: memory, program (a process), both or off"
    parser.getgroup("staros-cli").addoption("--staros-replay", choices=[*_WAYS, "off"], help=text)
    parser.addini("staros_replay", text, default="memory")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a setting that means nothing before anything is collected."""
    _ways(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect transcripts."""
    if file_path.suffix != _SUFFIX or not _ways(parent.config):
        return None
    collector: pytest.Collector = TranscriptFile.from_parent(parent, path=file_path)
    return collector


def _ways(config: pytest.Config) -> tuple[bool, ...]:
    chosen = config.getoption("--staros-replay") or config.getini("staros_replay")
    if chosen == "off":
        return ()
    if chosen not in _WAYS:
        expected = ", ".join([*_WAYS, "off"])
        raise pytest.UsageError(f"staros_replay: expected one of {expected}, got {chosen!r}")
    return _WAYS[chosen]


class TranscriptFile(pytest.File):
    """A transcript, to be replayed in one way or two."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each way."""
        for in_memory in _ways(self.config):
            name = "memory" if in_memory else "program"
            yield TranscriptItem.from_parent(self, name=name, in_memory=in_memory)


class TranscriptItem(pytest.Item):
    """A transcript replayed in one way."""

    def __init__(self, *, in_memory: bool, **others: Any) -> None:
        super().__init__(**others)
        self._in_memory = in_memory

    def _way(self) -> Way:
        from staros_cli.transcripts.runs import Way

        return Way(in_memory=self._in_memory)

    def runtest(self) -> None:
        """Replay it."""
        from staros_cli.transcripts.replay import replay
        from staros_cli.transcripts.runs import load

        result = replay(load(self.path), self._way().target())
        if not result.passed:
            raise TranscriptFailed("\n".join(result.report()))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The diff, or what was wrong with the file or the target, and no traceback."""
        from staros_cli.transcripts.errors import TranscriptError

        if isinstance(excinfo.value, (TranscriptFailed, TranscriptError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands."""
        return self.path, 0, f"{self.path.name} [{self.name}]"


# Fixtures


@pytest.fixture
def staros_settings() -> Settings:
    """How the chassis of the other fixtures begins; override it to choose another one."""
    from staros_cli.transcripts.directives import Settings

    return Settings(length=0)


@pytest.fixture
def staros_chassis(staros_settings: Settings) -> MemoryChassis:
    """A chassis in memory, whose time moves when it is told to."""
    from staros_cli.transcripts.fixtures import MemoryChassis

    return MemoryChassis(staros_settings)


@pytest.fixture
def staros_session(staros_chassis: MemoryChassis) -> CliSession:
    """A session at the console of `staros_chassis`."""
    return staros_chassis.console()


@pytest.fixture
def staros_emulator_factory() -> Iterator[Callable[..., Emulator]]:
    """Start emulators on the network: called with chassis names, options after them."""
    from staros_cli.transcripts.fixtures import Emulators

    emulators = Emulators()
    try:
        yield emulators.start
    finally:
        emulators.stop()


@pytest.fixture
def staros_emulator(
    staros_settings: Settings, staros_emulator_factory: Callable[..., Emulator]
) -> Emulator:
    """A running emulator with the address of its SSH and telnet, a process of its own."""
    return staros_emulator_factory(staros_settings.chassis)
