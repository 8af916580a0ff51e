"""A file as records: the header row found among the first rows, and one record per row below it.

One record is one row of a text file or of a workbook's sheet, with the line it starts on. Cells
stay the text that the file holds; what they mean is for the reader of that kind of file. No row is
dropped without a count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from engine.sources.findings import Findings
from engine.sources.folding import fold

HEADER_SEARCH = 10  # the header is one of the first so many rows that are not blank
_CHUNK = 10_000
_SAMPLE = 200  # cells of a chunk that tell whether its column repeats its values

NumberedRow = tuple[int, list[str]]


def header_key(header: str) -> str:
    """Return what headers are compared by: folded, `_` equal to a space."""
    return " ".join(fold(header).replace("_", " ").split())


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The headers of a kind of file.

    `columns`: name → other headers that mean the same; the name itself always does. `required`:
    of each group at least one column must be there. `fits`: a further demand on the row of headers.
    `wanted`: what a header row must have, in words.
    """

    kind: str
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[tuple[str, ...], ...]
    wanted: str = ""
    fits: Callable[[Sequence[str]], bool] | None = None

    def places(self, header: Sequence[str]) -> dict[str, int] | None:
        """Return name → position of the columns of a row of headers, or None if it does not fit.

        Of two columns with one meaning the first counts.
        """
        position: dict[str, int] = {}
        for place, cell in enumerate(header):
            position.setdefault(header_key(cell), place)
        found: dict[str, int] = {}
        for name, others in self.columns.items():
            hits = [position[key] for key in map(header_key, (name, *others)) if key in position]
            if hits:
                found[name] = min(hits)
        if not all(any(name in found for name in group) for group in self.required):
            return None
        return found if self.fits is None or self.fits(header) else None

    def described(self) -> str:
        """Return what a header row must have, for messages."""
        return self.wanted or ", ".join(" or ".join(group) for group in self.required)


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """The records of one file or sheet, column by column.

    columns: one list of cells per column of the header. row_numbers: the line each record starts
    on, from 1. too_long: line → cells of rows that were rejected because they have more cells than
    the header. numeric: per column the positions of cells that a workbook holds as numbers.
    encoding, delimiter: None for a workbook.
    """

    file: str
    layout: Layout
    header: tuple[str, ...]
    header_row: int
    places: Mapping[str, int]
    columns: tuple[list[str], ...]
    row_numbers: list[int]
    blank_rows: int
    too_long: Mapping[int, tuple[str, ...]]
    encoding: str | None = None
    delimiter: str | None = None
    numeric: tuple[frozenset[int], ...] = ()

    def __len__(self) -> int:
        return len(self.row_numbers)

    def has(self, name: str) -> bool:
        """Tell whether the file has this column of its layout."""
        return name in self.places

    def column(self, name: str) -> list[str]:
        """Return the cells of a column of the layout; blank ones if the file does not have it."""
        return self.columns[self.places[name]] if name in self.places else [""] * len(self)

    def header_of(self, name: str) -> str:
        """Return a column's header as the file writes it, or its plain name."""
        return self.header[self.places[name]] if name in self.places else name

    def row(self, index: int) -> tuple[str, ...]:
        """Return all cells of one record."""
        return tuple(column[index] for column in self.columns)

    def typed_cells(self, place: int) -> list[str]:
        """Return the cells of a column that hold text; a workbook's numbers are left out."""
        cells = self.columns[place]
        numbers = self.numeric[place] if self.numeric else frozenset()
        return [c for i, c in enumerate(cells) if i not in numbers] if numbers else cells


@dataclass(frozen=True, slots=True, eq=False)
class HeaderRow:
    """The header row that was found: which layout it fits and where it stands."""

    layout: Layout
    cells: tuple[str, ...]
    row_number: int
    title_rows: int
    places: Mapping[str, int]

    @property
    def filled(self) -> int:
        """How many headers are not blank."""
        return sum(bool(cell) for cell in self.cells)


def is_blank(row: Sequence[str]) -> bool:
    """Tell whether a row has no content at all."""
    return not any(cell.strip() for cell in row)


def first_rows(rows: Iterable[NumberedRow]) -> list[NumberedRow]:
    """Return the rows among which the header is looked for."""
    return list(islice((row for row in rows if not is_blank(row[1])), HEADER_SEARCH))


def find_header(rows: Sequence[NumberedRow], layouts: Sequence[Layout]) -> HeaderRow | None:
    """Return the first row that fits a layout, the layouts tried in the order given."""
    for index, (number, row) in enumerate(rows):
        cells = tuple(" ".join(cell.split()) for cell in row)
        for layout in layouts:
            places = layout.places(cells)
            if places is not None:
                return HeaderRow(layout, cells, number, index, places)
    return None


def describe_rows(rows: Sequence[NumberedRow]) -> str:
    """Return the headers that were found instead of the wanted ones, for messages."""
    filled = [[" ".join(cell.split()) for cell in row if cell.strip()] for _, row in rows]
    if not filled:
        return "nothing"
    fullest = max(filled, key=len)
    return ", ".join(cell[:40] for cell in fullest[:20])


def collect(
    file: str,
    header: HeaderRow,
    rows: Iterable[NumberedRow],
    findings: Findings,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Records:
    """Return the records below a header row: short rows padded, blank ones skipped and counted.

    `rows` are those after the header. A row with content beyond the header is rejected with
    ROW_TOO_LONG, the others are kept.
    """
    width = len(header.cells)
    columns: tuple[list[str], ...] = tuple([] for _ in range(width))
    numbers: list[int] = []
    too_long: dict[int, tuple[str, ...]] = {}
    blank = 0
    # Equal cells of a column that repeats its values share one text object.
    share = dict[str, str]().setdefault
    remaining = iter(rows)
    while chunk := list(islice(remaining, _CHUNK)):
        kept: list[list[str]] = []
        for number, row in chunk:
            if not (row and row[0].strip()) and is_blank(row):
                blank += 1
                continue
            if len(row) != width:
                if not is_blank(row[width:]):
                    too_long[number] = tuple(row)
                    continue
                row = [*row[:width], *[""] * (width - len(row))]
            numbers.append(number)
            kept.append(row)
        for column, cells in zip(columns, zip(*kept, strict=True), strict=False):
            repeats = 2 * len(set(cells[:_SAMPLE])) <= len(cells[:_SAMPLE])
            column.extend(map(share, cells, cells) if repeats else cells)
    records = Records(
        file,
        header.layout,
        header.cells,
        header.row_number,
        header.places,
        columns,
        numbers,
        blank,
        too_long,
        encoding,
        delimiter,
    )
    _note_shape(records, header.title_rows, findings)
    return records


def _note_shape(records: Records, title_rows: int, findings: Findings) -> None:
    file, width = records.file, len(records.header)
    if title_rows:
        findings.add(
            "TITLE_ROWS",
            file=file,
            row=records.header_row,
            what=f"is the header; {title_rows} row(s) above it are titles",
            action="they are skipped",
        )
    if records.blank_rows:
        findings.add(
            "BLANK_ROWS",
            file=file,
            what=f"has {records.blank_rows} wholly blank row(s)",
            action="they are skipped",
        )
    for number, row in records.too_long.items():
        beyond = next(cell for cell in row[width:] if cell.strip())
        findings.add(
            "ROW_TOO_LONG",
            file=file,
            row=number,
            value=beyond,
            what=f"stands beyond the last of {width} headers",
            expected=f"at most {width} cells",
            action="the row is rejected",
        )
    if not len(records) and not records.too_long:
        findings.add("HEADER_ONLY", file=file, what="has a header and no rows")
