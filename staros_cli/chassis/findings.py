"""Findings about the configuration: errors, warnings and remarks, section by section."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum

from msgspec import Struct


class Severity(Enum):
    """How grave a finding is; the value is its name on the screen."""

    ERROR = "Error"
    WARNING = "Warning"
    INFO = "Info"


class Section(Struct, frozen=True):
    """A part of the configuration: the word that selects it, and its title on the screen."""

    word: str
    title: str


DIAMETER = Section("diameter", "Diameter Configuration errors")
ACTIVE_CHARGING = Section("active-charging", "Active-charging system errors")
AAA = Section("aaa-config", "Global AAA-configuration errors")
IMS_AUTHORIZATION = Section("imsa-config", "IMSA-configuration errors")
SUBSCRIBER = Section("subscriber-config", "Local Subscriber-configuration errors")
POLICY = Section("policy-grp-config", "Policy Group errors")
APN = Section("apn-config", "APN-configuration errors")
OPERATOR_POLICY = Section("operator-policy", "Operator-Policy errors")
CALL_CONTROL = Section("call-control-profile", "Call-Control-Profile errors")
APN_PROFILE = Section("apn-profile", "APN-Profile errors")
IMEI_PROFILE = Section("imei-profile", "IMEI-Profile errors")
REMAP_TABLE = Section("apn-remap-table", "APN-Remap-Table errors")
DNS = Section("dns-client", "DNS Client system errors")
SYSTEM = Section("system", "System configuration errors")
"""What no section of the device is for: refused lines, features without a license."""

_SERVICES_FIRST = "pdsn ha fa lns lac closedrp ipsg samog"
_SERVICES_LAST = (
    "sgsn sgtp iups map mme hnbgw hsgw pgw sgw saegw egtp gtpu epdg ipcf mag lma "
    "user-plane control-plane"
)


def _service(kind: str) -> Section:
    return Section(f"{kind}-service", f"{kind.upper()}-service system errors")


SECTIONS: tuple[Section, ...] = tuple(
    dict.fromkeys(
        (
            SYSTEM,
            DIAMETER,
            ACTIVE_CHARGING,
            *map(_service, _SERVICES_FIRST.split()),
            AAA,
            IMS_AUTHORIZATION,
            SUBSCRIBER,
            POLICY,
            _service("ggsn"),
            APN,
            *map(_service, ("pdif", "imssh")),
            OPERATOR_POLICY,
            CALL_CONTROL,
            APN_PROFILE,
            IMEI_PROFILE,
            REMAP_TABLE,
            *map(_service, _SERVICES_LAST.split()),
            DNS,
        )
    )
)
"""All sections: ours, then those of the device in its order, with the services it does not name."""
_OF_SERVICES = {section.word: section for section in SECTIONS}


def section_of_service(kind: str) -> Section:
    """The section of a kind of service."""
    return _OF_SERVICES.get(f"{kind}-service", SYSTEM)


class Finding(Struct, frozen=True):
    """A finding about the configuration, `text` without a severity before it.

    `about` is the line that it is about, behind those of the modes around it.
    """

    section: Section
    severity: Severity
    text: str
    about: tuple[str, ...] = ()


Finder = Callable[[], Iterator[Finding]]
"""Looks through a part of the model for what is wrong with its configuration."""


_SEVERITIES = {
    "Failure: ": Severity.ERROR,
    "Warning: ": Severity.WARNING,
}


def finding(
    section: Section,
    text: str,
    severity: Severity = Severity.ERROR,
    about: tuple[str, ...] = (),
) -> Finding:
    """The finding that a message is, whose beginning says how grave it is if it says that."""
    for beginning, found in _SEVERITIES.items():
        if text.startswith(beginning):
            return Finding(section, found, text.removeprefix(beginning), about)
    return Finding(section, severity, text, about)
