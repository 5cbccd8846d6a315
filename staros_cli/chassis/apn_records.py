"""The record of an APN, as it is configured."""

from __future__ import annotations

from msgspec import Struct


class ApnRecord(Struct, frozen=True):
    """An APN as `show apn` tells of it, with what stands for lines that are not configured."""

    name: str
    context: str
    pdp_type: str
    selection: str
    source_violation: str
    drop_limit: str
    gtpp_context: str
    accounting: str
    most_primary: str
    most_total: str
    local_address: str
    dns: tuple[str, str]
    absolute: str
    idle: str
    access_out: str
    access_in: str
    pool: str
    rulebase: str
    ims: str
