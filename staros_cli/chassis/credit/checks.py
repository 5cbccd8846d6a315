"""What is wrong with the way to credit control: groups that are named and missing."""

from __future__ import annotations

from collections.abc import Iterator

from staros_cli import messages
from staros_cli.chassis.charging.objects import ChargingConfiguration
from staros_cli.chassis.findings import APN, SUBSCRIBER, Finding, finding
from staros_cli.chassis.pools import AddressConfiguration


def findings(charging: ChargingConfiguration, addresses: AddressConfiguration) -> Iterator[Finding]:
    """APNs and templates that name a group of credit control which is not configured."""
    named = [(APN, f"apn {apn.name}", apn) for apn in addresses.apns.values()]
    named += [(SUBSCRIBER, "subscriber default", each) for each in addresses.templates.values()]
    for section, place, settings in named:
        group = settings.credit_group
        if group and group not in charging.credit_groups:
            text = messages.NO_CREDIT_GROUP_OF(place=place, name=group)
            around = (f"context {settings.context}", place)
            yield finding(section, text, about=(*around, f"credit-control-group {group}"))
