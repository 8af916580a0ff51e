"""docs/input-files.md explains every message that the owner's files can give."""

import re
from pathlib import Path

import engine.sources
from engine.settings import PROJECT_FOLDER
from engine.sources.cost_headers import read_price_header
from engine.sources.csv_folder import INPUTS
from engine.sources.fee_schedule import FEE_KINDS
from engine.sources.findings import CODES
from engine.sources.parcel_settings import PARCEL_SETTINGS
from engine.sources.sku_prefixes import SHIPPED_PREFIXES

PAGE = (PROJECT_FOLDER / "docs" / "input-files.md").read_text("utf-8")
EXPLAINED = set(re.findall(r"^- `([A-Za-z_]+)`(?:, as shipped .*)?:", PAGE, re.MULTILINE))
READERS = """
    cost_cells cost_columns cost_files cost_regions cost_table countries csv_folder dated_files
    desi_files desi_notes duplicate_rows duty_files duty_rates duty_table expense_files
    fee_files numbers offsite_orders owner_rows parcel_settings price_files price_steps
    rate_files records sku_map sku_prefixes text_files workbooks zone_files
""".split()


def test_every_code_that_a_reader_gives_is_explained() -> None:
    folder = Path(engine.sources.__file__).parent
    given = {
        code
        for name in READERS
        for code in re.findall(r'"([A-Z_]+)"', (folder / f"{name}.py").read_text("utf-8"))
        if code in CODES
    }
    assert len(given) > 25
    assert given - EXPLAINED == set()


def test_every_explained_code_exists() -> None:
    assert {word for word in EXPLAINED if re.fullmatch(r"[A-Z_]{5,}", word)} <= CODES.keys()


def test_the_headers_that_the_page_promises_are_read() -> None:
    promised = re.search(r"^So (.*) are all\s+price columns", PAGE, re.MULTILINE | re.DOTALL)
    assert promised is not None
    headers = re.findall(r"`([^`]+)`", promised[1])
    assert len(headers) == 5
    assert all(read_price_header(header) for header in headers)


def test_the_shipped_prefixes_are_named() -> None:
    for prefix in (*SHIPPED_PREFIXES.markers, *SHIPPED_PREFIXES.channels):
        assert f"`{prefix}`" in PAGE


def test_every_input_has_a_section_and_its_other_names() -> None:
    for name, known in INPUTS.items():
        assert f"\n## `{name}.csv`\n" in PAGE
        assert all(f"`{other}.csv`" in PAGE for other in known.also)


def test_every_parcel_setting_and_fee_kind_is_named() -> None:
    assert set(PARCEL_SETTINGS) - EXPLAINED == set()
    assert [kind for kind in FEE_KINDS if f"`{kind}`" not in PAGE] == []
