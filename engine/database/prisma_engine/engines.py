"""The engines that the generated client talks to: its own engine class, made to survive a crash.

The client's class keeps the HTTP conversation and turns answers into its errors. What is added: a
process that has died is started again, and a call that met its death is repeated if, and only if,
that can't do anything twice. The generated package is made on this machine, so its classes are
joined with ours when it is loaded, not when this module is.
"""

from __future__ import annotations

import asyncio
import atexit
import subprocess
import time
from collections import deque
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx
import structlog

from engine.database.prisma_engine.process import EngineConfig, NodeProcess
from engine.errors import SourceError

MOST_RESTARTS = 3
RESTART_SPAN = 60.0  # seconds
CALL_LIMIT = 120.0  # seconds for one answer; the statement's own limit is meant to be shorter

_LOST = (httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
_READ = '"operation_name": "query"'  # how the text of a reading call begins
_STOP_LIMIT = timedelta(seconds=5)

log = structlog.get_logger("prisma_engine")

if TYPE_CHECKING:

    class _ClientEngine:
        """What is used of the generated client's `engine.AsyncQueryEngine`."""

        url: str | None
        headers: dict[str, str]
        file: Path | None
        process: subprocess.Popen[Any] | None

        def __init__(self, *, dml_path: Path, log_queries: bool, http_config: Any) -> None: ...
        async def request(self, method: Any, path: str, **rest: Any) -> Any: ...
        async def connect(self, timeout: timedelta = ..., datasources: Any = None) -> None: ...
        async def spawn(
            self, file: Path, timeout: timedelta = ..., datasources: Any = None
        ) -> None: ...
        async def aclose(self, *, timeout: timedelta | None = None) -> None: ...
        def stop(self, *, timeout: timedelta | None = None) -> None: ...
        def _kill_process(self, timeout: timedelta | None) -> None: ...

else:
    _ClientEngine = object


class SteadyEngine(_ClientEngine):
    """An engine that is started again when its process has died, three times a minute at most."""

    def __init__(self, *, generated: Any, dml_path: Path, log_queries: bool = False) -> None:
        # The answer comes from this machine: a proxy named by the environment has no part in it.
        http_config = {"trust_env": False, "timeout": CALL_LIMIT}
        super().__init__(dml_path=dml_path, log_queries=log_queries, http_config=http_config)
        self._errors = generated.errors
        self._datasources: Any = None
        self._restarting = asyncio.Lock()
        self._restarts: deque[float] = deque(maxlen=MOST_RESTARTS)
        self._starts = 0
        self._closed = False

    async def connect(
        self, timeout: timedelta = timedelta(seconds=10), datasources: Any = None
    ) -> None:
        """Start the engine; the database is first met by the first query."""
        self._datasources = datasources
        await super().connect(timeout, datasources)
        self._starts += 1

    async def aclose(self, *, timeout: timedelta | None = None) -> None:
        """End the engine for good."""
        self._closed = True
        await super().aclose(timeout=timeout or _STOP_LIMIT)
        atexit.unregister(self.stop)  # the client's class registered it

    async def request(self, method: Any, path: str, **rest: Any) -> Any:
        """Ask the engine, with a new process if the old one has died or dies meanwhile."""
        if path == "/status" or self._closed:  # asked while starting; or refused by the client
            return await super().request(method, path, **rest)
        in_transaction = _in_transaction(path, rest)
        if self.process is None or self.process.poll() is not None:
            await self._restart(self._starts)
            if in_transaction:
                raise self._lost_transaction()
        start = self._starts
        try:
            return await super().request(method, path, **rest)
        except _LOST as error:
            if self._closed:  # meanwhile, and on purpose
                raise
            await self._restart(start)
            if in_transaction:
                raise self._lost_transaction() from error
            if not _may_be_repeated(path, rest, error):
                raise
        return await super().request(method, path, **rest)

    def _lost_transaction(self) -> Exception:
        lost = self._errors.TransactionError(
            "The query engine ended inside this transaction, which is rolled back unless it was "
            "just being committed."
        )
        lost.code = "P1017"  # Prisma's code for a connection that was closed: worth another try
        return cast(Exception, lost)

    async def _restart(self, start: int) -> None:
        """Start a new process in place of the one of that start, unless another call did."""
        async with self._restarting:
            if start != self._starts:
                return
            now = time.monotonic()
            if len(self._restarts) == MOST_RESTARTS and now - self._restarts[0] < RESTART_SPAN:
                raise SourceError(
                    f"The Prisma query engine ended {MOST_RESTARTS + 1} times in "
                    f"{RESTART_SPAN:.0f} s and is not started again.",
                    hint="The log says why, under prisma_engine. Try again in a minute.",
                )
            self._restarts.append(now)
            log.warning("engine ended and is started again", restarts=len(self._restarts))
            self._kill_process(_STOP_LIMIT)
            assert self.file is not None  # connect() set it
            await self.spawn(self.file, datasources=self._datasources)
            self._starts += 1


class NodeEngine(SteadyEngine):
    """Prisma's WebAssembly engine in a Node process, which only answers who knows its token."""

    def __init__(self, *, generated: Any, config: EngineConfig) -> None:
        super().__init__(generated=generated, dml_path=config.datamodel)
        self._node = NodeProcess(config)

    def _ensure_file(self) -> Path:
        return self._node.config.node

    async def spawn(
        self, file: Path, timeout: timedelta = timedelta(seconds=10), datasources: Any = None
    ) -> None:
        """Start the process; it listens when this returns."""
        self.process = await asyncio.to_thread(self._node.start)
        self.url = self._node.url
        self.headers = {"Authorization": f"Bearer {self._node.token}"}

    def _kill_process(self, timeout: timedelta | None) -> None:
        self._node.stop()
        self.process = None


class NativeEngine(SteadyEngine):
    """A native engine, started by the client's own code: on loopback, without a token."""

    def __init__(
        self, *, generated: Any, file: Path, dml_path: Path, log_queries: bool = False
    ) -> None:
        super().__init__(generated=generated, dml_path=dml_path, log_queries=log_queries)
        self._chosen = file

    def _ensure_file(self) -> Path:
        return self._chosen


def make_engine(kind: type[SteadyEngine], generated: Any, **arguments: Any) -> SteadyEngine:
    """Return an engine of that kind for a loaded client package."""
    joined = type(kind.__name__, (kind, generated.engine.AsyncQueryEngine), {})
    engine: SteadyEngine = joined(generated=generated, **arguments)
    return engine


def _in_transaction(path: str, rest: dict[str, Any]) -> bool:
    if path.startswith("/transaction/"):
        return path != "/transaction/start"
    return "X-transaction-id" in (rest.get("headers") or {})


def _may_be_repeated(path: str, rest: dict[str, Any], error: Exception) -> bool:
    """Whether the call reads, starts a transaction, or never reached the engine."""
    if path != "/" or isinstance(error, httpx.ConnectError):
        return True
    return _READ in str(rest.get("content"))[:80]
