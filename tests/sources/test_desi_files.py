"""desi.csv: weights by code and parent, and notes that hold for some destinations."""

from datetime import date

import numpy as np

from engine.periods import day_number
from engine.sources.dated_files import DatedRecords
from engine.sources.desi_files import DESI_LAYOUT, NO_DESI, DesiTable, Weights, read_desi
from engine.sources.findings import Findings
from engine.sources.owner_rows import OPEN_END, OPEN_START, UNKNOWN
from engine.sources.text_files import read_text

NOTE = "Avrupa ülkeleri hariç diğer ülkelerde 2,5 desi"


def read(text: str, findings: Findings | None = None) -> DesiTable:
    found = Findings() if findings is None else findings
    records = read_text(text.encode(), "desi.csv", (DESI_LAYOUT,), found)
    return read_desi([DatedRecords(records)], found)


def weights(table: Weights, *codes: str, day: int = 0) -> list[int]:
    return table.find(codes, np.arange(len(codes), dtype=np.int32), day).mdesi.tolist()


def by_destination(desi: DesiTable, code: str, *countries: str) -> list[int]:
    """Return the weight of a code in each country, and where the country is unknown."""
    asked = np.array([*range(len(countries)), -1], np.int32)
    found = desi.codes.find((code,), np.zeros(len(asked), np.int32), 0)
    return desi.for_destinations(found.mdesi, found.note, countries, asked).tolist()


def test_weights_are_thousandths_by_code_in_any_letter_case() -> None:
    findings = Findings()
    desi = read("\ufeffOTTOKOD;DETAY;DESİ;\n7301-Grey;Sleeve;0,7;\n7302-Sarı;Sleeve;2;\n", findings)
    assert weights(desi.codes, "7301-GREY", "7302-SARI", "7301", "7303-GREY") == [
        700, 2000, UNKNOWN, UNKNOWN,
    ]  # fmt: skip
    assert len(findings) == 0


def test_the_parent_answers_with_what_its_variants_agree_on() -> None:
    desi = read("code,desi\n7301-Grey,0.7\n7301-Black,0.70\n73012-Grey,9\n")
    found = desi.parents.find(("7301",), np.zeros(1, np.int32), 0)
    assert (found.mdesi.tolist(), found.varies.tolist()) == ([700], [False])
    assert weights(desi.parents, "730", "7301-GREY") == [UNKNOWN, UNKNOWN]


def test_a_parent_whose_variants_differ_takes_the_lower_median_and_says_so() -> None:
    desi = read("code,desi\n7301-A,4\n7301-B,1\n7301-C,3\n7301-D,2\n")
    found = desi.parents.find(("7301",), np.zeros(1, np.int32), 0)
    assert (found.mdesi.tolist(), found.varies.tolist()) == ([2000], [True])


def test_a_parents_own_row_goes_before_its_variants() -> None:
    desi = read("code,desi\n7301-A,4\n7301,1\n")
    found = desi.parents.find(("7301",), np.zeros(1, np.int32), 0)
    assert (found.mdesi.tolist(), found.varies.tolist()) == ([1000], [False])
    assert desi.parents.row_number[found.row].tolist() == [3]


def test_a_bad_cell_costs_its_row_and_not_the_file() -> None:
    findings = Findings()
    desi = read(
        "code,desi\n7301-A,yok\n7302-A,0\n7303-A,100.001\n,1\n7304-A,\n7305-A,100\n", findings
    )
    assert weights(desi.codes, "7301-A", "7302-A", "7305-A") == [UNKNOWN, UNKNOWN, 100_000]
    assert [(f.row, f.code) for f in findings] == [
        (5, "VALUE_MISSING"),
        (2, "NOT_A_NUMBER"),
        (3, "NEGATIVE"),
        (4, "NOT_A_NUMBER"),
        (6, "VALUE_MISSING"),
    ]
    assert str(findings.of("NEGATIVE")[0]) == (
        'desi.csv: row 3, column "desi": value "0" is not above zero; expected kilograms above 0 '
        "and up to 100, such as 0.75; the row is not used"
    )


def test_the_lowest_of_two_rows_for_a_code_counts() -> None:
    findings = Findings()
    desi = read("code,desi,note\n7301-a,1,\n7301-A,2,\n", findings)
    assert weights(desi.codes, "7301-A") == [2000]
    assert [(f.code, f.row) for f in findings] == [("DUPLICATE_CONFLICT", 2)]


def test_a_note_holds_for_destinations_that_are_not_in_its_list() -> None:
    desi = read(f"code;detail;desi;\n7301-A;;1;{NOTE}\n7302-A;;1;\n")
    assert by_destination(desi, "7301-A", "DE", "CY", "US", "TR") == [1000, 1000, 2500, 2500, 1000]
    assert by_destination(desi, "7302-A", "DE", "US") == [1000, 1000, 1000]


def test_a_note_in_other_words_is_named_and_changes_nothing() -> None:
    findings = Findings()
    desi = read("code;detail;desi;\n7301-A;;1,5;kutu değişti\n", findings)
    assert by_destination(desi, "7301-A", "US") == [1500, 1500]
    assert [str(f) for f in findings] == [
        'desi.csv: row 2, column "number 4, without a header": value "kutu değişti" is not '
        'understood; expected a note such as "Avrupa ülkeleri hariç diğer ülkelerde 2,5 desi"; '
        "the weight holds for all destinations"
    ]


def test_a_parent_has_a_note_if_all_its_variants_have_it() -> None:
    desi = read(f"code;x;desi;\n7301-A;;1;{NOTE}\n7301-B;;2;{NOTE}\n7302-A;;1;{NOTE}\n7302-B;;1;\n")
    found = desi.parents.find(("7301", "7302"), np.arange(2, dtype=np.int32), 0)
    assert found.note.tolist() == [0, -1]
    assert len(desi.notes) == 1


def test_a_column_with_another_header_in_the_fourth_place_is_the_note_too() -> None:
    desi = read(f"code;detail;desi;açıklama\n7301-A;;1;{NOTE}\n")
    assert len(desi.notes) == 1
    desi = read(f"note;detail;desi;code\n{NOTE};;1;7301-A\n")
    assert len(desi.notes) == 1


def test_a_dated_file_replaces_the_other_from_its_day() -> None:
    day = day_number(date(2026, 2, 1))
    findings = Findings()
    files = [
        DatedRecords(read_text(text.encode(), name, (DESI_LAYOUT,), findings), first, last)
        for text, name, first, last in (
            ("code,desi\n7301-A,1\n7302-A,1\n", "desi.csv", OPEN_START, day - 1),
            ("code,desi\n7301-A,2\n", "desi_2026-02-01.csv", day, OPEN_END),
        )
    ]
    desi = read_desi(files, findings)
    assert weights(desi.codes, "7301-A", "7302-A", day=day - 1) == [1000, 1000]
    assert weights(desi.codes, "7301-A", "7302-A", day=day) == [2000, UNKNOWN]
    assert weights(desi.parents, "7301", day=day) == [2000]
    found = desi.codes.find(("7301-A",), np.zeros(1, np.int32), day)
    assert desi.files[desi.codes.file[found.row[0]]] == "desi_2026-02-01.csv"


def test_without_a_file_every_weight_is_unknown() -> None:
    assert weights(NO_DESI.codes, "7301-A") == [UNKNOWN]
    assert weights(NO_DESI.parents, "7301") == [UNKNOWN]
