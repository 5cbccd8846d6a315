"""Commands about Session Recovery and the licence it needs."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import calendar
from staros_cli.chassis.recovery import Effect
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import licence as licence_layouts
from staros_cli.rendering import recovery as layouts
from staros_cli.rendering.values import screen


@handles("require_session_recovery")
def require_session_recovery(invocation: Invocation) -> list[str] | None:
    """Enable the feature; in service with the next reload (SR-13 to SR-17)."""
    return _told(invocation.chassis.require_session_recovery())


@handles("no_require_session_recovery")
def no_require_session_recovery(invocation: Invocation) -> list[str] | None:
    """Disable the feature; in service with the next reload (SR-23)."""
    return _told(invocation.chassis.no_require_session_recovery())


def _told(effect: Effect) -> list[str] | None:
    late = effect is Effect.AFTER_RELOAD
    return messages.NEEDS_RELOAD().split("\n") if late else None


@handles("show_session_recovery_status")
def show_session_recovery_status(invocation: Invocation) -> Output:
    """Show the status of the feature (SR-25 to SR-27)."""
    status = layouts.status(invocation.chassis.recovery.status, invocation.now)
    rows = invocation.chassis.recovery_rows()
    if invocation.command.has("verbose") and rows:
        return screen(status, layouts.cpu_table(rows))
    return status


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
        assert license.expires is not None
        return messages.KEY_EXPIRED(date=calendar.long_date(license.expires)).split("\n")
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
        return licence_layouts.key(slot.license)
    full = invocation.command.has("full")
    return licence_layouts.information(slot, invocation.chassis.platform, invocation.now, full)
