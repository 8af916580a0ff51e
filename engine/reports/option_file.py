"""Options of the report program that stand in `.env`: they fill in what the environment lacks.

A line counts as if it were in the environment. What stands on the command line or in the
environment wins, and neither is changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import dotenv

from engine.settings import PROJECT_FOLDER

PREFIX = "REPORTS"


def options_in_file(command: click.Command, file: Path | None = None) -> dict[str, Any]:
    """Return the values of a command's options in a file, by parameter, as click wants defaults.

    A blank line and a missing file say nothing. Values are checked when the command is called.
    """
    path = PROJECT_FOLDER / ".env" if file is None else file
    lines = dotenv.dotenv_values(path) if path.is_file() else {}
    found: dict[str, Any] = {}
    for option in command.params:
        text = (lines.get(_variable(option)) or "").strip()
        if text:
            several = isinstance(option, click.Option) and option.multiple
            found[str(option.name)] = option.type.split_envvar_value(text) if several else text
    return found


def _variable(option: click.Parameter) -> str:
    """Return the environment variable that an option has, given or made of its name."""
    if isinstance(option.envvar, str):
        return option.envvar
    return f"{PREFIX}_{str(option.name).upper()}"
