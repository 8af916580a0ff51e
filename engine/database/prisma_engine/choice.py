"""Which query engine runs the typed client: one of the owner's, one that Prisma fetched, or ours.

A native engine is only taken when it is the very version that the client speaks to. Nothing here
fetches one.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.database.prisma_engine.process import ENGINE_COMMIT
from engine.errors import SettingError

_VERSION_LIMIT = 10  # seconds
_NAME = "query-engine"


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """A native engine's file, or None for the engine that Node runs, and where it was found."""

    native: Path | None
    origin: str


def choose_engine(generated: Any, named: str, project: Path) -> EngineChoice:
    """Choose the engine for a generated client package.

    `named` is the setting PRISMA_QUERY_ENGINE_BINARY. Raises SettingError when it names no file.
    """
    if named:
        chosen = Path(named)
        if not chosen.is_file():
            raise SettingError(
                f"PRISMA_QUERY_ENGINE_BINARY is {named}, and there is no such file.",
                hint="Clear it to use the engine that comes with the npm parts.",
            )
        return EngineChoice(chosen, "the setting PRISMA_QUERY_ENGINE_BINARY")
    for file in _fetched_engines(generated, project):
        if _speaks_our_version(file):
            return EngineChoice(file, "fetched by `prisma generate`")
    return EngineChoice(None, "Prisma's WebAssembly engine, run by Node")


def _fetched_engines(generated: Any, project: Path) -> Iterator[Path]:
    """Files that may be native engines, the one that the client was generated with first.

    A client that this program generated names Node in its place, so the file's name is looked at.
    """
    baked_in = generated.client.BINARY_PATHS.query_engine.values()
    yield from (Path(path) for path in baked_in if _NAME in Path(path).name)
    cache = Path(generated.config.binary_cache_dir)
    for folder in (cache, cache / "node_modules", project / "node_modules"):
        for place in (folder, folder / "prisma", folder / "@prisma" / "engines"):
            yield from sorted(place.glob(f"*{_NAME}-*"))


def _speaks_our_version(file: Path) -> bool:
    if not file.is_file():
        return False
    try:
        ended = subprocess.run(
            [str(file), "--version"],
            capture_output=True,
            text=True,
            timeout=_VERSION_LIMIT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return False  # made for another platform
    return ended.stdout.replace(_NAME, "").strip() == ENGINE_COMMIT
