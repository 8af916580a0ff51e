"""`desi.csv`: the chargeable weight of one unit, by variant code such as `7301-Grey`.

One row of the table is one code, or one parent code, in one file: a parent is what stands before
the first `-`. A note may give another weight for all destinations but some. What has no row stays
unknown, and so does a cell that can't be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.money import Int64Array
from engine.sources.dated_files import DatedRecords
from engine.sources.dated_rows import DatedIndex
from engine.sources.desi_notes import DESI, EXPECTED_NOTE, RegionalNote, read_note
from engine.sources.duplicate_rows import ValueArray, settle_rows
from engine.sources.findings import Findings
from engine.sources.frames import BoolArray, Int32Array
from engine.sources.landing.file_rows import Problem
from engine.sources.owner_rows import UNKNOWN, Column, OwnerRows
from engine.sources.records import Layout
from engine.sources.sku_prefixes import SkuPrefixes
from engine.sources.skus import sku_identity, sku_key

DESI_LAYOUT = Layout(
    "desi",
    {
        "code": ("OTTOKOD", "cost code"),
        "detail": ("DETAY",),
        "desi": ("DESİ", "weight_kg"),
        "note": ("not",),
    },
    required=(("code",), ("desi",)),
    wanted="OTTOKOD, DETAY, DESİ and a note",
)
_NOTE_PLACE = 3  # of a note without a header


@dataclass(frozen=True, slots=True, eq=False)
class FoundWeights:
    """The weight of each asker.

    mdesi: int64, thousandths of a kilogram, UNKNOWN where there is none. note: int32, index into
    the notes, −1 = none. varies: several weights were possible, and this is their lower median.
    row: int32, row of the table, −1 = none.
    """

    mdesi: Int64Array
    note: Int32Array
    varies: BoolArray
    row: Int32Array


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Weights of one unit; one row = one code and the days on which its file is in force.

    `index` finds rows by code and day. mdesi, note, varies: as in FoundWeights. file: int32, index
    into the table's files. row_number: int32, the line of the file.
    """

    index: DatedIndex
    mdesi: Int64Array
    note: Int32Array
    varies: BoolArray
    file: Int32Array
    row_number: Int32Array

    def find(self, codes: Sequence[str], code: Int32Array, day: Int32Array | int) -> FoundWeights:
        """Return the weight of each asker's code on its day.

        `codes`: in the letters of look-ups (sku_key). code: int32[n], indexes `codes`, −1 = none.
        """
        row = self.index.find(codes, code, day)
        return FoundWeights(
            np.append(self.mdesi, UNKNOWN)[row],
            np.append(self.note, np.int32(-1))[row],
            np.append(self.varies, False)[row],
            row,
        )


@dataclass(frozen=True, slots=True, eq=False)
class DesiTable:
    """The weights of all files: of codes as stated, and of parents as their variants agree."""

    codes: Weights
    parents: Weights
    notes: tuple[RegionalNote, ...]
    files: tuple[str, ...]

    def for_destinations(
        self, mdesi: Int64Array, note: Int32Array, countries: Sequence[str], country: Int32Array
    ) -> Int64Array:
        """Return weights as they are for each destination, by the note that goes with them.

        mdesi: int64[n]. note: int32[n], −1 = none. country: int32[n], indexes the two-letter codes
        `countries`, −1 = unknown; then the weight stays as it is.
        """
        weights = mdesi.copy()
        for number, regional in enumerate(self.notes):
            holds = np.array(
                [code not in regional.not_in for code in countries] + [False], np.bool_
            )
            weights[(note == number) & holds[country]] = regional.mdesi
        return weights


@dataclass(frozen=True, slots=True)
class _Row:
    """One code of one file."""

    key: str
    mdesi: int
    note: int
    varies: bool
    file: int
    row_number: int


def parent_code(code: str) -> str:
    """Return what stands before the first `-` of a variant code."""
    return code.partition("-")[0].strip()


