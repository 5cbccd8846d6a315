"""Commands about files, the boot stack and the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from staros_cli import messages
from staros_cli.chassis.boot_stack import BOOT_FILE, BootEntry
from staros_cli.chassis.saves import Save
from staros_cli.chassis.storage import DEVICES, is_file, is_remote, locate, url_of
from staros_cli.commands.engine import Call, Wait, handles
from staros_cli.configuration import files as configuration_files
from staros_cli.configuration.remote import Remote, Transfer
from staros_cli.configuration.tree import lines_of, written
from staros_cli.messages import Refused
from staros_cli.rendering import files as layouts

TRANSFER_SECONDS = 300.0
"""How long a copy from or to another machine may take, in seconds of chassis time."""


@handles("save_configuration")
def save_configuration(call: Call) -> list[str] | None:
    """Write the running configuration to a file (SR-18)."""
    if call.state.save is not None:
        return _wait_for_save(call, call.state.save, [])
    url = call.command.text("url") or call.system.default_url()
    path = locate(url)
    if path == BOOT_FILE:
        raise Refused(messages.BAD_PATH, url=url)
    notes = _check_lock(call)
    _confirm_overwriting(call, path, notes)
    call.state.save = call.system.save(call.state.user, url)
    return _wait_for_save(call, call.state.save, notes)


def _wait_for_save(call: Call, save: Save, notes: list[str]) -> list[str]:
    """Go on when a save has ended. Raises Wait until then, Refused when nothing was written."""
    if not save.done:
        raise Wait(save.ends_at, notes)
    call.state.save = None
    if save.fault is not None:
        raise save.fault
    return notes


def _check_lock(call: Call) -> list[str]:
    """Refuse while somebody has configuration mode alone, ask while others are in it."""
    lock, user = call.system.lock, call.state.user
    if lock.holder not in (None, user):
        if not call.command.has("ignore-locks"):
            raise Refused(messages.SAVE_LOCKED)
        return [] if call.confirmed else [messages.LOCK_IGNORED()]
    if not lock.others(user) or call.confirmed:
        return []
    notes = [messages.OTHERS_CONFIGURE()]
    call.confirm(messages.ARE_YOU_SURE_Y_N(), notes)
    return notes


def _confirm_overwriting(call: Call, path: PurePosixPath, notes: Sequence[str] = ()) -> None:
    """Ask before a file is lost."""
    if is_file(call.chassis.storage, path):
        call.confirm(notes=notes)


@handles("show_configuration")
def show_configuration(call: Call) -> list[str]:
    """Show the running configuration, one context of it, a file, or what is wrong in it."""
    command = call.command
    if command.has("errors"):
        return layouts.configuration_errors(_configuration_errors(call))
    if command.has("url"):
        return _file_lines(call)
    if command.has("context"):
        name = call.chassis.contexts.get(command.text("context_name")).name
        node = call.system.running.find(f"context {name}")
        return ["config", *(lines_of(node, 1) if node else ()), "end"]
    return written(call.system.running)


def _configuration_errors(call: Call) -> list[str]:
    """What the last start had to say, and what does not fit together in the configuration now."""
    chassis = call.chassis
    found = [str(problem) for problem in call.system.problems]
    if chassis.runs_without_recovery and not any(messages.RUNS_WITHOUT() in text for text in found):
        found.append(messages.RUNS_WITHOUT())
    found += [
        messages.ADDRESS_MISSING(
            kind=service.kind, name=service.name, context=context.name, address=service.address
        )
        for context, service in chassis.contexts.unstarted()
    ]
    return found


@handles("show_file")
def show_file(call: Call) -> list[str]:
    """Show a file."""
    return _file_lines(call)


def _file_lines(call: Call) -> list[str]:
    path = locate(call.command.text("url"))
    data = call.chassis.storage.read(path)
    if len(data) > configuration_files.SIZE_LIMIT:
        limit = configuration_files.SIZE_LIMIT
        raise Refused(messages.FILE_TOO_LARGE, url=url_of(path), limit=limit)
    text = data.decode(errors="replace")
    if "\0" in text:
        raise Refused(messages.NOT_TEXT_FILE, url=url_of(path))
    return text.splitlines()


@handles("boot_system")
def boot_system(call: Call) -> None:
    """Put an entry into the boot stack."""
    command = call.command
    entry = BootEntry(
        command.number("priority"), command.text("image_url"), command.text("config_url")
    )
    call.chassis.boot_stack.put(entry, call.now)


@handles("no_boot_system")
def no_boot_system(call: Call) -> None:
    """Take an entry out of the boot stack."""
    call.chassis.boot_stack.remove(call.command.number("priority"), call.now)


@handles("show_boot")
def show_boot(call: Call) -> list[str]:
    """Show the boot stack."""
    return layouts.boot(call.chassis.boot_stack.entries())


@handles("directory")
def directory(call: Call) -> list[str]:
    """List a directory, without URL `/flash`."""
    path = locate(call.command.text("url") or f"/{DEVICES[0]}")
    return layouts.directory(url_of(path), call.chassis.storage.entries(path))


@handles("copy")
def copy(call: Call) -> None:
    """Copy a file; into a directory under its own name."""
    if is_remote(call.command.text("from_url")):
        _fetch(call)
    elif is_remote(call.command.text("to_url")):
        _send(call)
    else:
        _copy(call)


def _copy(call: Call) -> None:
    source, target = _both(call)
    data = call.chassis.storage.read(source)
    if source == target:
        raise Refused(messages.SAME_FILE, url=url_of(source))
    _confirm_overwriting(call, target)
    call.chassis.storage.write(target, data, call.now)


def _fetch(call: Call) -> None:
    """Copy a file of another machine."""
    url, target = call.command.text("from_url"), call.command.text("to_url")
    remote, transfer = _remote(call, url), call.state.transfer
    path = locate(target)
    found = call.chassis.storage.entry(path)
    if found is not None and found.is_directory:
        path /= PurePosixPath(url).name
        locate(url_of(path))
    if transfer is None:
        _confirm_overwriting(call, path)
        transfer = call.state.transfer = remote.fetch(url, call.state.user.wake)
    _wait_for(call, transfer, url)
    call.chassis.storage.write(path, transfer.data, call.now)


def _send(call: Call) -> None:
    """Copy a file to another machine."""
    url, transfer = call.command.text("to_url"), call.state.transfer
    remote = _remote(call, url)
    if transfer is None:
        data = call.chassis.storage.read(locate(call.command.text("from_url")))
        transfer = call.state.transfer = remote.send(url, data, call.state.user.wake)
    _wait_for(call, transfer, url)


def _remote(call: Call, url: str) -> Remote:
    if call.system.remote is None:
        raise Refused(messages.REMOTE_URL, url=url)
    return call.system.remote


def _wait_for(call: Call, transfer: Transfer, url: str) -> None:
    """Go on when a transfer is done. Raises Wait until then, Refused when it failed."""
    until = call.now + TRANSFER_SECONDS if call.resumed is None else call.resumed
    if not transfer.done and call.now < until:
        raise Wait(until, [])
    fault = transfer.fault if transfer.done else f"it took longer than {TRANSFER_SECONDS:g} seconds"
    call.state.give_up()
    if fault:
        raise Refused(messages.TRANSFER_FAILED, url=url, reason=fault)


@handles("rename")
def rename(call: Call) -> None:
    """Rename a file or move it to another directory."""
    source, target = _both(call)
    if call.chassis.storage.entry(source) is None:
        raise Refused(messages.NO_SUCH_FILE, url=url_of(source))
    _confirm_overwriting(call, target)
    call.chassis.storage.rename(source, target)


def _both(call: Call) -> tuple[PurePosixPath, PurePosixPath]:
    """Source and target; a target that is a directory takes the file under its own name."""
    source, target = locate(call.command.text("from_url")), locate(call.command.text("to_url"))
    found = call.chassis.storage.entry(target)
    if found is not None and found.is_directory and source != target:
        target /= source.name
    return source, target


@handles("delete")
def delete(call: Call) -> None:
    """Remove a file."""
    path = locate(call.command.text("url"))
    if is_file(call.chassis.storage, path):
        call.confirm()
    call.chassis.storage.delete(path)


@handles("make_directory")
def make_directory(call: Call) -> None:
    """Make a directory."""
    call.chassis.storage.make_directory(locate(call.command.text("url")), call.now)


@handles("remove_directory")
def remove_directory(call: Call) -> None:
    """Remove an empty directory."""
    path = locate(call.command.text("url"))
    if call.chassis.storage.entry(path) is not None:
        call.confirm()
    call.chassis.storage.remove_directory(path)
