"""Commands about Session Recovery and the licence it needs."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis import calendar
from staros_cli.chassis.recovery import Effect
from staros_cli.commands.engine import Call, handles
from staros_cli.messages import Refused
from staros_cli.rendering import licence as licence_layouts
from staros_cli.rendering import recovery as layouts


@handles("require_session_recovery")
def require_session_recovery(call: Call) -> list[str] | None:
    """Enable the feature; in service with the next reload (SR-13 to SR-17)."""
    return _told(call.chassis.require_session_recovery())


@handles("no_require_session_recovery")
def no_require_session_recovery(call: Call) -> list[str] | None:
    """Disable the feature; in service with the next reload (SR-23)."""
    return _told(call.chassis.no_require_session_recovery())


def _told(effect: Effect) -> list[str] | None:
    late = effect is Effect.AFTER_RELOAD
    return messages.NEEDS_RELOAD().split("\n") if late else None


@handles("show_session_recovery_status")
def show_session_recovery_status(call: Call) -> list[str]:
    """Show the status of the feature (SR-25 to SR-27)."""
    lines = layouts.status(call.chassis.recovery.status, call.now)
    if call.command.has("verbose"):
        lines += layouts.cpu_table(call.chassis.recovery_rows())
    return lines


@handles("license_key")
def license_key(call: Call) -> list[str] | None:
    """Install a licence key. A key that allows nothing here is installed with a warning."""
    slot = call.chassis.license
    license = call.chassis.install_license(call.command.text("key"))
    call.kept_line = f'license key "\\\n{license.key()}"'
    if not slot.matches():
        text = messages.KEY_OTHER_CHASSIS(key=license.chassis, chassis=slot.serial)
        return text.split("\n")
    if slot.expired(call.now):
        assert license.expires is not None
        return messages.KEY_EXPIRED(date=calendar.long_date(license.expires)).split("\n")
    return None


@handles("no_license_key")
def no_license_key(call: Call) -> None:
    """Remove the licence key."""
    call.chassis.remove_license()


@handles("show_license")
def show_license(call: Call) -> list[str]:
    """Show the licence: what it enables, all features, or the key itself."""
    slot = call.chassis.license
    if call.command.has("key"):
        if slot.license is None:
            raise Refused(messages.NO_KEY)
        return licence_layouts.key(slot.license)
    full = call.command.has("full")
    return licence_layouts.information(slot, call.chassis.platform, call.now, full)