def read_desi(files: Sequence[DatedRecords], findings: Findings) -> DesiTable:
    """Return the weights of the files of DESI_LAYOUT; without a file all are unknown."""
    notes: dict[RegionalNote, int] = {}
    by_code: list[tuple[DatedRecords, list[_Row]]] = []
    by_parent: list[tuple[DatedRecords, list[_Row]]] = []
    for number, file in enumerate(files):
        found = _read_file(file, number, notes, findings)
        by_code.append((file, found))
        by_parent.append((file, _parents(found)))
    names = tuple(file.records.file for file in files)
    return DesiTable(_weights(by_code), _weights(by_parent), tuple(notes), names)


def _read_file(
    file: DatedRecords, number: int, notes: dict[RegionalNote, int], findings: Findings
) -> list[_Row]:
    """Return one row for each code of a file."""
    rows = OwnerRows(file.records, findings, numbers=("desi",))
    codes = [sku_identity(cell, SkuPrefixes()) or "" for cell in rows.texts("code")]
    no_code = np.array([not code for code in codes], np.bool_)
    rows.require("code", no_code, "a code such as 7301-Grey")
    mdesi = rows.integers("desi", DESI, needed=True)
    place = _note_place(rows)
    keys = [sku_key(code) for code in codes]
    columns: dict[Column, ValueArray] = {"desi": mdesi}
    if place is not None:
        columns[place] = np.array(rows.texts(place), object)
    settled = settle_rows(rows, keys, columns, same="code")
    said = settled.values[place] if place is not None else [""] * len(settled.row)
    found = []
    for row, weight, text in zip(
        settled.row.tolist(), settled.values["desi"].tolist(), said, strict=True
    ):
        note = _read_note(rows, row, place, text, notes) if text and place is not None else -1
        found.append(_Row(keys[row], weight, note, False, number, file.records.row_numbers[row]))
    return found


def _note_place(rows: OwnerRows) -> int | None:
    """Return the column of notes: by its header, else the fourth if it is no other column."""
    named = rows.place("note")
    is_free = _NOTE_PLACE not in rows.records.places.values()
    if named is None and is_free and len(rows.records.header) > _NOTE_PLACE:
        return _NOTE_PLACE
    return named


def _read_note(
    rows: OwnerRows, row: int, place: int, text: str, notes: dict[RegionalNote, int]
) -> int:
    """Return the number of a note, −1 for one in other words, which is noted."""
    note = read_note(text, rows.style)
    if note is None:
        problem = Problem("NOTE_NOT_READ", "is not understood", EXPECTED_NOTE)
        rows.note(row, place, problem, action="the weight holds for all destinations")
        return -1
    return notes.setdefault(note, len(notes))


def _parents(rows: Sequence[_Row]) -> list[_Row]:
    """Return one row for each parent: its own if the file has it, else what its variants say."""
    variants: dict[str, list[_Row]] = {}
    for row in rows:
        variants.setdefault(parent_code(row.key), []).append(row)
    found = []
    for parent, family in variants.items():
        own = [row for row in family if row.key == parent]
        family = own or family
        weights = sorted(row.mdesi for row in family)
        notes = {row.note for row in family}
        found.append(
            _Row(
                key=parent,
                mdesi=weights[(len(weights) - 1) // 2],
                note=notes.pop() if len(notes) == 1 else -1,
                varies=weights[0] != weights[-1],
                file=family[0].file,
                row_number=family[0].row_number,
            )
        )
    return found


def _weights(by_file: Sequence[tuple[DatedRecords, list[_Row]]]) -> Weights:
    rows = [row for _, found in by_file for row in found]
    counts = [len(found) for _, found in by_file]
    first = np.repeat(np.array([file.first for file, _ in by_file], np.int32), counts)
    last = np.repeat(np.array([file.last for file, _ in by_file], np.int32), counts)
    return Weights(
        index=DatedIndex.of([row.key for row in rows], first, last),
        mdesi=np.array([row.mdesi for row in rows], np.int64),
        note=np.array([row.note for row in rows], np.int32),
        varies=np.array([row.varies for row in rows], np.bool_),
        file=np.array([row.file for row in rows], np.int32),
        row_number=np.array([row.row_number for row in rows], np.int32),
    )


NO_DESI = read_desi((), Findings())
