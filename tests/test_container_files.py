"""The container files are not built here; they must at least parse and name what exists."""

from __future__ import annotations

import shlex
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def instructions() -> list[tuple[str, str]]:
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    kept = (line for line in lines if line and not line.startswith("#"))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in kept)]


def test_the_image_is_made_from_files_that_exist():
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "CMD"}
    assert {word for word, _ in instructions()} <= known
    for word, rest in instructions():
        if word == "COPY":
            *sources, _ = [part for part in shlex.split(rest) if not part.startswith("--")]
            assert all((PROJECT / source).exists() for source in sources), rest


def test_the_container_runs_the_reports():
    assert instructions()[-1] == ("CMD", '["python", "reportsv4_optimized.py"]')
    assert (PROJECT / "reportsv4_optimized.py").exists()


def test_compose_builds_this_folder_and_opens_the_database_to_this_machine_only():
    text = (PROJECT / "compose.yaml").read_text()
    assert "build: .\n" in text
    assert '- "127.0.0.1:5432:5432"' in text
    assert "./csv_inputs:/app/csv_inputs:ro" in text
    assert not any(line.startswith("\t") for line in text.splitlines())
