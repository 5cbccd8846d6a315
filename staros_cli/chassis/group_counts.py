"""Calls counted by group of subscribers, and within a group by the node they come through."""

from __future__ import annotations


class GroupCounts:
    """How many calls of each group have come and gone since the system started.

    `of_node` has how many there are by node of a group, `most_of_node` the most there ever were.
    """

    def __init__(self, groups: int) -> None:
        self._groups = groups
        self.clear()

    def clear(self) -> None:
        """No call has come: the system went down."""
        self._arrived = [0] * self._groups
        self._ended = [0] * self._groups
        self._moved = [0] * self._groups
        self._back = [0] * self._groups
        self._of_node: list[dict[int, int]] = [{} for _ in range(self._groups)]
        self._most_of_node: list[dict[int, int]] = [{} for _ in range(self._groups)]
        self._first_of_node: list[dict[int, float]] = [{} for _ in range(self._groups)]

    def arrived(self, group: int, node: int, connected_at: float) -> None:
        """A call of a group came through a node, and is connected at a time."""
        self._arrived[group] += 1
        count = self._of_node[group].get(node, 0) + 1
        self._of_node[group][node] = count
        if node not in self._first_of_node[group]:
            self._first_of_node[group][node] = connected_at
        if count > self._most_of_node[group].get(node, 0):
            self._most_of_node[group][node] = count

    def ended(self, group: int, node: int) -> None:
        """A call of a group ended."""
        self._ended[group] += 1
        self._of_node[group][node] -= 1

    def moved(self, group: int) -> None:
        """A call is about to end here because another chassis goes on with it."""
        self._moved[group] += 1

    def came_back(self, group: int) -> None:
        """A call that came was held by another chassis until now."""
        self._back[group] += 1

    def told(self, group: int) -> tuple[int, int]:
        """How many calls have come and ended, without those that another chassis had or has."""
        return (
            self._arrived[group] - self._back[group],
            self._ended[group] - self._moved[group],
        )

    def totals(self, group: int) -> tuple[int, int]:
        """How many calls of a group have come, and how many have ended."""
        return self._arrived[group], self._ended[group]

    def of_node(self, group: int, node: int) -> int:
        """How many calls of a group come through a node."""
        return self._of_node[group].get(node, 0)

    def most_of_node(self, group: int, node: int) -> int:
        """The most calls of a group that ever came through a node at a time."""
        return self._most_of_node[group].get(node, 0)

    def first_of_node(self, group: int, node: int) -> float:
        """When the first call came through a node that sent one, in seconds since 1970 UTC."""
        return self._first_of_node[group][node]

    def forget_idle(self, group: int, node: int) -> None:
        """Forget a node of a group that no call comes through now."""
        if not self.of_node(group, node):
            self._most_of_node[group].pop(node, None)
            self._first_of_node[group].pop(node, None)
