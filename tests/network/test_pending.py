"""Places for those who log in: nobody shuts others out."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest

import staros_cli
from staros_cli.chassis.users import Account
from staros_cli.network.limits import Limits
from staros_cli.network.pending import PendingLogins
from tests.network.wire import complete, connected, eventually, telnet


class Caller:
    """A connection that never logs in."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.is_gone = False

    def abort(self) -> None:
        self.is_gone = True


def test_the_oldest_of_the_address_with_most_of_them_makes_room() -> None:
    pending = PendingLogins(5)
    others = [Caller("192.0.2.1"), Caller("192.0.2.2")]
    crowd = [Caller("192.0.2.9") for _ in range(20)]
    for caller in [others[0], *crowd[:10], others[1], *crowd[10:]]:
        pending.add(caller)
        assert len(pending) <= 5
    assert not any(caller.is_gone for caller in others)
    assert [caller.is_gone for caller in crowd] == [True] * 17 + [False] * 3


def test_who_has_logged_in_is_not_dropped() -> None:
    pending = PendingLogins(2)
    first = Caller("192.0.2.1")
    pending.add(first)
    pending.discard(first)
    for _ in range(5):
        pending.add(Caller("192.0.2.1"))
    assert not first.is_gone


@pytest.mark.end_to_end
def test_connections_that_never_log_in_shut_nobody_out(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(logins_pending=3)
        async with staros_cli.serve(host_key_file=host_key, limits=limits) as lab:
            (served,) = lab
            silent = []
            for _ in range(6):
                line = telnet(served.telnet)
                silent.append(line)
                await line.__aenter__()
            async with connected(served) as connection:
                assert (await connection.run("show clock")).stdout
            for line in silent:
                await line.__aexit__(None, None, None)

    complete(scenario())


@pytest.mark.end_to_end
def test_one_address_does_not_hold_all_sessions(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(sessions=10, address_sessions=2)
        async with staros_cli.serve(host_key_file=host_key, limits=limits) as lab:
            (served,) = lab
            async with connected(served) as connection:
                for _ in range(2):
                    await connection.create_process()
                with pytest.raises(asyncssh.ChannelOpenError):
                    await connection.create_process()
            await eventually(lambda: served.sessions == 0)

    complete(scenario())


def test_wrong_passwords_do_not_lock_out_the_holder_of_a_key(host_key: Path) -> None:
    from staros_cli.chassis.privilege import Privilege
    from staros_cli.chassis.users import LOCAL_USERS, Users
    from tests.chassis.test_users import KEPT

    users = Users(bytes)
    users.put(Account("bob", Privilege.OPERATOR, KEPT, LOCAL_USERS))
    for _ in range(users.max_failed_logins):
        users.admit("bob", matched=False, now=0.0)
    assert users.unlocked("bob", 1.0) is None
    assert users.find("bob") is not None
