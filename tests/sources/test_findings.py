"""Every message has one form, and messages of one code are grouped."""

import pytest

from engine.errors import InputFileError
from engine.sources.findings import CODES, SHOWN, Findings, Level, refusal


def test_a_finding_says_where_what_expected_and_what_follows() -> None:
    finding = Findings().add(
        "NOT_A_NUMBER",
        file="cost.csv",
        row=214,
        column="US MAYIS 2025",
        value="12,x",
        what="is not a number",
        expected="a unit cost such as 12.34",
        action="the cell is treated as missing",
    )
    assert str(finding) == (
        'cost.csv: row 214, column "US MAYIS 2025": value "12,x" is not a number; '
        "expected a unit cost such as 12.34; the cell is treated as missing"
    )
    assert finding.level is Level.ERROR


def test_parts_that_are_not_given_leave_no_trace() -> None:
    findings = Findings()
    assert str(findings.add("HEADER_ONLY", file="a.csv", what="has no rows")) == (
        "a.csv: has no rows"
    )
    column = findings.add("COLUMN_IGNORED", file="a.csv", column="x", what="is new", action="so")
    assert str(column) == 'a.csv: column "x": is new; so'


def test_long_values_and_line_breaks_stay_on_one_short_line() -> None:
    finding = Findings().add("SKU_IS_TEXT", file="a", value="x\n" * 300, what="is long")
    assert "\n" not in str(finding)
    assert len(str(finding)) < 120


def test_a_level_can_be_raised_above_that_of_its_code() -> None:
    findings = Findings()
    findings.add("COLUMN_IGNORED", file="a", what="x")
    findings.add("COLUMN_IGNORED", file="a", what="y", level=Level.WARNING)
    assert [finding.level for finding in findings] == [Level.INFO, Level.WARNING]
    assert findings.count(Level.WARNING) == 1


def test_groups_come_errors_first_with_a_count_and_the_first_twenty() -> None:
    findings = Findings()
    findings.add("TITLE_ROWS", file="a", what="has titles")
    for row in range(25):
        findings.add("NEGATIVE", file="a", row=row, what="is negative")
    first, second = findings.groups()
    assert (first.code, first.count, len(first.first)) == ("NEGATIVE", 25, SHOWN)
    assert (second.code, second.count) == ("TITLE_ROWS", 1)
    lines = str(first).splitlines()
    assert lines[0] == "error NEGATIVE (a number below zero): 25"
    assert lines[-1] == "  and 5 more"


def test_findings_of_several_readings_are_joined() -> None:
    one, other = Findings(), Findings()
    one.add("HEADER_ONLY", file="a", what="x")
    other.add("TITLE_ROWS", file="b", what="y")
    one.extend(other)
    assert len(one) == 2
    assert [finding.file for finding in one.of("TITLE_ROWS")] == ["b"]


def test_an_unknown_code_is_a_bug() -> None:
    with pytest.raises(KeyError, match="NO_SUCH_CODE"):
        Findings().add("NO_SUCH_CODE", file="a", what="x")


def test_a_refused_file_ends_with_exit_code_5_and_names_the_code() -> None:
    error = refusal("NOT_TEXT", "a.csv", "is not text", expected="a CSV file")
    assert isinstance(error, InputFileError)
    assert error.exit_code == 5
    assert str(error) == "a.csv: is not text; expected a CSV file; the file is refused (NOT_TEXT)"


def test_every_code_has_a_level_and_a_meaning() -> None:
    assert {level for level, _ in CODES.values()} == set(Level)
    assert all(meaning for _, meaning in CODES.values())
