"""SFTP: the file systems of the chassis and nothing else."""

from __future__ import annotations

import asyncio
import posixpath
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import PurePosixPath
from typing import Any

import asyncssh
from asyncssh import SFTPAttrs, SFTPName

from staros_cli import messages
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.storage import DEVICES, Entry, locate
from staros_cli.chassis.users import Account
from staros_cli.messages import Refused
from staros_cli.network.chassis_endpoint import ChassisEndpoint

HOME = f"/{DEVICES[0]}"
ROOT = "/"

READ_SIZE = 64 << 10
"""The most that is read at a time, in bytes; a client that wants more asks again."""

HELD = 256 << 10
"""How many bytes may wait for a client before it gets more, and how often that is looked at."""

COLLECTED_AFTER = 0.02


class OpenFile:
    """A file that a client has open: its whole contents, written back when it is closed."""

    def __init__(self, path: PurePosixPath, data: bytes, flags: int) -> None:
        self.path = path
        self.data = bytearray(data)
        self.writes = bool(flags & asyncssh.FXF_WRITE)
        self.appends = bool(flags & asyncssh.FXF_APPEND)
        self.counted = 0
        self.spoiled = False


class FileServer(asyncssh.SFTPServer):
    """The files of a chassis, for one client.

    A file is written when the client closes it; one that a client leaves open when it disappears
    is forgotten. Nothing of the host is within reach: every name goes through `locate`.
    """

    def __init__(self, channel: Any, endpoint: ChassisEndpoint, account: Account) -> None:
        super().__init__(channel)
        self._endpoint = endpoint
        self._storage = endpoint.system.chassis.storage
        self._account = account
        self._limits = endpoint.rules.limits
        self.client_is_gone = False

    # Names

    def realpath(self, path: bytes) -> bytes:
        """The full name of a file; names that do not begin with `/` are in the home directory."""
        return self._absolute(path).encode()

    @staticmethod
    def _absolute(path: bytes) -> str:
        try:
            text = path.decode()
        except UnicodeDecodeError:
            raise asyncssh.SFTPNoSuchFile("No such file") from None
        return posixpath.normpath(posixpath.join(HOME, text)).replace("//", "/")

    def _locate(self, path: bytes) -> PurePosixPath:
        try:
            return locate(self._absolute(path))
        except Refused as refusal:
            raise asyncssh.SFTPNoSuchFile(str(refusal)) from None

    def _need(self, privilege: Privilege) -> None:
        if self._account.privilege < privilege:
            text = messages.NOT_ALLOWED(privilege=privilege.title)
            raise asyncssh.SFTPPermissionDenied(text)

    @property
    def _now(self) -> float:
        chassis = self._endpoint.system.chassis
        chassis.catch_up()
        return chassis.now

    # Looking

    def stat(self, path: bytes) -> SFTPAttrs:
        """The entry at a name."""
        self._need(Privilege.OPERATOR)
        if self._absolute(path) == ROOT:
            return _attributes(Entry("", True, 0, 0.0))
        try:
            found = self._storage.entry(self._locate(path))
        except Refused as refusal:
            raise asyncssh.SFTPNoSuchFile(str(refusal)) from None
        if found is None:
            raise asyncssh.SFTPNoSuchFile("No such file")
        return _attributes(found)

    lstat = stat

    def fstat(self, file_obj: object) -> SFTPAttrs:
        """An open file."""
        assert isinstance(file_obj, OpenFile)
        name = file_obj.path.name
        return _attributes(Entry(name, False, len(file_obj.data), self._now))

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        """The entries of a directory."""
        self._need(Privilege.OPERATOR)
        yield SFTPName(b".", attrs=self.stat(path))
        yield SFTPName(b"..", attrs=self.stat(path))
        if self._absolute(path) == ROOT:
            entries = [Entry(device, True, 0, 0.0) for device in DEVICES]
        else:
            entries = self._do(lambda: self._storage.entries(self._locate(path)))
        for entry in entries:
            yield SFTPName(entry.name.encode(), attrs=_attributes(entry))

    # Reading and writing

    def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> object:
        """Open a file."""
        writes = bool(pflags & asyncssh.FXF_WRITE)
        # Files hold configurations, and these the passwords of all: who may not see the running
        # configuration reads no file either.
        self._need(Privilege.ADMINISTRATOR)
        place = self._locate(path)
        found = self._do(lambda: self._storage.entry(place))
        if found is not None and found.is_directory:
            raise asyncssh.SFTPFailure(messages.IS_DIRECTORY(url=f"/{place}"))
        if found is None and not pflags & asyncssh.FXF_CREAT:
            raise asyncssh.SFTPNoSuchFile("No such file")
        if found is not None and pflags & asyncssh.FXF_EXCL:
            raise asyncssh.SFTPFailure(messages.ALREADY_THERE(url=f"/{place}"))
        self._fits(found.size if found else 0)
        fresh = found is None or pflags & asyncssh.FXF_TRUNC
        data = b"" if fresh else self._do(lambda: self._storage.read(place))
        file = OpenFile(place, data, pflags)
        if writes and found is None:
            # Tell now, not at the end, that nothing can be written there.
            self._do(lambda: self._storage.check_write(place, 0))
        self._count(file)
        return file

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Read a part of a file, once the client has collected what it asked for before.

        Requests are answered one after the other, so a client that asks and does not collect holds
        no more than that.
        """
        assert isinstance(file_obj, OpenFile)
        while self._unsent() > HELD and not self.client_is_gone:
            await asyncio.sleep(COLLECTED_AFTER)
        return bytes(file_obj.data[offset : offset + min(size, READ_SIZE)])

    def _unsent(self) -> int:
        """How many bytes wait for the client to collect them."""
        channel = self.channel
        if channel is None or channel.is_closing():
            return 0
        return int(channel.get_write_buffer_size())

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Write a part of a file, into memory."""
        assert isinstance(file_obj, OpenFile)
        if file_obj.spoiled:
            self._fits(self._limits.upload + 1)
        if not file_obj.writes:
            raise asyncssh.SFTPPermissionDenied("The file is open for reading")
        if file_obj.appends:
            offset = len(file_obj.data)
        try:
            self._fits(offset + len(data))
        except asyncssh.SFTPFailure:
            # Part of a file is worse than none: what was there before stays.
            self._release(file_obj)
            file_obj.spoiled = True
            raise
        held = file_obj.data
        if offset > len(held):
            held.extend(bytes(offset - len(held)))
        held[offset : offset + len(data)] = data
        self._count(file_obj)
        return len(data)

    def _fits(self, size: int) -> None:
        if size > self._limits.upload:
            limit = self._limits.upload
            raise asyncssh.SFTPFailure(messages.FILE_TOO_LARGE(url="The file", limit=limit))

    def _count(self, file: OpenFile) -> None:
        """Keep count of what open files hold in memory."""
        self._endpoint.uploads += len(file.data) - file.counted
        file.counted = len(file.data)
        if self._endpoint.uploads > self._limits.uploads:
            self._release(file)
            raise asyncssh.SFTPFailure("Too much is being transferred")

    def _release(self, file: OpenFile) -> None:
        self._endpoint.uploads -= file.counted
        file.counted = 0
        file.data = bytearray()
        file.writes = False

    def close(self, file_obj: object) -> None:
        """Write a file, whole or not at all.

        Files are also closed when a connection ends or what comes is malformed, which is while that
        error is being handled: a file that its client has not closed is not written.
        """
        assert isinstance(file_obj, OpenFile)
        broken = sys.exc_info()[1] is not None
        data, writes = bytes(file_obj.data), file_obj.writes and not broken
        self._release(file_obj)
        if file_obj.spoiled and not broken:
            self._fits(self._limits.upload + 1)
        if writes:
            self._do(lambda: self._storage.write(file_obj.path, data, self._now))

    # Changing

    def remove(self, path: bytes) -> None:
        """Remove a file."""
        self._need(Privilege.ADMINISTRATOR)
        self._do(lambda: self._storage.delete(self._locate(path)))

    def mkdir(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Make a directory."""
        self._need(Privilege.ADMINISTRATOR)
        self._do(lambda: self._storage.make_directory(self._locate(path), self._now))

    def rmdir(self, path: bytes) -> None:
        """Remove an empty directory."""
        self._need(Privilege.ADMINISTRATOR)
        self._do(lambda: self._storage.remove_directory(self._locate(path)))

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename a file, in place of another one if there is one."""
        self._need(Privilege.ADMINISTRATOR)
        source, target = self._locate(oldpath), self._locate(newpath)
        self._do(lambda: self._storage.rename(source, target))

    def rename(self, oldpath: bytes, newpath: bytes, flags: int = 0) -> None:
        """Rename a file unless there is one of the new name."""
        self._need(Privilege.ADMINISTRATOR)
        target = self._locate(newpath)
        if self._do(lambda: self._storage.entry(target)) is not None:
            raise asyncssh.SFTPFailure(messages.ALREADY_THERE(url=f"/{target}"))
        self.posix_rename(oldpath, newpath)

    def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Owners, modes and times are not kept: taken and ignored for a file that is there."""
        self._need(Privilege.ADMINISTRATOR)
        self.stat(path)

    lsetstat = setstat

    def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """Set the size of an open file; anything else is not kept."""
        assert isinstance(file_obj, OpenFile)
        if attrs.size is not None and file_obj.writes:
            self._fits(attrs.size)
            del file_obj.data[attrs.size :]
            file_obj.data.extend(bytes(attrs.size - len(file_obj.data)))
            self._count(file_obj)

    def exit(self) -> None:
        """The client is done: tell it that all went well, as the server of a host does."""
        channel = self.channel
        if channel is not None and not channel.is_closing():
            channel.exit(0)

    def fsync(self, file_obj: object) -> None:
        """Nothing to do: a file is written when it is closed."""

    # Not supported: nothing may be left to the class above, which works on the host

    def map_path(self, path: bytes) -> bytes:
        """No name of the host ever comes of a name of the device."""
        raise asyncssh.SFTPOpUnsupported("Not known here")

    def open56(self, path: bytes, desired_access: int, flags: int, attrs: SFTPAttrs) -> object:
        """Of later versions of the protocol, which are not spoken."""
        raise asyncssh.SFTPOpUnsupported("Not known here")

    def lock(self, file_obj: object, offset: int, length: int, flags: int) -> None:
        """There are no locks."""
        raise asyncssh.SFTPOpUnsupported("There are no locks here")

    def unlock(self, file_obj: object, offset: int, length: int) -> None:
        """There are no locks."""
        raise asyncssh.SFTPOpUnsupported("There are no locks here")

    def format_user(self, uid: int | None) -> str:
        """All files are the system's."""
        return "root"

    def format_group(self, gid: int | None) -> str:
        """All files are the system's."""
        return "root"

    def readlink(self, path: bytes) -> bytes:
        """There are no links."""
        raise asyncssh.SFTPOpUnsupported("There are no links here")

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        """There are no links."""
        raise asyncssh.SFTPOpUnsupported("There are no links here")

    def link(self, oldpath: bytes, newpath: bytes, symlink: bool = False) -> None:
        """There are no links."""
        raise asyncssh.SFTPOpUnsupported("There are no links here")

    def statvfs(self, path: bytes) -> Any:
        """The size of the file systems of the host is nobody's business."""
        raise asyncssh.SFTPOpUnsupported("Not known here")

    def fstatvfs(self, file_obj: object) -> Any:
        """The size of the file systems of the host is nobody's business."""
        raise asyncssh.SFTPOpUnsupported("Not known here")

    @staticmethod
    def _do(action: Any) -> Any:
        """Do something with the files; what the device refuses is a failure of SFTP."""
        try:
            return action()
        except Refused as refusal:
            missing = refusal.message in (messages.NO_SUCH_FILE, messages.NO_SUCH_DIRECTORY)
            kind = asyncssh.SFTPNoSuchFile if missing else asyncssh.SFTPFailure
            raise kind(str(refusal)) from None


def _attributes(entry: Entry) -> SFTPAttrs:
    kind = stat.S_IFDIR | 0o755 if entry.is_directory else stat.S_IFREG | 0o644
    time = int(entry.modified)
    return SFTPAttrs(
        size=entry.size, permissions=kind, uid=0, gid=0, atime=time, mtime=time, nlink=1
    )
