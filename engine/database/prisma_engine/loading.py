"""Imports the generated client package and mends what it does to text and to logs.

The package is made on this machine and is not type-checked, so it is Any to whoever uses it.
"""

from __future__ import annotations

import functools
import importlib
import logging
from collections.abc import Callable
from typing import Any

from engine.errors import SetupError

# The client's query builder indents every line of a query, and takes these characters for line
# ends: text that holds one would be stored with spaces after it. Written as escapes they are safe.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@functools.cache
def load_generated(package: str) -> Any:
    """Import a generated client package, once; takes about a second.

    Raises SetupError when it has not been generated.
    """
    try:
        generated: Any = importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise _not_generated() from error
    if "Prisma" not in vars(generated):  # its folder is there, the client in it is not
        raise _not_generated()
    # Its own log lines would hold the engine's token and the values of each query.
    for name in (package, "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    builder: Any = importlib.import_module(f"{package}._builder")
    builder.dumps = _one_line(builder.dumps)
    return generated


def _one_line(dumps: Callable[..., str]) -> Callable[..., str]:
    def dumps_one_line(value: Any, **options: Any) -> str:
        text = dumps(value, **options)
        return text if text.isascii() else text.translate(_LINE_ENDS)

    return dumps_one_line


def _not_generated() -> SetupError:
    return SetupError(
        "The database client has not been generated.", hint="Run `python -m engine setup`."
    )
