"""Progress at a lab: everything that was typed and when, so that it can be gone through again.

The chassis is the same for the same input at the same time, so that is all that has to be kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from staros_cli.errors import UsageError
from staros_cli.labs import schema
from staros_cli.labs.attempt import Result
from staros_cli.labs.clock import LONGEST
from staros_cli.labs.schema import Lab
from staros_cli.whole_files import remove_half_written, write_whole

VERSION = 1
SUFFIX = ".lab.json"
MOST_INPUTS = 5000
"""The most inputs that are gone through again."""
MOST_TEXT = 1_000_000
"""The most characters of them that are kept."""


Kind = Literal["line", "help", "interrupt", "time", "mistake", "hint", "wrong"]


class Input(Struct, frozen=True, array_like=True):
    """Something that came in: at which time of the chassis, what (see LabSession), its text."""

    time: float
    kind: Kind
    text: str = ""


class Progress(Struct, forbid_unknown_fields=True, rename="kebab"):
    """An attempt as it is kept. `began` is the time of the chassis at its beginning.

    `edition` is that of the lab; `file` where the lab was read from unless it is built in. `rate`
    is how many times faster than real time the chassis lived when it was last gone on with; in None
    it is that of the lab.
    """

    version: int
    lab: str
    edition: str
    began: Annotated[float, Meta(ge=0, le=1e11)]
    inputs: Annotated[list[Input], Meta(max_length=MOST_INPUTS)] = []
    file: str = ""
    learner: str = ""
    result: Result | None = None
    rate: Annotated[float, Meta(ge=1, le=1000)] | None = None

    def has_room(self, now: float) -> bool:
        """Whether an input of now can be kept, and gone through again."""
        text = sum(len(done.text) for done in self.inputs)
        count = len(self.inputs)
        return count < MOST_INPUTS and text < MOST_TEXT and now <= self.began + LONGEST


def new(lab: Lab, now: float, learner: str) -> Progress:
    """Progress of an attempt that begins at `now`, in seconds since 1970 UTC."""
    built_in = Path(lab.source).parent == schema.shipped()
    file = "" if built_in else str(Path(lab.source).resolve())
    return Progress(VERSION, lab.name, lab.edition, now, file=file, learner=learner)


def read(path: Path) -> Progress:
    """Read what was kept. Raises UsageError when it cannot be used; the file stays as it is."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    return decode(data, path)


def decode(data: bytes, path: Path) -> Progress:
    """Progress from the bytes of a file. Raises UsageError when it cannot be used."""
    try:
        version = msgspec.json.decode(data, type=dict[str, object]).get("version")
        if version != VERSION:
            raise UsageError(
                f"{path}: the progress was kept by another version of the program (form {version},"
                f" this one reads {VERSION}); it was left as it is, move it away to begin anew"
            )
        progress = msgspec.json.decode(data, type=Progress)
    except RecursionError:
        raise UsageError(f"{path}: expected progress at a lab: it is nested too deep") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected progress at a lab: {error}") from None
    _check_times(progress, path)
    return progress


def _check_times(progress: Progress, path: Path) -> None:
    latest = progress.began
    for number, done in enumerate(progress.inputs):
        if not latest <= done.time <= progress.began + LONGEST:
            raise UsageError(
                f"{path}: inputs[{number}]: expected a time from {latest} on,"
                f" at most {LONGEST:.0f} seconds after the beginning, got {done.time}"
            )
        latest = done.time


def check_edition(progress: Progress, lab: Lab, path: Path) -> None:
    """Raise UsageError when progress belongs to another wording of a lab."""
    if progress.edition != lab.edition:
        raise UsageError(
            f"{path}: the lab {lab.name} has changed since this was begun; move the file away to"
            f" begin anew, or have `staros-cli lab start {progress.file or lab.name} --again` do it"
        )


@contextmanager
def alone(file: Path, said: str) -> Iterator[None]:
    """Hold a file that only one process can hold, until the end of it at the latest.

    Raises UsageError with `said` when another process holds it. Where files cannot be held, nobody
    is kept away.
    """
    import fcntl

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(said) from None
        except OSError:
            pass
        yield
    finally:
        os.close(handle)


class Keeper:
    """Keeps progress in a file, whole at any moment. Raises UsageError when it cannot.

    Unless it is `durable`, a crash of the host may lose the last of it, and nobody waits for disks.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path = path
        self._durable = durable

    def alone(self) -> AbstractContextManager[None]:
        """Keep other processes from this progress. Raises UsageError when one is at it."""
        remove_half_written(self.path.parent)
        said = f"{self.path}: somebody is taking this lab elsewhere; leave it there with :quit"
        return alone(self.path.with_name(f".{self.path.name}.lock"), said)

    def keep(self, progress: Progress) -> None:
        """Write it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, msgspec.json.encode(progress), durable=self._durable)
        except OSError as error:
            raise UsageError(f"{self.path}: {error.strerror or error}") from None

    def unfinished(self, lab: Lab) -> Progress | None:
        """The progress of an attempt that is not finished; a finished one is put aside.

        Raises UsageError when it cannot be used with this lab.
        """
        remove_half_written(self.path.parent)
        if not self.path.exists():
            return None
        kept = read(self.path)
        if kept.result is not None and kept.result.finished:
            self.put_aside()
            return None
        check_edition(kept, lab, self.path)
        return kept

    def put_aside(self) -> Path | None:
        """Give the file another name, so that a new one can begin; returns that name."""
        if not self.path.exists():
            return None
        stem = self.path.name.removesuffix(SUFFIX)
        number = 1
        while (aside := self.path.with_name(f"{stem}.{number}{SUFFIX}")).exists():
            number += 1
        try:
            self.path.rename(aside)
        except OSError as error:
            raise UsageError(f"{self.path}: {error.strerror or error}") from None
        return aside
