"""The variables that all records, first and last lines, and names of files have."""

from __future__ import annotations

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.bulk_variables.catalog import Variable
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.contexts import LOCAL
from staros_cli.chassis.definition_schema import SoftwareSchema

_WRAP = 2**32
"""The uptime of the system is kept in 32 bits (doc)."""


class Moment(Struct, frozen=True):
    """A chassis at a time, in seconds since 1970 UTC."""

    chassis: Chassis
    at: float

    @property
    def uptime(self) -> int:
        """Seconds since the system started."""
        return int(self.at - self.chassis.booted_at)

    @property
    def software(self) -> SoftwareSchema:
        """The software that runs."""
        return self.chassis.definition.schema.software

    def text(self, form: str) -> str:
        """The time in a form."""
        return calendar.written(self.at, form)

    @property
    def address(self) -> str:
        """The first IPv4 address of the local context, else the first address."""
        interfaces = self.chassis.contexts.by_name[LOCAL].interfaces.values()
        addresses = [address for one in interfaces for address in one.addresses]
        found = sorted(addresses, key=lambda address: address.is_ipv6)
        return found[0].ip if found else ""


SHARED: dict[str, Variable] = {
    "date": Variable("UTC date as YYYYMMDD", lambda m: m.text("%Y%m%d")),
    "date3": Variable("UTC date as YYMMDD", lambda m: m.text("%y%m%d")),
    "epochtime": Variable("Seconds since 1970 UTC", lambda m: int(m.at)),
    "host": Variable("Name of the system", lambda m: m.chassis.hostname),
    "ipaddr": Variable("Address of the local context", lambda m: m.address),
    "localdate": Variable("Local date as YYYYMMDD", lambda m: m.text("%Y%m%d")),
    "localdate3": Variable("Local date as YYMMDD", lambda m: m.text("%y%m%d")),
    "localtime": Variable("Local time as HHMMSS", lambda m: m.text("%H%M%S")),
    "localtime3": Variable("Local time as HH:MM", lambda m: m.text("%H:%M")),
    "localtz": Variable("Name of the local time zone", lambda _: "UTC"),
    "localtzoffset": Variable("Offset of the local time from UTC", lambda _: "+0000"),
    "swbuild": Variable(
        "Build of the software", lambda m: m.chassis.definition.schema.software.build
    ),
    "sysuptime": Variable("Seconds since the start, in 32 bits", lambda m: m.uptime % _WRAP),
    "time": Variable("UTC time as HHMMSS", lambda m: m.text("%H%M%S")),
    "time3": Variable("UTC time as HH:MM:SS", lambda m: m.text("%H:%M:%S")),
    "uptime": Variable("Seconds since the start", lambda m: m.uptime),
    "version-no": Variable("Version of the software", lambda m: m.software.version),
}
SCHEMA_NAME = Variable("Name of the schema", lambda _: "")
