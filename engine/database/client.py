"""The typed Prisma client, for threads without an event loop and for coroutines of any loop.

One daemon thread with one event loop owns every client of the process, its HTTP session and its
engine, because a client may not cross loops and a dashboard has many threads. Callers only hand
their questions over. A client lives as long as somebody has it open: the first `open_client()` of
an address starts an engine, the last one to leave ends it.

Importing the generated client takes about a second and is done by the first opening, never by
importing this module. Nothing here is for bulk: a thousand rows a call at most. A Float field
keeps sixteen digits; raw queries make floats of NUMERIC, so ask there for text or minor units.
"""

from __future__ import annotations

import asyncio
import atexit
import dataclasses
import functools
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import structlog

from engine.database import prepare
from engine.database.blocking import BlockingClient
from engine.database.node import node_binary
from engine.database.prisma_engine.choice import choose_engine
from engine.database.prisma_engine.engines import (
    CALL_LIMIT,
    NativeEngine,
    NodeEngine,
    SteadyEngine,
    make_engine,
)
from engine.database.prisma_engine.loading import load_generated
from engine.database.prisma_engine.process import EngineConfig
from engine.database.server_errors import explain
from engine.database.url import DatabaseUrl
from engine.errors import SourceError
from engine.settings import PROJECT_FOLDER, Settings

GENERATED_PACKAGE = "engine.database.generated"

_WAIT_LIMIT = CALL_LIMIT + 30  # seconds that a thread waits for an answer

log = structlog.get_logger("prisma_engine")
T = TypeVar("T")

# The generated client is made on this machine and is not type-checked, so it is Any here; whoever
# reads through it gets objects with the fields of schema.prisma.
Client = Any


@contextmanager
def open_client(url: DatabaseUrl | None = None) -> Iterator[Client]:
    """Open the client of a database for calls that block, as `db.reportrun.find_first(where=…)`.

    Without an address it is that of the settings, made ready first. Everything of the generated
    client works without `await`, transactions and batches included; any thread may use it. Raises
    SetupError when the client or its engine can't be started, and SourceError when an answer takes
    longer than two and a half minutes.
    """
    with _client_thread().opened(url or prepare()) as client:
        yield client


async def ask(question: Callable[[Client], Awaitable[T]], url: DatabaseUrl | None = None) -> T:
    """Put a question to the client from a coroutine: `await ask(lambda db: db.shop.count(), url)`.

    The question runs on the client's own event loop. Hold the client open meanwhile with
    `open_client(url)`, or each question starts and ends an engine.
    """
    if url is None:
        url = await asyncio.to_thread(prepare)
    return await _client_thread().ask(question, url)


def close_clients() -> None:
    """End every client of this process, also those that somebody still has open."""
    _client_thread().close_clients()


@dataclass(slots=True)
class _Opened:
    client: Client
    engine: SteadyEngine
    users: int = 0


