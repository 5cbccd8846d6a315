"""The key by which clients know the server: made once, kept for its owner only."""

from __future__ import annotations

import contextlib
from pathlib import Path

import asyncssh

from staros_cli import paths
from staros_cli.errors import UsageError
from staros_cli.whole_files import remove_half_written, write_whole

ALGORITHM = "ssh-ed25519"


def of_user() -> tuple[asyncssh.SSHKey, str]:
    """The host key of this user, and why it could not be kept: then it lives in memory.

    Raises UsageError when there is one that cannot be used.
    """
    file = paths.host_key()
    try:
        return load_or_make(file), ""
    except UsageError as error:
        if file.exists():
            raise
        return asyncssh.generate_private_key(ALGORITHM), str(error)


def load_or_make(file: Path) -> asyncssh.SSHKey:
    """The host key in `file`, made if there is none. Raises UsageError when it cannot be used."""
    remove_half_written(file.parent)
    try:
        with contextlib.suppress(FileExistsError):
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                made = asyncssh.generate_private_key(ALGORITHM)
                # Another server that makes one at the same moment uses this one, or this its.
                write_whole(file, made.export_private_key(), only_new=True)
        key = asyncssh.read_private_key(file)
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
    except OSError as error:
        raise UsageError(f"host key {file}: {error.strerror or error}") from None
    except asyncssh.KeyImportError as error:
        raise UsageError(f"host key {file}: expected a private key of OpenSSH: {error}") from None
    return key


def authorized(file: Path) -> frozenset[str]:
    """The public keys of a file in the form of `authorized_keys`. Raises UsageError."""
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--authorized-keys {file}: {error}") from None
    found: set[str] = set()
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                key = asyncssh.import_public_key(line)
            except asyncssh.KeyImportError:
                place = f"--authorized-keys {file} line {number}"
                raise UsageError(f"{place}: expected a public key of OpenSSH") from None
            found.add(" ".join(key.export_public_key().decode().split()[:2]))
    return frozenset(found)
