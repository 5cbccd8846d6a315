"""Commands about the licence."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import calendar
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import licence as layouts


@handles("license_key")
def license_key(invocation: Invocation) -> list[str] | None:
    """Install a licence key. A key that allows nothing here is installed with a warning."""
    slot = invocation.chassis.license
    license = invocation.chassis.install_license(invocation.command.text("key"))
    invocation.kept_line = f'license key "\\\n{license.key()}"'
    if not slot.matches():
        text = messages.KEY_OTHER_CHASSIS(key=license.chassis, chassis=slot.serial)
        return text.split("\n")
    if slot.expired(invocation.now):
        assert slot.expires is not None
        return messages.KEY_EXPIRED(date=calendar.long_date(slot.expires)).split("\n")
    return None


@handles("no_license_key")
def no_license_key(invocation: Invocation) -> None:
    """Remove the licence key."""
    invocation.chassis.remove_license()


@handles("show_license")
def show_license(invocation: Invocation) -> Output:
    """Show the licence: what it enables, all features, or the key itself."""
    slot = invocation.chassis.license
    if invocation.command.has("key"):
        if slot.license is None:
            raise Refused(messages.NO_KEY)
        return layouts.key(slot.license)
    full = invocation.command.has("full")
    return layouts.information(slot, invocation.chassis.platform, invocation.now, full)


@handles("test_license")
def test_license(invocation: Invocation) -> None:
    """Let the license run out, or last as long as it says."""
    command = invocation.command
    seconds = None if command.has("restore") else float(command.number("seconds"))
    invocation.chassis.cut_license_short(seconds)
