import re

import pytest

from engine.settings import PROJECT_FOLDER
from engine.sources.landing.kinds import LAYOUTS
from engine.sources.records import Layout

PAGE = (PROJECT_FOLDER / "docs" / "import.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.kind)
def test_the_page_on_importing_lists_exactly_the_columns_of_a_kind(layout: Layout) -> None:
    section = PAGE.split(f"\n## `{layout.kind}`")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    documented = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(documented) == sorted(layout.columns)
