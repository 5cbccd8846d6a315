"""Putting a system together: definition, clock, storage, commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from staros_cli import state_lock
from staros_cli.chassis.boot_stack import BootEntry, BootStack
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.clock import Clock
from staros_cli.chassis.definition import Definition
from staros_cli.chassis.failed_starts import FailedStarts
from staros_cli.chassis.last_logins import LastLogins
from staros_cli.chassis.secret_key import SecretKey, of_seed
from staros_cli.chassis.storage import DirectoryStorage, MemoryStorage, Storage, locate
from staros_cli.commands import configuration_file
from staros_cli.commands.injection import play
from staros_cli.configuration.system import System
from staros_cli.configuration.tree import INDENT
from staros_cli.errors import StarosError
from staros_cli.messages import Refused
from staros_cli.printable import printable
from staros_cli.scenarios.schema import load as load_scenario
from staros_cli.state_lock import StateInUse
from staros_cli.whole_files import remove_half_written, write_whole

OWNER_FILE = "chassis"
STARTS_FILE = "failed-starts"
LOGINS_FILE = "last-logins"
KEY_FILE = "secret-key"
_LICENSE_LINE = re.compile(r"^\{license\}\n", re.MULTILINE)
_HEADER_LINE = re.compile(r"^(#!.*)\{chassis-id\}", re.MULTILINE)


class StateError(StarosError):
    """A state directory that belongs to another chassis, or that cannot be used."""


def memory_storage(definition: Definition, now: float) -> Storage:
    """The file systems of a new chassis, in memory."""
    storage = MemoryStorage()
    provision(storage, definition, now)
    return storage


def directory_storage(root: Path, definition: Definition, now: float) -> Storage:
    """The file systems of a chassis in a directory, provisioned when they are new.

    Raises StateError when the directory is another chassis's or cannot be used.
    """
    owner = root / OWNER_FILE
    serial = definition.schema.serial
    try:
        root.mkdir(parents=True, exist_ok=True)
        state_lock.hold(root)
        remove_half_written(root)
        _remove_leavings(root)
        if owner.exists():
            if not owner.is_file():
                raise StateError(f"{owner}: Not a file")
            found = owner.read_text(errors="replace").strip()
            if found != serial:
                raise StateError(
                    f"{root}: belongs to chassis {printable(found[:60])}, this is {serial}"
                )
            return DirectoryStorage(root)
        # Without the owner's name all of it is written again: no need to wait for the disk.
        storage = DirectoryStorage(root, durable=False)
        provision(storage, definition, now)
        write_whole(owner, f"{serial}\n".encode(), durable=False)
        storage.durable = True
    except StateInUse as error:
        raise _in_use(root, error) from None
    except OSError as error:
        raise StateError(f"{root}: {error.strerror or error}") from None
    except Refused as refusal:
        raise StateError(f"{root}: {refusal}") from None
    return storage


def remove_state(root: Path) -> None:
    """Forget the files of a chassis, all of them even if the program is ended meanwhile.

    Raises StateError when another program uses them, and OSError.
    """
    try:
        state_lock.hold(root)
    except StateInUse as error:
        raise _in_use(root, error) from None
    _remove_leavings(root)
    root.rename(_leavings(root))
    _remove_leavings(root)


def _leavings(root: Path) -> Path:
    """The name under which a directory is removed."""
    return root.with_name(f".removed-{root.name}")


def _remove_leavings(root: Path) -> None:
    leavings = _leavings(root)
    if leavings.exists():
        import shutil

        shutil.rmtree(leavings)


def _in_use(root: Path, error: StateInUse) -> StateError:
    process = f"process {error.holder}" if error.holder else "another process"
    return StateError(f"{root}: in use by {process}")


def provision(storage: Storage, definition: Definition, now: float) -> None:
    """Write the files and the boot stack of a definition to the file systems of a new chassis."""
    license = definition.license()
    key = f'{INDENT}license key "\\\n{license.key()}"\n' if license else ""
    for url, template in definition.schema.files.items():
        text = _LICENSE_LINE.sub(lambda _: key, template)
        text = _HEADER_LINE.sub(lambda found: found[1] + definition.chassis_id, text, count=1)
        path = locate(url)
        for parent in reversed(path.parents[:-2]):
            if storage.entry(PurePosixPath(parent)) is None:
                storage.make_directory(PurePosixPath(parent), now)
        storage.write(path, text.encode(), now)
    stack = BootStack(storage)
    for entry in definition.schema.boot:
        stack.put(BootEntry(entry.priority, entry.image, entry.config), now)


def build(
    definition: Definition,
    clock: Clock,
    storage: Storage | None = None,
    salt: Callable[[int], bytes] | None = None,
    *,
    learns: bool = False,
) -> System:
    """A system in the state of its definition; without `storage` its files live in memory.

    `salt` gives random bytes for what is encrypted; without it they follow from the seed. A system
    that `learns` keeps the lines of its configuration that it does not understand. Raises
    ScenarioError when the definition names a scenario that cannot be played.
    """
    storage = storage or memory_storage(definition, clock.now())
    root = storage.root if isinstance(storage, DirectoryStorage) else None
    system = System(
        Chassis(definition, clock, storage, salt),
        configuration_file.FileReading,
        FailedStarts(root / STARTS_FILE if root else None),
        LastLogins(root / LOGINS_FILE if root else None),
        SecretKey(salt or of_seed(definition.schema.seed), root / KEY_FILE if root else None),
    )
    system.opaque.learns = learns
    system.chassis.power_on()
    system.opaque.learns = False
    if definition.schema.scenario:
        play(system, load_scenario(definition.schema.scenario))
    return system
