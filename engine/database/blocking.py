"""The typed client for code that waits: every call of it, without `await`.

A look through the client's objects, one attribute at a time. It holds no connection and decides
nothing; what it waits on runs where the client lives.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any

Run = Callable[[Coroutine[Any, Any, Any]], Any]


class BlockingClient:
    """A client, its models, a transaction or a batch, whose coroutines are waited for."""

    def __init__(self, target: Any, run: Run) -> None:
        self._target = target
        self._run = run

    def __dir__(self) -> list[str]:
        return [name for name in dir(self._target) if not name.startswith("_")]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        value = getattr(self._target, name)
        if not callable(value):
            return BlockingClient(value, self._run)

        @functools.wraps(value)
        def call(*arguments: Any, **options: Any) -> Any:
            answer = value(*arguments, **options)
            if inspect.iscoroutine(answer):
                return self._run(answer)
            if hasattr(answer, "__aenter__"):
                return _BlockingEntry(answer, self._run)
            return answer

        return call


class _BlockingEntry:
    """`with` for what the client enters by `async with`: a transaction or a batch."""

    def __init__(self, entered: Any, run: Run) -> None:
        self._entered = entered
        self._run = run

    def __enter__(self) -> BlockingClient:
        return BlockingClient(self._run(self._entered.__aenter__()), self._run)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run(self._entered.__aexit__(kind, error, trace))
