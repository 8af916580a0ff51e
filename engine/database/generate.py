"""Makes the typed database client of schema.prisma, and before it the npm parts that it needs.

The client is a Python package in `engine/database/generated/`. It is made again when schema.prisma,
the package prisma or Python has another version than the one it was made with. Reading and writing
in bulk must never need it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shlex
import sys
import tempfile
from pathlib import Path

from engine.database.node import node_binary
from engine.database.npm_parts import ensure_npm_parts, npm_parts_are_ready
from engine.database.set_up_step import (
    STAMP,
    Say,
    is_stamped,
    read_file,
    run_node,
    set_up_lock,
    write_stamp,
)
from engine.errors import SetupError
from engine.settings import PROJECT_FOLDER, Settings

# Whoever sets up finds both steps here.
__all__ = [
    "GENERATED",
    "client_is_ready",
    "ensure_client",
    "ensure_npm_parts",
    "npm_parts_are_ready",
]

GENERATED = Path("engine", "database", "generated")
_GENERATE_LIMIT = 180  # seconds


def ensure_client(
    *, say: Say, settings: Settings | None = None, project: Path = PROJECT_FOLDER
) -> None:
    """Make the npm parts and the generated client if they are missing or stale.

    `say` gets one line for each step that is really done. Two programs that start at once: one
    does the work, the other waits for it. Raises SetupError with what to do by hand.
    """
    settings = settings or Settings.load()
    ensure_npm_parts(say=say, settings=settings, project=project)
    wanted = _client_stamp(project)
    generated = project / GENERATED
    if is_stamped(generated, wanted):
        return
    with set_up_lock(project, generated.parent):
        if is_stamped(generated, wanted):
            return
        say("Generating the database client from schema.prisma …")
        (generated / STAMP).unlink(missing_ok=True)
        _generate(project, node_binary(settings))
        write_stamp(generated, wanted)


def client_is_ready(project: Path = PROJECT_FOLDER) -> bool:
    """Tell whether the generated client belongs to schema.prisma; changes nothing."""
    return is_stamped(project / GENERATED, _client_stamp(project))


def _client_stamp(project: Path) -> str:
    schema = hashlib.sha256(read_file(project / "schema.prisma")).hexdigest()
    prisma = importlib.metadata.version("prisma")
    return f"{schema} prisma {prisma} python {sys.version_info.major}.{sys.version_info.minor}"


def _generate(project: Path, node: Path) -> None:
    """Run Prisma's generator.

    Its command line only looks whether engine files exist and does not start them: what reads the
    schema is inside it. So Node itself stands in for the engines, and none is fetched.
    """
    command = [str(node), "node_modules/prisma/build/index.js", "generate"]
    command += ["--schema", "schema.prisma"]
    with tempfile.TemporaryDirectory(prefix="prisma-launcher-") as launcher:
        _write_launcher(Path(launcher))
        environment = {
            **os.environ,
            "PATH": os.pathsep.join([launcher, os.environ.get("PATH", os.defpath)]),
            "PRISMA_CLI_QUERY_ENGINE_TYPE": "binary",
            "PRISMA_QUERY_ENGINE_BINARY": str(node),
            "PRISMA_SCHEMA_ENGINE_BINARY": str(node),
            "CHECKPOINT_DISABLE": "1",
            "PRISMA_HIDE_UPDATE_MESSAGE": "1",
            "NO_COLOR": "1",
            "PYTHONUTF8": "1",  # the schema is copied in the locale's encoding otherwise
        }
        environment.setdefault("HOME", launcher)  # the generator looks for a cache there
        ended = run_node(command, project, environment, _GENERATE_LIMIT)
    if ended is None:
        raise SetupError(
            f"Prisma did not generate the client within {_GENERATE_LIMIT} s.",
            hint="Look for a busy disk or processor, then run `python -m engine setup`.",
        )
    if ended.returncode != 0:
        said = f"{ended.stdout}\n{ended.stderr}".strip()
        raise SetupError(
            f"Prisma can't generate the client from {project / 'schema.prisma'}:\n{said}",
            hint="Mend what it names, then run `python -m engine setup`.",
        )


def _write_launcher(folder: Path) -> None:
    """Write the program `prisma-client-py`, which the schema names as its generator.

    Only an activated environment would have it on PATH.
    """
    if os.name == "nt":
        launcher = folder / "prisma-client-py.cmd"
        launcher.write_text(f'@"{sys.executable}" -P -m prisma %*\r\n', encoding="utf-8")
        return
    launcher = folder / "prisma-client-py"
    python = shlex.quote(sys.executable)
    launcher.write_text(f'#!/bin/sh\nexec {python} -P -m prisma "$@"\n', encoding="utf-8")
    launcher.chmod(0o755)
