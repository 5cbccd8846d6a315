"""The file systems of a chassis: `/flash`, `/hd-raid`, `/usb1`.

Two kinds of storage behave alike: one in a directory of the host, one in memory. A path in here is
a PurePosixPath that begins with the name of a device and has no `..` in it; `locate` makes one of
a URL.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path, PurePosixPath
from typing import Protocol

from msgspec import Struct

from staros_cli import messages
from staros_cli.messages import Refused
from staros_cli.whole_files import HALF_WRITTEN, remove_half_written, write_whole

DEVICES = ("flash", "hd-raid", "usb1")
_REMOTE = re.compile(r"(ftp|tftp|sftp|http|https):", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_.+,=@%~ -]{1,255}")


class Entry(Struct, frozen=True):
    """A file or directory: name, size in bytes, time of its last change."""

    name: str
    is_directory: bool
    size: int
    modified: float


MOST_DEPTH = 16
"""How many directories deep a name may lie, its own and the device included."""


def is_remote(url: str) -> bool:
    """Whether a URL names a file of another machine."""
    return _REMOTE.match(url) is not None


def locate(url: str) -> PurePosixPath:
    """The path that a URL of the device names.

    `/flash/x`, `file:/flash/x` and `file:///flash/x` are the same file. Raises Refused for remote
    URLs, unknown devices and names that could lead out of the device.
    """
    if _REMOTE.match(url):
        raise Refused(messages.REMOTE_URL, url=url)
    plain = re.sub(r"^file:(//)?", "", url, flags=re.IGNORECASE)
    parts = [part for part in plain.split("/") if part]
    if not plain.startswith("/") or not parts or parts[0] not in DEVICES:
        devices = ", ".join(f"/{device}" for device in DEVICES)
        raise Refused(messages.NO_SUCH_DEVICE, url=url, devices=devices)
    deep = len(parts) > MOST_DEPTH
    if deep or any(part in (".", "..") or not _NAME.fullmatch(part) for part in parts):
        raise Refused(messages.BAD_PATH, url=url)
    return PurePosixPath(*parts)


def url_of(path: PurePosixPath) -> str:
    """The URL of a path, as the device prints it."""
    return f"/{path}"


DEVICE_SIZE = 256 << 20
MOST_ENTRIES = 2000
"""How many bytes, and how many files and directories, a device has room for."""


class Storage(Protocol):
    """The file systems, as the model needs them. A method that raises Refused changed nothing."""

    def read(self, path: PurePosixPath) -> bytes:
        """The contents of a file."""
        ...

    def check_write(self, path: PurePosixPath, size: int) -> None:
        """Raises Refused when a file of so many bytes cannot be written there."""
        ...

    def write(self, path: PurePosixPath, data: bytes, now: float) -> None:
        """Write a file whole or not at all; its directory must exist."""
        ...

    def delete(self, path: PurePosixPath) -> None:
        """Remove a file."""
        ...

    def rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
        """Rename a file or directory; a file of the new name is replaced."""
        ...

    def make_directory(self, path: PurePosixPath, now: float) -> None:
        """Make a directory."""
        ...

    def remove_directory(self, path: PurePosixPath) -> None:
        """Remove an empty directory."""
        ...

    def entries(self, path: PurePosixPath) -> list[Entry]:
        """The entries of a directory, by name."""
        ...

    def entry(self, path: PurePosixPath) -> Entry | None:
        """The entry at a path, if there is one."""
        ...

    def used(self, device: str) -> int:
        """How many bytes the files of a device have."""
        ...


def is_file(storage: Storage, path: PurePosixPath) -> bool:
    """Whether there is a file at the path."""
    found = storage.entry(path)
    return found is not None and not found.is_directory


def _expect(found: Entry | None, path: PurePosixPath, directory: bool) -> None:
    """Refuse unless `found` is there and is what is wanted."""
    if found is None:
        raise Refused(
            messages.NO_SUCH_DIRECTORY if directory else messages.NO_SUCH_FILE, url=url_of(path)
        )
    if found.is_directory and not directory:
        raise Refused(messages.IS_DIRECTORY, url=url_of(path))
    if directory and not found.is_directory:
        raise Refused(messages.NOT_A_DIRECTORY, url=url_of(path))


class _Checked:
    """The rules that both kinds of storage share; they differ only in the doing."""

    def entry(self, path: PurePosixPath) -> Entry | None:
        raise NotImplementedError

    def entries(self, path: PurePosixPath) -> list[Entry]:
        raise NotImplementedError

    def _usage(self, device: str) -> tuple[int, int]:
        """How many bytes and how many files and directories there are on a device."""
        raise NotImplementedError

    def used(self, device: str) -> int:
        return self._usage(device)[0]

    def _check_room(self, path: PurePosixPath, size: int) -> None:
        """Refuse what a device has no room for: a new directory, or a file of that size."""
        found = self.entry(path)
        used, count = self._usage(path.parts[0])
        used += size - (found.size if found else 0)
        if used > DEVICE_SIZE or (found is None and count >= MOST_ENTRIES):
            raise Refused(messages.DEVICE_FULL, url=url_of(PurePosixPath(path.parts[0])))

    def check_write(self, path: PurePosixPath, size: int) -> None:
        self._check_place(path)
        self._check_room(path, size)

    def _check_place(self, path: PurePosixPath) -> None:
        if len(path.parts) == 1:
            raise Refused(messages.IS_DIRECTORY, url=url_of(path))
        _expect(self.entry(path.parent), path.parent, directory=True)
        found = self.entry(path)
        if found is not None:
            _expect(found, path, directory=False)

    def _check_rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
        if source == target or source in target.parents:
            raise Refused(messages.SAME_FILE, url=url_of(source))
        found = self.entry(source)
        if found is None:
            raise Refused(messages.NO_SUCH_FILE, url=url_of(source))
        if len(source.parts) == 1 or len(target.parts) == 1:
            raise Refused(messages.BAD_PATH, url=url_of(source))
        if found.is_directory and self.entry(target) is not None:
            raise Refused(messages.ALREADY_THERE, url=url_of(target))
        self._check_place(target)
        used, count, depth = self._tree(source)
        if len(target.parts) + depth > MOST_DEPTH:
            raise Refused(messages.BAD_PATH, url=url_of(target))
        if source.parts[0] != target.parts[0]:
            there, entries = self._usage(target.parts[0])
            if there + used > DEVICE_SIZE or entries + count > MOST_ENTRIES:
                raise Refused(messages.DEVICE_FULL, url=url_of(PurePosixPath(target.parts[0])))

    def _tree(self, path: PurePosixPath) -> tuple[int, int, int]:
        """Bytes, entries and further depth of what is at a path."""
        found = self.entry(path)
        if found is None or not found.is_directory:
            return found.size if found else 0, 1, 0
        used, count, depth = 0, 1, 0
        for entry in self.entries(path):
            inner = self._tree(path / entry.name)
            used, count, depth = used + inner[0], count + inner[1], max(depth, inner[2] + 1)
        return used, count, depth

    def _check_new(self, path: PurePosixPath) -> None:
        if self.entry(path) is not None:
            raise Refused(messages.ALREADY_THERE, url=url_of(path))
        _expect(self.entry(path.parent), path.parent, directory=True)

    def _check_empty(self, path: PurePosixPath) -> None:
        _expect(self.entry(path), path, directory=True)
        if len(path.parts) == 1:
            raise Refused(messages.BAD_PATH, url=url_of(path))
        if self.entries(path):
            raise Refused(messages.DIRECTORY_NOT_EMPTY, url=url_of(path))


class MemoryStorage(_Checked):
    """File systems that live as long as the program."""

    def __init__(self) -> None:
        self._files: dict[PurePosixPath, tuple[bytes | None, float]] = {
            PurePosixPath(device): (None, 0.0) for device in DEVICES
        }

    def _usage(self, device: str) -> tuple[int, int]:
        found = [data for path, (data, _) in self._files.items() if path.parts[0] == device]
        return sum(len(data or b"") for data in found), len(found)

    def entry(self, path: PurePosixPath) -> Entry | None:
        found = self._files.get(path)
        if found is None:
            return None
        data, modified = found
        return Entry(path.name, data is None, len(data or b""), modified)

    def read(self, path: PurePosixPath) -> bytes:
        _expect(self.entry(path), path, directory=False)
        return self._files[path][0] or b""

    def write(self, path: PurePosixPath, data: bytes, now: float) -> None:
        self.check_write(path, len(data))
        self._files[path] = (data, now)

    def delete(self, path: PurePosixPath) -> None:
        _expect(self.entry(path), path, directory=False)
        del self._files[path]

    def rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
        self._check_rename(source, target)
        moved = {
            path: target / path.relative_to(source)
            for path in self._files
            if path == source or source in path.parents
        }
        for old, new in moved.items():
            self._files[new] = self._files.pop(old)

    def make_directory(self, path: PurePosixPath, now: float) -> None:
        self._check_new(path)
        self._check_room(path, 0)
        self._files[path] = (None, now)

    def remove_directory(self, path: PurePosixPath) -> None:
        self._check_empty(path)
        del self._files[path]

    def entries(self, path: PurePosixPath) -> list[Entry]:
        _expect(self.entry(path), path, directory=True)
        found = (self.entry(child) for child in self._files if child.parent == path)
        return sorted((entry for entry in found if entry), key=lambda entry: entry.name)


class DirectoryStorage(_Checked):
    """File systems in a directory of the host, a sub-directory a device.

    Nothing outside that directory is ever read or written: no symbolic link in it is followed, and
    what is neither a file nor a directory is left alone. While `durable` is false, a file that was
    written may be gone after the host itself has crashed.
    """

    def __init__(self, root: Path, durable: bool = True) -> None:
        self.root = root
        self.durable = durable
        for device in DEVICES:
            (root / device).mkdir(parents=True, exist_ok=True)
            for place, _, _ in os.walk(root / device):
                remove_half_written(Path(place))

    def _host(self, path: PurePosixPath) -> Path:
        """Where a path is on the host. Raises Refused when the way there is not ours to go."""
        host = self.root
        try:
            for part in path.parts:
                host /= part
                if not _is_missing_or_plain(host):
                    raise Refused(messages.NOT_PLAIN, url=url_of(path))
        except OSError as error:
            raise self._fault(path, error) from None
        return host

    def _usage(self, device: str) -> tuple[int, int]:
        used = count = 0
        for place, directories, files in os.walk(self.root / device):
            count += len(directories) + len(files)
            used += sum(os.lstat(os.path.join(place, name)).st_size for name in files)
        return used, count

    def _fault(self, path: PurePosixPath, fault: OSError) -> Refused:
        reason = fault.strerror or str(fault)
        return Refused(messages.STORAGE_FAULT, url=url_of(path), reason=reason)

    def entry(self, path: PurePosixPath) -> Entry | None:
        host = self._host(path)
        try:
            status = host.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._fault(path, error) from None
        directory = host.is_dir()
        return Entry(path.name, directory, 0 if directory else status.st_size, status.st_mtime)

    def read(self, path: PurePosixPath) -> bytes:
        _expect(self.entry(path), path, directory=False)
        try:
            return self._host(path).read_bytes()
        except OSError as error:
            raise self._fault(path, error) from None

    def write(self, path: PurePosixPath, data: bytes, now: float) -> None:
        self.check_write(path, len(data))
        try:
            write_whole(self._host(path), data, now, self.durable)
        except OSError as error:
            raise self._fault(path, error) from None

    def delete(self, path: PurePosixPath) -> None:
        _expect(self.entry(path), path, directory=False)
        try:
            self._host(path).unlink()
        except OSError as error:
            raise self._fault(path, error) from None

    def rename(self, source: PurePosixPath, target: PurePosixPath) -> None:
        self._check_rename(source, target)
        try:
            self._host(source).replace(self._host(target))
        except OSError as error:
            raise self._fault(source, error) from None

    def make_directory(self, path: PurePosixPath, now: float) -> None:
        self._check_new(path)
        self._check_room(path, 0)
        try:
            self._host(path).mkdir()
        except OSError as error:
            raise self._fault(path, error) from None

    def remove_directory(self, path: PurePosixPath) -> None:
        self._check_empty(path)
        try:
            self._host(path).rmdir()
        except OSError as error:
            raise self._fault(path, error) from None

    def entries(self, path: PurePosixPath) -> list[Entry]:
        _expect(self.entry(path), path, directory=True)
        try:
            names = sorted(
                child.name
                for child in self._host(path).iterdir()
                if _NAME.fullmatch(child.name)
                and _is_missing_or_plain(child)
                and not child.name.startswith(HALF_WRITTEN)
            )
        except OSError as error:
            raise self._fault(path, error) from None
        return [entry for entry in (self.entry(path / name) for name in names) if entry]


def _is_missing_or_plain(host: Path) -> bool:
    """Whether there is a file or a directory of the host, or nothing; links are neither."""
    try:
        mode = host.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return True
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)
