"""Commands about files, the boot stack and the configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import PurePosixPath

from staros_cli import messages
from staros_cli.chassis.boot_stack import BOOT_FILE, BootEntry
from staros_cli.chassis.findings import SECTIONS, SYSTEM, finding
from staros_cli.chassis.hardware import CardState
from staros_cli.chassis.platform import Role
from staros_cli.chassis.storage import DEVICES, is_file, is_remote, locate, url_of
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.suspension import Steps, Until
from staros_cli.configuration import bulkstats
from staros_cli.configuration import files as configuration_files
from staros_cli.configuration.remote import Remote, Transfer
from staros_cli.configuration.tree import Node, parts_of, written
from staros_cli.language.parser import Command
from staros_cli.messages import Refused
from staros_cli.rendering import files as layouts

TRANSFER_SECONDS = 300.0
"""How long a copy from or to another machine may take, in seconds of chassis time."""


@handles("save_configuration")
def save_configuration(invocation: Invocation) -> Steps[list[str]]:
    """Write the running configuration to a file (SR-18)."""
    system, user = invocation.system, invocation.state.user
    url = invocation.command.text("url") or system.default_url()
    path = locate(url)
    if path == BOOT_FILE:
        raise Refused(messages.BAD_PATH, url=url)
    notes = yield from _check_lock(invocation)
    if (yield from confirm_overwriting(invocation, path, notes)):
        notes = []
    save = system.save(user, url)
    while not save.done:
        yield Until(save.ends_at, notes)
        notes = []
    if save.fault is not None:
        raise save.fault
    return notes


def _check_lock(invocation: Invocation) -> Steps[list[str]]:
    """Refuse while somebody has configuration mode alone, ask while others are in it.

    Returns what the user has still to be told.
    """
    lock, user = invocation.system.lock, invocation.state.user
    if lock.holder not in (None, user):
        if not invocation.command.has("ignore-locks"):
            raise Refused(messages.SAVE_LOCKED)
        return [messages.LOCK_IGNORED()]
    if not lock.others(user):
        return []
    notes = [messages.OTHERS_CONFIGURE()]
    asked = yield from invocation.confirm(messages.ARE_YOU_SURE_Y_N(), notes)
    return [] if asked else notes


def confirm_overwriting(
    invocation: Invocation, path: PurePosixPath, notes: Sequence[str] = ()
) -> Steps[bool]:
    """Ask before a file is lost; returns whether it was asked."""
    if not is_file(invocation.chassis.storage, path):
        return False
    return (yield from invocation.confirm(notes=notes))


@handles("show_configuration")
def show_configuration(invocation: Invocation) -> Output:
    """Show the running configuration, a part of it, a file, its checksum, or its errors."""
    command, running = invocation.command, invocation.system.running
    if command.has("errors"):
        return _configuration_errors(invocation)
    if command.has("url"):
        return _file_lines(invocation)
    if command.has("checksum"):
        return layouts.configuration_checksum(written(running))
    wanted = _wanted_part(invocation.command)
    if wanted is None:
        return written(running)
    found = list(parts_of(running, wanted))
    if command.has("bulkstats") and command.has("brief"):
        found = [line for line in found if not bulkstats.is_schema(line)]
    if not found:
        raise Refused(messages.NO_MATCHING_CONFIGURATION)
    return ["config", *found, "end"]


_PARTS = {
    "active-charging": "active-charging service {service_name}",
    "apn": "apn {apn_name}",
    "bulkstats": "bulkstats",
    "card": "card {card_number}",
    "context": "context {context_name}",
    "port": "port ethernet {slot/port}",
    "rulebase": "rulebase {rulebase_name}",
    "srp": "service-redundancy-protocol",
}
"""The beginning of the keys of the lines that a word selects."""


def _wanted_part(command: Command) -> Callable[[Node], bool] | None:
    """Whether a line is among those to be shown with what stands in it; None for all lines."""
    if command.has("link-aggregation"):
        return partial(_is_of_group, f" {command.number('group_number')} ")
    for word, beginning in _PARTS.items():
        if command.has(word):
            for name, value in command.values.items():
                beginning = beginning.replace(f"{{{name}}}", str(value))
            return lambda node: f"{node.key} ".startswith(f"{beginning} ")
    return None


def _is_of_group(number: str, node: Node) -> bool:
    """Whether a port belongs to a group of ports."""
    lines = (child.line for child in node.children.values() if node.mode == "port")
    return any(line.startswith("link-aggregation") and number in f"{line} " for line in lines)


def _configuration_errors(invocation: Invocation) -> Output:
    """The errors of the last start, and those in the configuration as it is now."""
    command, chassis = invocation.command, invocation.chassis
    wanted = command.text("section_name")
    sections = [section for section in SECTIONS if wanted in ("", section.word)]
    if not sections:
        words = ", ".join(section.word for section in SECTIONS)
        raise Refused(messages.NO_SUCH_SECTION, name=wanted, words=words)
    problems = [
        finding(SYSTEM, str(problem), finding(SYSTEM, problem.text).severity)
        for problem in invocation.system.problems
    ]
    told = "".join(problem.text for problem in problems)
    found = [*problems, *(new for new in chassis.findings() if new.text not in told)]
    every = command.has("verbose") or bool(wanted)
    return layouts.configuration_errors(sections, found, every_section=every)


@handles("show_file")
def show_file(invocation: Invocation) -> Output:
    """Show a file."""
    return _file_lines(invocation)


def _file_lines(invocation: Invocation) -> list[str]:
    path = locate(invocation.command.text("url"))
    data = invocation.chassis.storage.read(path)
    if len(data) > configuration_files.SIZE_LIMIT:
        limit = configuration_files.SIZE_LIMIT
        raise Refused(messages.FILE_TOO_LARGE, url=url_of(path), limit=limit)
    text = data.decode(errors="replace")
    if "\0" in text:
        raise Refused(messages.NOT_TEXT_FILE, url=url_of(path))
    return text.splitlines()


@handles("boot_system")
def boot_system(invocation: Invocation) -> None:
    """Put an entry into the boot stack."""
    command = invocation.command
    entry = BootEntry(
        command.number("priority"), command.text("image_url"), command.text("config_url")
    )
    invocation.chassis.boot_stack.put(entry, invocation.now)


@handles("no_boot_system")
def no_boot_system(invocation: Invocation) -> None:
    """Take an entry out of the boot stack."""
    invocation.chassis.boot_stack.remove(invocation.command.number("priority"), invocation.now)


@handles("show_boot")
def show_boot(invocation: Invocation) -> Output:
    """Show the boot stack."""
    return layouts.boot(invocation.chassis.boot_stack.entries())


@handles("show_boot_initial")
def show_boot_initial(invocation: Invocation) -> Output:
    """Show what the system has started from."""
    return layouts.boot_initial(invocation.chassis.booted_from)


@handles("directory")
def directory(invocation: Invocation) -> Output:
    """List a directory, without URL `/flash`."""
    path = locate(invocation.command.text("url") or f"/{DEVICES[0]}")
    return layouts.directory(url_of(path), invocation.chassis.storage.entries(path))


@handles("copy")
def copy(invocation: Invocation) -> Steps[None]:
    """Copy a file; into a directory under its own name."""
    if is_remote(invocation.command.text("from_url")):
        yield from _fetch(invocation)
    elif is_remote(invocation.command.text("to_url")):
        yield from _send(invocation)
    else:
        yield from _copy(invocation)


def _copy(invocation: Invocation) -> Steps[None]:
    source, target = _both(invocation)
    data = invocation.chassis.storage.read(source)
    if source == target:
        raise Refused(messages.SAME_FILE, url=url_of(source))
    yield from confirm_overwriting(invocation, target)
    invocation.chassis.storage.write(target, data, invocation.now)


def _fetch(invocation: Invocation) -> Steps[None]:
    """Copy a file of another machine."""
    url, target = invocation.command.text("from_url"), invocation.command.text("to_url")
    remote = _remote(invocation, url)
    path = locate(target)
    found = invocation.chassis.storage.entry(path)
    if found is not None and found.is_directory:
        path /= PurePosixPath(url).name
        locate(url_of(path))
    yield from confirm_overwriting(invocation, path)
    transfer = remote.fetch(url, invocation.state.user.wake)
    yield from _wait_for(invocation, transfer, url)
    invocation.chassis.storage.write(path, transfer.data, invocation.now)


def _send(invocation: Invocation) -> Steps[None]:
    """Copy a file to another machine."""
    url = invocation.command.text("to_url")
    remote = _remote(invocation, url)
    data = invocation.chassis.storage.read(locate(invocation.command.text("from_url")))
    transfer = remote.send(url, data, invocation.state.user.wake)
    yield from _wait_for(invocation, transfer, url)


def _remote(invocation: Invocation, url: str) -> Remote:
    if invocation.system.remote is None:
        raise Refused(messages.REMOTE_URL, url=url)
    return invocation.system.remote


def _wait_for(invocation: Invocation, transfer: Transfer, url: str) -> Steps[None]:
    """Wait for a transfer, which ends with the command. Raises Refused when it failed."""
    until = invocation.now + TRANSFER_SECONDS
    try:
        while not transfer.done and invocation.now < until:
            yield Until(until)
    finally:
        transfer.cancel()
    fault = transfer.fault if transfer.done else f"it took longer than {TRANSFER_SECONDS:g} seconds"
    if fault:
        raise Refused(messages.TRANSFER_FAILED, url=url, reason=fault)


@handles("rename")
def rename(invocation: Invocation) -> Steps[None]:
    """Rename a file or move it to another directory."""
    source, target = _both(invocation)
    if invocation.chassis.storage.entry(source) is None:
        raise Refused(messages.NO_SUCH_FILE, url=url_of(source))
    yield from confirm_overwriting(invocation, target)
    invocation.chassis.storage.rename(source, target)


def _both(invocation: Invocation) -> tuple[PurePosixPath, PurePosixPath]:
    """Source and target; a target that is a directory takes the file under its own name."""
    source, target = (
        locate(invocation.command.text("from_url")),
        locate(invocation.command.text("to_url")),
    )
    found = invocation.chassis.storage.entry(target)
    if found is not None and found.is_directory and source != target:
        target /= source.name
    return source, target


@handles("delete")
def delete(invocation: Invocation) -> Steps[None]:
    """Remove a file."""
    path = locate(invocation.command.text("url"))
    if is_file(invocation.chassis.storage, path):
        yield from invocation.confirm()
    invocation.chassis.storage.delete(path)


@handles("make_directory")
def make_directory(invocation: Invocation) -> None:
    """Make a directory."""
    invocation.chassis.storage.make_directory(
        locate(invocation.command.text("url")), invocation.now
    )


@handles("remove_directory")
def remove_directory(invocation: Invocation) -> Steps[None]:
    """Remove an empty directory."""
    path = locate(invocation.command.text("url"))
    if invocation.chassis.storage.entry(path) is not None:
        yield from invocation.confirm()
    invocation.chassis.storage.remove_directory(path)


@handles("filesystem_synchronize")
def filesystem_synchronize(invocation: Invocation) -> list[str]:
    """Bring the files of the standby management card up to date, which they always are here."""
    url = invocation.command.text("url")
    if url:
        locate(url)
    standby = invocation.chassis.hardware.in_state(Role.MANAGEMENT, CardState.STANDBY)
    if not standby:
        raise Refused(messages.NO_STANDBY_MANAGEMENT)
    return [messages.FILES_UPDATED(count=0, slot=standby[0].slot)]
