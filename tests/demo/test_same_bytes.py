from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

from engine.demo.csv_files.folder import owner_files
from engine.demo.rows import fact_tables, shop_tables
from engine.demo.shop import Demo, generate
from engine.demo.sizes import make_plan

_PRINT_DIGESTS = """
from engine.demo.csv_files.folder import owner_files
from engine.demo.rows import fact_tables, shop_tables
from engine.demo.shop import generate
from engine.demo.sizes import make_plan
import hashlib
demo = generate(make_plan(orders=500, shops=2))
for table in [*shop_tables(demo), *(t for shop in demo.shops for t in fact_tables(shop))]:
    print(table.name, table.sha256())
for name, content in owner_files(demo).items():
    print(name, hashlib.sha256(content).hexdigest())
"""


def digests(demo: Demo) -> list[str]:
    tables = [*shop_tables(demo), *(t for shop in demo.shops for t in fact_tables(shop))]
    return [table.sha256() for table in tables]


def test_the_same_plan_gives_the_same_bytes_in_another_process(small_demo: Demo) -> None:
    printed = subprocess.run(
        [sys.executable, "-c", _PRINT_DIGESTS],
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    tables = [line.split()[1] for line in printed[:-14]]
    assert tables == digests(small_demo)
    assert printed[-14].startswith("cost.csv ")


def test_the_same_plan_gives_the_same_files(small_demo: Demo) -> None:
    assert owner_files(generate(small_demo.plan)) == owner_files(small_demo)


def test_another_seed_gives_another_shop(small_demo: Demo) -> None:
    other = generate(make_plan(orders=500, shops=2, seed=2))
    same = set(digests(other)) & set(digests(small_demo))
    assert not same


def test_another_last_day_moves_the_whole_shop() -> None:
    demo = generate(make_plan(orders=500, end=date(2027, 1, 31)))
    shop = demo.shops[0]
    assert shop.days.date(int(shop.day[-1])) <= date(2027, 1, 31)
    assert shop.days.date(int(shop.day[0])) >= date(2024, 2, 1)
