"""Screens as values: tables, fields and lines, which become text at the very end.

A value has its text, as the device prints it, and its data, for programs: rows of a table and
fields by their keys, with numbers as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from msgspec import Struct

Row = TypeVar("Row")
Cell = str | int | float | None
"""The content of a cell or field; None is empty."""


def _text(value: Cell) -> str:
    return "" if value is None else str(value)


def key_of(label: str) -> str:
    """The key of a label in data: `Last Status Update` is `last_status_update`."""
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")


class Column(Struct, Generic[Row], frozen=True):
    """A column of a table: its head, its width in characters, and the cell of a row.

    `show` makes text of a cell. Cells stand at the left unless `right`. `gap` is the blanks before
    the column, `rule` the length of the line under its head where it is not the width. `key` is the
    name in data where the head does not give one.
    """

    head: str
    width: int
    cell: Callable[[Row], Cell]
    show: Callable[[Any], str] = _text
    right: bool = False
    gap: int = 1
    rule: int = 0
    key: str = ""

    @property
    def name(self) -> str:
        """The key of the column in data."""
        return self.key or key_of(self.head)

    def placed(self, text: str) -> str:
        """A text in the width of the column; a longer one stands out."""
        return text.rjust(self.width) if self.right else text.ljust(self.width)


PIECE = 200
"""How many rows of a long table are made at a time."""


class Table(Generic[Row]):
    """A layout with a line for every row.

    Heads and the rule under them follow from the columns. `over` are lines above the heads; `heads`
    replaces heads and rule where those of the device do not stand over the cells. The last column
    is filled up with blanks only if `filled`. A cell that is longer than its column moves those
    behind it, and a blank is kept between two cells.
    """

    def __init__(
        self,
        *columns: Column[Row],
        over: Sequence[str] = (),
        heads: Sequence[str] | None = None,
        filled: bool = False,
    ) -> None:
        self.columns = columns
        self._filled = filled
        self.heads = (*over, *(self._heads() if heads is None else heads))
        TABLES.append(self)

    def of(self, rows: Iterable[Row]) -> Rows:
        """The table with these rows."""
        return Rows(self, tuple(map(self._cells, rows)))

    def pieces(self, rows: Iterable[Row]) -> Iterator[Rows]:
        """The table in pieces of a few rows, with their lines made."""
        left = iter(rows)
        while cells := tuple(map(self._cells, islice(left, PIECE))):
            yield Rows(self, cells, tuple(map(self.text_of, cells)))

    def flow(self, rows: Iterable[Row], foot: Callable[[int], Sequence[Shown | str]]) -> Flow:
        """The table as a long output, with what stands below so many rows."""

        def whole(pieces: list[Rows]) -> Screen:
            made = self.joined(pieces)
            return screen(made, *foot(len(made.cells)))

        return Flow(self.pieces(rows), whole)

    def joined(self, pieces: Iterable[Rows]) -> Rows:
        """The table of all rows of some pieces of it."""
        found = list(pieces)
        cells = chain.from_iterable(piece.cells for piece in found)
        texts = chain.from_iterable(piece.texts or () for piece in found)
        return Rows(self, tuple(cells), tuple(texts))

    def _cells(self, row: Row) -> tuple[Cell, ...]:
        return tuple(column.cell(row) for column in self.columns)

    def _heads(self) -> tuple[str, str]:
        rules = ("-" * (column.rule or column.width) for column in self.columns)
        return self.line([column.head for column in self.columns]).rstrip(), self.line(rules)

    def line(self, texts: Iterable[str]) -> str:
        """A line with these texts in the places of the columns."""
        line, is_long = "", False
        last = len(self.columns) - 1
        for place, (column, text) in enumerate(zip(self.columns, texts, strict=True)):
            bare = place == last and not (self._filled or column.right)
            piece = text if bare else column.placed(text)
            if place:
                touches = is_long and not column.gap and not piece.startswith(" ")
                line += " " * (column.gap or touches)
            line += piece
            is_long = len(text) > column.width
        return line

    def text_of(self, cells: Sequence[Cell]) -> str:
        """The line of a row."""
        pairs = zip(self.columns, cells, strict=True)
        return self.line(column.show(cell) if cell is not None else "" for column, cell in pairs)


TABLES: list[Table[Any]] = []
"""All tables there are."""


class Rows(Struct, frozen=True):
    """A table with the cells of its rows; `texts` are their lines where they were made already."""

    table: Table[Any]
    cells: tuple[tuple[Cell, ...], ...]
    texts: tuple[str, ...] | None = None

    @property
    def lines(self) -> list[str]:
        """The heads and the rows as text."""
        texts = map(self.table.text_of, self.cells) if self.texts is None else self.texts
        return [*self.table.heads, *texts]

    @property
    def data(self) -> list[dict[str, Cell]]:
        """The rows by the keys of the columns."""
        names = [column.name for column in self.table.columns]
        return [dict(zip(names, cells, strict=True)) for cells in self.cells]


class Fields(Struct, frozen=True):
    """A block of labels and values: `  Overall Status        : Ready For Recovery`.

    `title` is the line above it, if any. Labels are filled up to `width`; `between` stands behind
    them, `indent` blanks before.
    """

    fields: tuple[tuple[str, Cell], ...]
    title: str = ""
    width: int = 0
    indent: int = 2
    between: str = " : "

    @property
    def lines(self) -> list[str]:
        """The title and a line for every field."""
        before = " " * self.indent
        lines = [self.title] if self.title else []
        return lines + [
            f"{before}{label:<{self.width}}{self.between}{_text(value)}"
            for label, value in self.fields
        ]

    @property
    def data(self) -> dict[str, Cell]:
        """The values by the keys of their labels, with the title under `title`."""
        found: dict[str, Cell] = {"title": self.title.rstrip(":")} if self.title else {}
        return found | {key_of(label): value for label, value in self.fields}


class Lines(Struct, frozen=True):
    """Text as it stands; `values` are what it tells, by their keys, where it tells more."""

    lines: Sequence[str]
    values: dict[str, Any] | None = None

    @property
    def data(self) -> Any:
        """The values, or the lines."""
        return list(self.lines) if self.values is None else self.values


class Screen(Struct, frozen=True):
    """Several values below one another."""

    parts: tuple[Shown, ...]

    @property
    def lines(self) -> list[str]:
        """The lines of all parts."""
        return [line for part in self.parts for line in part.lines]

    @property
    def data(self) -> Any:
        """The data of the parts that have some: of the only one, or of all as a list."""
        found = [part.data for part in self.parts if not _is_blank(part)]
        return found[0] if len(found) == 1 else found


Shown = Rows | Fields | Lines | Screen
"""The output of a command."""


class Flow(Struct, frozen=True):
    """A long output, made a part at a time so that others have their turn between.

    `parts` makes them, `whole` makes the output of all of them.
    """

    parts: Iterable[Any]
    whole: Callable[[list[Any]], Shown]

    @property
    def shown(self) -> Shown:
        """The output, made at once."""
        return self.whole(list(self.parts))


def _is_blank(part: Shown) -> bool:
    return isinstance(part, Lines) and part.values is None and not "".join(part.lines).strip("- ")


def gigabytes(amount: float) -> str:
    """An amount of memory in MB, in three digits and a unit: 2.22G, 64.0G, 128G (capture)."""
    size = amount / 1024
    return f"{size:.{2 if size < 9.995 else 1 if size < 99.95 else 0}f}G"


def yes_no(true: bool) -> str:
    """The word for whether something is so."""
    return "Yes" if true else "No"


def screen(*parts: Shown | str) -> Screen:
    """A screen of values and plain lines."""
    return Screen(tuple(Lines((part,)) if isinstance(part, str) else part for part in parts))


def in_order(parts: Iterable[Shown], foot: Callable[[int], Shown]) -> Flow:
    """Records one after the other as a long output, with what stands below so many."""
    return Flow(parts, lambda made: screen(*made, foot(len(made))))


def blocks(parts: Iterable[Shown]) -> Screen:
    """Values with an empty line between two."""
    found: list[Shown | str] = []
    for part in parts:
        found += ["", part] if found else [part]
    return screen(*found)
