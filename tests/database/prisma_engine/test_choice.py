"""Which engine is taken: the owner's, one that Prisma fetched, or the one that Node runs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.database.prisma_engine.choice import choose_engine
from engine.database.prisma_engine.process import ENGINE_COMMIT
from engine.errors import SettingError


def generated_with(file: Path, cache: Path) -> Any:
    """As much of a generated package as the choice looks at."""
    paths = SimpleNamespace(query_engine={"platform": str(file)})
    return SimpleNamespace(
        client=SimpleNamespace(BINARY_PATHS=paths), config=SimpleNamespace(binary_cache_dir=cache)
    )


def program(file: Path, prints: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\necho {prints}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def test_without_a_native_engine_node_runs_ours(tmp_path: Path) -> None:
    generated = generated_with(tmp_path / "node", tmp_path)
    choice = choose_engine(generated, "", tmp_path)
    assert choice.native is None
    assert "run by Node" in choice.origin


def test_the_setting_comes_first_and_is_not_asked_for_its_version(tmp_path: Path) -> None:
    fetched = program(tmp_path / "query-engine-debian", f"query-engine {ENGINE_COMMIT}")
    named = program(tmp_path / "mine", "something else")
    choice = choose_engine(generated_with(fetched, tmp_path), str(named), tmp_path)
    assert choice.native == named


def test_a_setting_that_names_no_file_is_refused(tmp_path: Path) -> None:
    generated = generated_with(tmp_path / "node", tmp_path)
    with pytest.raises(SettingError, match="PRISMA_QUERY_ENGINE_BINARY is /nowhere"):
        choose_engine(generated, "/nowhere", tmp_path)


@pytest.mark.parametrize(
    "place",
    [
        "baked/query-engine-debian",
        "cache/prisma-query-engine-debian",
        "cache/node_modules/prisma/query-engine-debian",
        "node_modules/@prisma/engines/query-engine-debian",
    ],
)
def test_an_engine_that_prisma_fetched_is_found(tmp_path: Path, place: str) -> None:
    fetched = program(tmp_path / place, f"query-engine {ENGINE_COMMIT}")
    generated = generated_with(tmp_path / "baked/query-engine-debian", tmp_path / "cache")
    assert choose_engine(generated, "", tmp_path).native == fetched


def test_the_node_that_stood_in_for_an_engine_is_not_taken_for_one(tmp_path: Path) -> None:
    node = program(tmp_path / "bin" / "node", f"query-engine {ENGINE_COMMIT}")
    assert choose_engine(generated_with(node, tmp_path), "", tmp_path).native is None


@pytest.mark.parametrize("prints", ["query-engine 0000", "nothing", ""])
def test_an_engine_of_another_version_is_not_taken(tmp_path: Path, prints: str) -> None:
    other = program(tmp_path / "query-engine-debian", prints)
    assert choose_engine(generated_with(other, tmp_path), "", tmp_path).native is None


def test_an_engine_of_another_platform_is_not_taken(tmp_path: Path) -> None:
    other = tmp_path / "query-engine-other"
    other.write_bytes(b"\x7fNOT-A-PROGRAM")
    other.chmod(0o755)
    assert choose_engine(generated_with(other, tmp_path), "", tmp_path).native is None
