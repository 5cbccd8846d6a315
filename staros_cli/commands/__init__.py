"""The handlers of commands, one module a family."""

from __future__ import annotations

from functools import cache


@cache
def load_configuration() -> None:
    """Load the families of configuration commands: what a start of the system needs."""
    from staros_cli.commands import (  # noqa: F401
        bgp,
        bindings,
        bulkstats,
        charging,
        contexts,
        interfaces,
        licence,
        link_aggregation,
        ntp,
        pools,
        ports,
        recovery,
        session,
        snmp,
        system,
        unlisted,
        users,
    )


@cache
def load() -> None:
    """Load all families, so that every rule of the grammar has its handler."""
    from staros_cli.commands import (  # noqa: F401
        access_lists,
        apn,
        calls,
        cards,
        charging_objects,
        charging_sessions,
        cloud,
        configured_objects,
        congestion,
        cpus,
        credit_control,
        diameter,
        dns,
        emulator,
        environment,
        evidence,
        files,
        gtp_paths,
        gtpp,
        ims_authorization,
        local_users,
        logging,
        monitor,
        node_services,
        peers,
        plugins,
        radius,
        routing,
        scenarios,
        service_statistics,
        srp,
        subscriber_records,
        subscribers,
        support,
        tasks,
        test_mode,
        thresholds,
        user_plane,
    )

    load_configuration()