class ClientThread:
    """The thread, its event loop and the clients that live there."""

    def __init__(
        self,
        settings: Settings,
        *,
        package: str = GENERATED_PACKAGE,
        project: Path = PROJECT_FOLDER,
    ) -> None:
        self._settings = settings
        self._package = package
        self._project = project
        self._opened: dict[DatabaseUrl, _Opened] = {}
        self._opening = asyncio.Lock()
        self._process: int | None = os.getpid()
        self._pool = ThreadPoolExecutor(thread_name_prefix="prisma-client")
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(self._pool)
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="prisma-client", daemon=True
        )
        self._thread.start()
        atexit.register(self.stop)

    @contextmanager
    def opened(self, url: DatabaseUrl) -> Iterator[Client]:
        """Open the client of `url` for blocking calls."""
        client = self.run(self._enter(url))
        try:
            yield BlockingClient(client, self.run)
        finally:
            if self._is_running():  # an open client may be left behind by the end of the program
                self.run(self._leave(url))

    async def ask(self, question: Callable[[Client], Awaitable[T]], url: DatabaseUrl) -> T:
        """Run a question on the client's loop, from a coroutine of any loop."""
        work = asyncio.run_coroutine_threadsafe(self._ask(question, url), self._loop)
        return await asyncio.wrap_future(work)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the client's loop and wait for it, from any thread but its own."""
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("A question inside ask() must await the client it was given.")
        if not self._is_running():
            work.close()
            raise RuntimeError("The thread of this database client has ended.")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(_WAIT_LIMIT)
        except TimeoutError as error:
            if future.done():
                raise
            raise SourceError(
                f"The database client has not answered within {_WAIT_LIMIT:.0f} s.",
                hint="Look for a statement that waits for a lock, then try again.",
            ) from error
        finally:
            future.cancel()  # of no effect on one that has ended; an interrupted one is given up

    def close_clients(self) -> None:
        """End every client."""
        self.run(self._close_all())

    def stop(self) -> None:
        """End every client, the event loop and the thread; also done at the program's end."""
        if not self._is_running():
            return
        self.close_clients()
        self._process = None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._pool.shutdown()
        self._loop.close()
        atexit.unregister(self.stop)

    def _is_running(self) -> bool:
        """Whether the thread is there: not after stop(), and not in a forked child."""
        return self._process == os.getpid()

    async def _ask(self, question: Callable[[Client], Awaitable[T]], url: DatabaseUrl) -> T:
        client = await self._enter(url)
        try:
            return await question(client)
        finally:
            await self._leave(url)

    async def _enter(self, url: DatabaseUrl) -> Client:
        async with self._opening:
            if url not in self._opened:
                self._opened[url] = await self._connect(url)
            opened = self._opened[url]
            opened.users += 1
            return opened.client

    async def _leave(self, url: DatabaseUrl) -> None:
        async with self._opening:
            opened = self._opened.get(url)
            if opened is None:  # close_clients() came first
                return
            opened.users -= 1
            if opened.users == 0:
                await _disconnect(self._opened.pop(url))

    async def _close_all(self) -> None:
        async with self._opening:
            while self._opened:
                await _disconnect(self._opened.popitem()[1])

    async def _connect(self, url: DatabaseUrl) -> _Opened:
        opened = await asyncio.to_thread(self._make, url)
        # connect() makes an engine of its own only when there is none.
        opened.client._internal_engine = opened.engine
        try:
            await opened.client.connect()
        except BaseException:
            await _disconnect(opened)
            raise
        return opened

    def _make(self, url: DatabaseUrl) -> _Opened:
        settings = self._settings
        generated = load_generated(self._package)
        choice = choose_engine(generated, settings.prisma_query_engine_binary, self._project)
        log.debug("engine chosen", native=str(choice.native), origin=choice.origin)
        datasource = {"url": url.prisma()} if choice.native else None
        client = generated.Prisma(use_dotenv=False, datasource=datasource)
        schema = client._packaged_schema_path
        if choice.native:
            native = {"file": choice.native, "dml_path": schema, "log_queries": settings.log_sql}
            return _Opened(client, make_engine(NativeEngine, generated, **native))
        config = EngineConfig(
            node=node_binary(settings),
            modules=self._project / "node_modules",
            datamodel=schema,
            pool=_with_tls_settled(url).node_pool(),
            schema=url.schema,
            log_queries=settings.log_sql,
        )
        return _Opened(client, make_engine(NodeEngine, generated, config=config))


def _with_tls_settled(url: DatabaseUrl) -> DatabaseUrl:
    """Settle whether to use TLS where the address leaves it open, as libpq settles it.

    Node can only be told to use it or not. Raises SourceError when the server is out of reach,
    ConfigurationError when it refuses us.
    """
    if url.on_socket or url.tls_in_use is not None or url.sslmode not in ("allow", "prefer"):
        return url
    try:
        with psycopg.connect(url.libpq(application_name="engine prisma")) as connection:
            return dataclasses.replace(url, tls_in_use=bool(connection.pgconn.ssl_in_use))
    except psycopg.Error as error:
        raise explain(url, str(error), error.sqlstate) or error from error


async def _disconnect(opened: _Opened) -> None:
    opened.client._internal_engine = None
    await opened.engine.aclose()


_STARTING = threading.Lock()


def _client_thread() -> ClientThread:
    """The thread of this process; a forked child gets one of its own."""
    with _STARTING:
        return _thread_of(os.getpid())


@functools.cache
def _thread_of(process: int) -> ClientThread:
    return ClientThread(Settings.load())
