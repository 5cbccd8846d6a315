"""The work of programs that are killed, and the files that have to be there afterwards.

A life writes numbered versions of something, one after the other, and tells of each when it is
done.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import asyncssh

import staros_cli
from staros_cli.chassis.boot_stack import BootStack
from staros_cli.chassis.clock import ManualClock
from staros_cli.chassis.definition import Definition, load
from staros_cli.chassis.storage import DirectoryStorage
from staros_cli.device import Device
from staros_cli.emulator import STARTS_FILE, directory_storage, remove_state
from staros_cli.labs import progress, schema
from staros_cli.labs.progress import Keeper
from staros_cli.labs.session import LabSession
from staros_cli.network import host_key
from staros_cli.shell.session import CliSession
from tests.bench.ssh_load import connect
from tests.lab import START

Told = Callable[[int], None]
CHASSIS = "vpc-si"
STATE = "state"
LARGE = 200_000
"""Bytes of the files that are copied, moved and uploaded."""


class Fault(Exception):
    """Something that is neither old nor new, or that was left behind."""


def definition() -> Definition:
    """The chassis of all lives."""
    return load(CHASSIS)


def console(root: Path) -> CliSession:
    """A console of the chassis whose files are below `root`."""
    storage = directory_storage(root / STATE, definition(), START)
    return Device(definition(), storage=storage).console


def started(root: Path) -> CliSession:
    """A console of the chassis after a start. Raises Fault when that has something to say."""
    session = console(root)
    if session.system.problems:
        raise Fault(f"the start says {session.system.problems}")
    return session


def types(session: CliSession, *lines: str) -> None:
    """Type lines, none of which may be refused."""
    for line in lines:
        reply = session.handle(line)
        if reply.failed:
            raise Fault(f"{line!r} was refused: {reply.text}")


def contents(number: int) -> bytes:
    """A large file of that number."""
    return f"{number:08}".encode() * (LARGE // 8)


def number_of(data: bytes) -> int:
    """The number of a large file. Raises Fault when it is not whole."""
    if not data[:8].isdigit() or data != contents(int(data[:8])):
        raise Fault(f"a file of {len(data)} bytes that begins with {data[:8]!r} is not whole")
    return int(data[:8])


class Life(ABC):
    """Something that is written again and again below a directory."""

    @abstractmethod
    def prepare(self, root: Path) -> None:
        """Make version 0."""

    @abstractmethod
    def live(self, root: Path, after: int, told: Told) -> Iterator[None]:
        """Write the versions after that one; yields when one was told."""

    @property
    def most(self) -> int:
        """The version after which the life begins anew."""
        return 1_000_000

    @abstractmethod
    def version(self, root: Path, told: int) -> int:
        """Start again as a program does, and return the version that is there. Raises Fault.

        `told` is the last one that was told.
        """

    @property
    def may_appear(self) -> str:
        """Names of files, as an expression, that were not there at version 0 and may be."""
        return "(?!)"


class OnChassis(Life):
    """The life of a chassis."""

    def prepare(self, root: Path) -> None:
        """Provision the chassis."""
        self.begin(console(root))

    @abstractmethod
    def begin(self, session: CliSession) -> None:
        """Make version 0."""

    @abstractmethod
    def write(self, session: CliSession, number: int) -> None:
        """Write a version."""

    def live(self, root: Path, after: int, told: Told) -> Iterator[None]:
        """Write the versions after that one."""
        session = console(root)
        while True:
            after += 1
            self.write(session, after)
            told(after)
            yield

    def version(self, root: Path, told: int) -> int:
        """Start the chassis, and return the version that is there."""
        session = started(root)
        storage = session.system.chassis.storage
        assert isinstance(storage, DirectoryStorage)
        return self.found(storage, told)

    @abstractmethod
    def found(self, storage: DirectoryStorage, told: int) -> int:
        """The version that is there. Raises Fault."""


class Saves(OnChassis):
    """`save configuration` over the configuration that the system starts from."""

    FILE = PurePosixPath("flash/system.cfg")

    def begin(self, session: CliSession) -> None:
        self.write(session, 0)

    def write(self, session: CliSession, number: int) -> None:
        types(session, "configure", f"system hostname v{number}", "end")
        types(session, f"save configuration /{self.FILE} -noconfirm")

    def found(self, storage: DirectoryStorage, told: int) -> int:
        text = storage.read(self.FILE).decode()
        match = re.search(r"system hostname v(\d+)\n", text)
        if match is None or not (text.startswith("#!$$ StarOS") and text.endswith("\nend\n")):
            raise Fault(f"the configuration is not whole: {len(text)} characters")
        return int(match[1])


class Copies(OnChassis):
    """`copy` of one of four files over another."""

    OF = 4
    TARGET = PurePosixPath("hd-raid/copy")

    def begin(self, session: CliSession) -> None:
        for number in range(self.OF):
            path = PurePosixPath(f"flash/{number}")
            session.system.chassis.storage.write(path, contents(number), START)
        self.write(session, 0)

    def write(self, session: CliSession, number: int) -> None:
        types(session, f"copy /flash/{number % self.OF} /{self.TARGET} -noconfirm")

    def found(self, storage: DirectoryStorage, told: int) -> int:
        there = number_of(storage.read(self.TARGET))
        return next((n for n in (told, told + 1) if n % self.OF == there), there)


class Renames(OnChassis):
    """`rename` of a directory from device to device."""

    PLACES = ("flash/tree", "hd-raid/tree", "usb1/tree")

    def begin(self, session: CliSession) -> None:
        storage = session.system.chassis.storage
        for path in ("flash/tree", "flash/tree/d"):
            storage.make_directory(PurePosixPath(path), START)
        storage.write(PurePosixPath("flash/tree/d/x"), contents(0), START)

    def write(self, session: CliSession, number: int) -> None:
        source, target = (self.PLACES[n % len(self.PLACES)] for n in (number - 1, number))
        types(session, f"rename /{source} /{target} -noconfirm")

    def found(self, storage: DirectoryStorage, told: int) -> int:
        places = [n for n, path in enumerate(self.PLACES) if storage.entry(PurePosixPath(path))]
        if len(places) != 1:
            raise Fault(f"the directory is in {len(places)} places")
        number_of(storage.read(PurePosixPath(self.PLACES[places[0]]) / "d/x"))
        return next((n for n in (told, told + 1) if n % len(self.PLACES) == places[0]), -1)

    @property
    def may_appear(self) -> str:
        return r"state/(flash|hd-raid|usb1)/tree(/d(/x)?)?"


class BootChanges(OnChassis):
    """`boot system`, of one entry among others."""

    def begin(self, session: CliSession) -> None:
        types(session, "configure")
        for priority in (5, 6):
            self._put(session, priority, priority)
        self._put(session, 1, 0)
        types(session, "end")

    def _put(self, session: CliSession, priority: int, number: int) -> None:
        image = definition().schema.boot[0].image
        line = f"boot system priority {priority} image {image} config /flash/v{number}.cfg"
        types(session, line)

    def write(self, session: CliSession, number: int) -> None:
        types(session, "configure")
        self._put(session, 1, number)
        types(session, "end")

    def version(self, root: Path, told: int) -> int:
        """Without a start, which has a lot to say of entries whose files are not there."""
        storage = directory_storage(root / STATE, definition(), START)
        assert isinstance(storage, DirectoryStorage)
        return self.found(storage, told)

    def found(self, storage: DirectoryStorage, told: int) -> int:
        entries = {entry.priority: entry.config for entry in BootStack(storage).entries()}
        match = re.fullmatch(r"/flash/v(\d+)\.cfg", entries.get(1, ""))
        if match is None or not {1, 5, 6} <= set(entries):
            raise Fault(f"the boot stack is {entries}")
        return int(match[1])

    @property
    def may_appear(self) -> str:
        """Only the next start forgets that one was killed."""
        return f"state/{STARTS_FILE}"


class Uploads(OnChassis):
    """Uploads over SFTP: an even version removes the file, an odd one is written to it."""

    FILE = PurePosixPath("flash/upload")

    def begin(self, session: CliSession) -> None:
        """There is no file at first."""

    def write(self, session: CliSession, number: int) -> None:
        raise NotImplementedError

    def live(self, root: Path, after: int, told: Told) -> Iterator[None]:
        """Serve the chassis and upload to it."""
        loop = asyncio.new_event_loop()
        lab = staros_cli.serve(CHASSIS, state=root / STATE, host_key_file=root.parent / "host_key")
        loop.run_until_complete(lab.__aenter__())
        files = loop.run_until_complete(self._log_in(lab[CHASSIS].ssh.port))
        while True:
            after += 1
            loop.run_until_complete(self._upload(files, after))
            told(after)
            yield

    async def _log_in(self, port: int) -> asyncssh.SFTPClient:
        connection = await connect(port)
        return await connection.start_sftp_client()

    async def _upload(self, files: asyncssh.SFTPClient, number: int) -> None:
        name = f"/{self.FILE}"
        if number % 2 == 0:
            await files.remove(name)
            return
        async with files.open(name, "wb") as file:
            await file.write(contents(number))

    def found(self, storage: DirectoryStorage, told: int) -> int:
        if storage.entry(self.FILE) is None:
            return next(n for n in (told, told + 1) if n % 2 == 0)
        return number_of(storage.read(self.FILE))

    @property
    def may_appear(self) -> str:
        return f"state/{self.FILE}"


class Replacements(Uploads):
    """Uploads over SFTP in place of a file that is there."""

    def begin(self, session: CliSession) -> None:
        session.system.chassis.storage.write(self.FILE, contents(0), START)

    async def _upload(self, files: asyncssh.SFTPClient, number: int) -> None:
        async with files.open(f"/{self.FILE}", "wb") as file:
            await file.write(contents(number))


class Resets(Life):
    """A chassis that is forgotten and starts as new, and a file that is written to it then."""

    MINE = "state/flash/mine.cfg"

    def prepare(self, root: Path) -> None:
        console(root)

    def live(self, root: Path, after: int, told: Told) -> Iterator[None]:
        """Forget the chassis and start anew."""
        while True:
            after += 1
            if (root / STATE).exists():
                remove_state(root / STATE)
            storage = directory_storage(root / STATE, definition(), START)
            storage.write(PurePosixPath("flash/mine.cfg"), contents(after), START)
            told(after)
            yield

    def version(self, root: Path, told: int) -> int:
        """The chassis with all files of its definition, and perhaps the file of somebody."""
        started(root)
        for url in definition().schema.files:
            if not (root / STATE / url.lstrip("/")).exists():
                raise Fault(f"{url} is missing")
        mine = root / self.MINE
        return number_of(mine.read_bytes()) if mine.exists() else told + 1

    @property
    def may_appear(self) -> str:
        return self.MINE


class LabProgress(Life):
    """Lines typed in a lab: the version is the number of inputs that are kept."""

    LAB = "finding-ones-way"

    @property
    def _name(self) -> str:
        return f"{self.LAB}{progress.SUFFIX}"

    def prepare(self, root: Path) -> None:
        keeper = Keeper(root / self._name)
        with keeper.alone():
            keeper.keep(progress.new(schema.load(self.LAB), START, "ann"))

    def live(self, root: Path, after: int, told: Told) -> Iterator[None]:
        """Go on with the lab, with a new line each time."""
        lab, keeper = schema.load(self.LAB), Keeper(root / self._name)
        with keeper.alone():
            kept = keeper.unfinished(lab)
            session = LabSession(lab, ManualClock(START), keeper.keep, kept)
            while True:
                after += 1
                session.handle(f"show session recovery status {after}")
                told(after)
                yield

    @property
    def most(self) -> int:
        """Going through a long attempt takes a while."""
        return 30

    def version(self, root: Path, told: int) -> int:
        """Go through what was kept."""
        lab, keeper = schema.load(self.LAB), Keeper(root / self._name)
        with keeper.alone():
            kept = keeper.unfinished(lab)
        if kept is None:
            raise Fault("the progress is gone")
        LabSession(lab, ManualClock(START), None, kept)
        return len(kept.inputs)

    @property
    def may_appear(self) -> str:
        return re.escape(f".{self._name}.lock")


class HostKeys(Life):
    """A host key that is made when there is none."""

    def prepare(self, root: Path) -> None:
        host_key.load_or_make(root / "host_key")

    def live(self, root: Path, after: int, told: Told) -> Iterator[None]:
        """Make one key after the other."""
        while True:
            after += 1
            (root / "host_key").unlink(missing_ok=True)
            host_key.load_or_make(root / "host_key")
            told(after)
            yield

    def version(self, root: Path, told: int) -> int:
        """The key is good, or made anew."""
        host_key.load_or_make(root / "host_key")
        return told + 1


LIVES: dict[str, Callable[[], Life]] = {
    "saves": Saves,
    "copies": Copies,
    "renames": Renames,
    "boot changes": BootChanges,
    "new uploads": Uploads,
    "uploads": Replacements,
    "resets": Resets,
    "lab progress": LabProgress,
    "host keys": HostKeys,
}


def forget(root: Path) -> None:
    """Remove everything of a life."""
    shutil.rmtree(root, ignore_errors=True)
