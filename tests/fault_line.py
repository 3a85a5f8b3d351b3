"""A line with faults in a thread of its own, for tests whose nodes are processes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fault_proxy import FaultProxy, Faults


class FaultLine:
    """A way to one port of this machine whose faults are switched on and off from the test.

    Args:
        proxy: runs in the loop.
        loop: of its thread.
    """

    def __init__(self, proxy: FaultProxy, loop: asyncio.AbstractEventLoop) -> None:
        self._proxy, self._loop = proxy, loop
        self.address = f"https://{proxy.host}:{proxy.port}"

    def have(self, **faults: float | bool) -> None:
        """Have these faults, and no others, from now on; without any the line is good."""
        self._proxy.faults = Faults(**faults)  # type: ignore[arg-type]  # each as its field has it
        if faults.get("refuse"):
            asyncio.run_coroutine_threadsafe(self._proxy.cut(), self._loop).result(10)


@contextmanager
def line_to(port: int) -> Iterator[FaultLine]:
    """Give a line to a port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    proxy = FaultProxy("127.0.0.1", port)
    asyncio.run_coroutine_threadsafe(proxy.__aenter__(), loop).result(10)
    try:
        yield FaultLine(proxy, loop)
    finally:
        asyncio.run_coroutine_threadsafe(proxy.__aexit__(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
