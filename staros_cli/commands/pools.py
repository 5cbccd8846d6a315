"""Commands about pools of addresses."""

from __future__ import annotations

from ipaddress import ip_address

from staros_cli import messages
from staros_cli.chassis.pools import FREE, HELD, USED, Pool
from staros_cli.commands.engine import Invocation, Output, checks, handles
from staros_cli.messages import Refused
from staros_cli.rendering import pools as layouts

_USES = {FREE, HELD, USED, "released"}


@checks("ip_pool", "ipv6_pool")
def addresses_stay(invocation: Invocation) -> None:
    """A range begins before it ends; a pool that is configured keeps its addresses.

    It has to be removed first. Raises Refused.
    """
    command = invocation.command
    first, last = command.text("first_address"), command.text("last_address")
    if first and last and int(ip_address(first)) > int(ip_address(last)):
        raise Refused(messages.RANGE_REVERSED, first=first, last=last)
    name = command.text("pool_name")
    node = invocation.state.frames[-1].node.find(f"{command.words[0]} pool {name}")
    if node is None:
        return
    before, now = node.line.split(), list(command.words)
    if _addresses(before) != _addresses(now):
        raise Refused(messages.POOL_CHANGED)


def _addresses(words: list[str]) -> list[str]:
    """The words of a line that tell the addresses of a pool."""
    length = 6 if words[3] == "range" else 5 if "/" not in words[3] else 4
    return words[3:length]


@handles("show_ip_pool", "show_ipv6_pool")
def show_ip_pool(invocation: Invocation) -> Output:
    """Show the pools of the context of the session."""
    context = invocation.state.context
    return _shown(invocation, _wanted(invocation, context), context)


@handles("show_ip_pool_address")
def show_ip_pool_address(invocation: Invocation) -> Output:
    """Show how an address is used."""
    command, context = invocation.command, invocation.state.context
    address = command.text("ip_address")
    pools = _wanted(invocation, context)
    uses = [
        (pool, use)
        for pool in pools
        if (use := pool.use_of(int(ip_address(address)), invocation.now))
        and (not _USES & command.keywords or command.has(use))
    ]
    callids = {
        pool.number: invocation.chassis.sessions.session(row, invocation.now).callid
        for pool, use in uses
        if use == USED and (row := pool.row_of(int(ip_address(address)))) >= 0
    }
    return layouts.addresses(address, uses, callids) if uses else [messages.NO_SUCH_POOL_ADDRESS()]


def _wanted(invocation: Invocation, context: str) -> list[Pool]:
    """The pools of a context that are asked for. Raises Refused without those that are named."""
    command = invocation.command
    version = 6 if command.words[1] == "ipv6" else 4
    pools = [
        pool
        for pool in invocation.chassis.pools
        if (pool.settings.context, pool.settings.version) == (context, version)
    ]
    name, group = command.text("pool_name"), command.text("pool_group")
    if name:
        pools = [pool for pool in pools if pool.settings.name == name]
    if group:
        pools = [pool for pool in pools if pool.settings.group == group]
    if (name or group) and not pools:
        raise Refused(messages.NO_SUCH_POOL, name=name or group, context=context)
    return pools


def _shown(invocation: Invocation, pools: list[Pool], context: str) -> Output:
    now = invocation.now
    if invocation.command.has("summary"):
        return layouts.summary(pools, now)
    if invocation.command.has("verbose"):
        return layouts.verbose(pools, now) if pools else [messages.NO_POOLS(context=context)]
    return layouts.pools(pools, context, now)
