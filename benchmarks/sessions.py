"""Readers of the dashboard without a browser: they speak Streamlit's protocol with a real server.

A reader opens a session, asks for pages and turns filters, and waits until the program has drawn
all of it. What a browser adds, drawing, is not in these seconds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

LONGEST = 60.0  # seconds that a reader waits for a page
_LARGEST = 64 * 2**20  # bytes of one message
_FAILED = "Something went wrong"


@dataclass(slots=True)
class Drawn:
    """What one run of a page took and sent."""

    seconds: float
    bytes_sent: int
    seconds_to_cards: float | None = None
    errors: list[str] = field(default_factory=list)


@contextmanager
def reader(site: str) -> Iterator[Reader]:
    """Open a session with the server at this address."""
    address = site.replace("http://", "ws://", 1) + "/_stcore/stream"
    protocol = Subprotocol("streamlit")
    with connect(address, origin=Origin(site), subprotocols=[protocol], max_size=_LARGEST) as line:
        yield Reader(line)


class Reader:
    """One session: the page it is on, and what it chose there."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._pages: dict[str, str] = {}  # hash of a page's script by its path
        self._page = ""
        self._pickers: dict[str, str] = {}  # id of a picker by its label
        self._chosen: dict[str, str] = {}

    def open(self, path: str = "") -> Drawn:
        """Go to a page by its path, with all filters as they are."""
        self._page = self._pages.get(path, "")
        return self._run(path)

    def choose(self, label: str, option: str) -> Drawn:
        """Choose an option of a picker on the page."""
        self._chosen[self._pickers[label]] = option
        return self._run()

    def _run(self, path: str = "") -> Drawn:
        asked = BackMsg()
        asked.rerun_script.page_script_hash = self._page
        if not self._page:
            asked.rerun_script.page_name = path
        for one, option in self._chosen.items():
            state = WidgetState(id=one, string_value=option)
            asked.rerun_script.widget_states.widgets.append(state)
        begun = time.perf_counter()
        self._line.send(asked.SerializeToString())
        drawn = Drawn(0.0, 0)
        while True:
            data = self._line.recv(timeout=LONGEST)
            assert isinstance(data, bytes), "the server speaks in binary messages"
            drawn.bytes_sent += len(data)
            message = ForwardMsg.FromString(data)
            if message.WhichOneof("type") == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    break
                continue
            self._read(message, drawn, begun)
        drawn.seconds = time.perf_counter() - begun
        return drawn

    def _read(self, message: ForwardMsg, drawn: Drawn, begun: float) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self._page = message.navigation.page_script_hash
            self._pages = {
                page.url_pathname: page.page_script_hash for page in message.navigation.app_pages
            }
        elif kind == "page_not_found":
            drawn.errors.append("page not found")
        if kind != "delta":
            return
        element = message.delta.new_element
        what = element.WhichOneof("type")
        if what == "metric" and drawn.seconds_to_cards is None:
            drawn.seconds_to_cards = time.perf_counter() - begun
        elif what == "selectbox":
            self._pickers[element.selectbox.label] = element.selectbox.id
        elif what == "exception":
            drawn.errors.append(element.exception.message)
        elif what == "alert" and element.alert.title == _FAILED:
            drawn.errors.append(element.alert.body)
