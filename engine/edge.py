"""The edge of a program: what ends it becomes a message on stderr and an exit code.

Every command of every program runs inside `exit_code_of`, so that one error has one code wherever
it is met. The codes themselves are declared in errors.py.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable
from types import FrameType

import click
import structlog

from engine.errors import EXIT_CODES, EngineError

_log = structlog.get_logger("engine")


def exit_code_of(work: Callable[[], int | None]) -> int:
    """Run a program and return its exit code; None from `work` is 0.

    An error that was foreseen is shown as `error: …` with what to do. Any other gets a reference,
    under which the log holds its traceback. SIGTERM ends the program like an exit, so that locks
    and servers are given back.
    """
    _end_on_sigterm()
    try:
        return work() or 0
    except EngineError as error:
        _log.debug("command failed", exc_info=True)
        _show(error.message, error.hint)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        _show("Interrupted; what had not been finished was not written.")
        # click hides what interrupted it; a program of ours may have said by which signal.
        origin = error.__cause__ if isinstance(error, click.Abort) else error
        return int(getattr(origin, "exit_code", 130))
    except BrokenPipeError:
        # Whoever read the output has left, as `head` does; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "engine":
            return _unexpected()
        _show(
            f"The Python package {error.name} is missing.",
            "Run: python -m pip install -r requirements.txt",
        )
        return 3
    except Exception:  # noqa: BLE001 - the edge: nothing above could report it
        return _unexpected()


def exit_code_table() -> str:
    """Return the exit codes as a Markdown table, for the documentation."""
    rows = [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    return "\n".join(["| exit code | meaning |", "|---|---|", *rows])


def _unexpected() -> int:
    reference = uuid.uuid4().hex[:8]
    _log.exception("unexpected error", reference=reference)
    _show(
        f"Something unexpected happened (reference {reference}).",
        "The log above has the traceback under this reference; please report it.",
    )
    return 1


def _show(message: str, hint: str = "") -> None:
    click.echo(f"error: {message}", err=True)
    for line in hint.splitlines():
        click.echo(f"       {line}", err=True)


def _end_on_sigterm() -> None:
    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)
