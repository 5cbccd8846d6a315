"""Sessions that are counted together, whatever happens to them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.charging.credit import INITIAL, UPDATE, CreditGroup, Unreachable
from staros_cli.chassis.credit.sessions import Controlled, CreditUse, Waiting
from staros_cli.chassis.disconnect_reasons import ADMIN
from staros_cli.chassis.peers.served import Served


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["came", "ended", "offline", *(INITIAL, UPDATE)]), st.integers(0, 50)
        ),
        max_size=40,
    )
)
def test_no_more_sessions_are_without_a_server_than_there_are(
    steps: list[tuple[str, int]],
) -> None:
    group = CreditGroup("g", unreachable={INITIAL: Unreachable(True), UPDATE: Unreachable(True)})
    served = Served("g", float("-inf"), 0, 0)
    found = Controlled(CreditUse(group), served, 0.0, 0, 0.0)
    came = 0
    for now, (step, count) in enumerate(steps):
        if step == "came":
            came += count
            assert found.came(came) == count
        elif step == "ended":
            before, ending = found.online, min(count, served.current)
            for _ in range(ending):
                served.ended(ADMIN)
            assert 0 <= found.end(ending) <= min(before, ending)
        elif step == "offline":
            found.go_offline(min(count, found.online))
        else:
            found.wait(step, min(count, found.online), now)
        assert found.offline + found.assumed + found.online == served.current
        assert min(found.offline, found.assumed) >= 0


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 9)), max_size=600), st.floats(1, 1e9))
def test_those_that_wait_are_kept_in_few_entries(
    steps: list[tuple[int, int]], interim: float
) -> None:
    waiting, now, total = Waiting(), 0.0, 0
    for seconds, count in steps:
        now += seconds
        waiting.add(now, count, interim)
        overdue = waiting.before(now - interim)
        waiting.remove(overdue)
        total += count - overdue
        assert waiting.count == total
        assert waiting.before(now) == total
        assert waiting.entries <= 258
