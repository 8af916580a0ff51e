"""The owner's file of prefixes."""

from engine.sources.findings import Findings
from engine.sources.sku_prefixes import PREFIX_LAYOUT, SHIPPED_PREFIXES, SkuPrefixes, read_prefixes
from engine.sources.text_files import read_text


def read(text: str, findings: Findings) -> SkuPrefixes:
    records = read_text(text.encode(), "sku_prefixes.csv", (PREFIX_LAYOUT,), findings)
    return read_prefixes(records, findings)


def test_the_file_states_markers_channels_and_typos() -> None:
    findings = Findings()
    prefixes = read(
        "prefix,kind,canonical\nOLD-,marker,\nx_,Channel,\nSHOP1-,channel,\nSHPO1-,typo,SHOP1-\n",
        findings,
    )
    assert prefixes == SkuPrefixes(("OLD-",), ("SHOP1-", "X_"), (("SHPO1-", "SHOP1-"),))
    assert len(findings) == 0


def test_rows_that_state_no_prefix_are_noted_and_left_out() -> None:
    findings = Findings()
    prefixes = read(
        "prefix,kind,canonical\n,marker,\nUS,channel,\nOT-,colour,\nZT-,typo,\nEU-,channel,\n",
        findings,
    )
    assert prefixes == SkuPrefixes(channels=("EU-",))
    assert [(finding.code, finding.row) for finding in findings] == [
        ("VALUE_MISSING", 2),
        ("VALUE_UNKNOWN", 3),
        ("VALUE_UNKNOWN", 4),
        ("VALUE_MISSING", 5),
    ]
    assert str(list(findings)[1]) == (
        'sku_prefixes.csv: row 3, column "prefix": value "US" ends in a letter or digit; '
        "expected a prefix that ends in a separator, such as OT-; the row is not used"
    )


def test_of_two_rows_for_one_prefix_the_lower_one_counts() -> None:
    findings = Findings()
    prefixes = read("prefix,kind\nOT-,marker\nEU-,channel\not-,channel\nEU-,channel\n", findings)
    assert prefixes == SkuPrefixes(channels=("EU-", "OT-"))
    assert [(finding.code, finding.row) for finding in findings] == [("DUPLICATE_CONFLICT", 4)]


def test_shipped_prefixes() -> None:
    assert SHIPPED_PREFIXES.markers == ("DELETED-",)
    assert "OT-" in SHIPPED_PREFIXES.channels
    assert SHIPPED_PREFIXES.typos == (("ZTSK-", "ZSTK-"),)
