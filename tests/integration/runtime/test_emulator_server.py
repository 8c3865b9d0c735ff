"""An answer of the local AWS is one write: who hangs up after the head has the body already."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.task_group import TaskGroup
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.events import RawData
from hypercorn.typing import ConnectionState

from tools.emulator_server import WholeAnswers


def written(request: bytes, app: Callable[..., Awaitable[None]]) -> list[bytes]:
    """Return what is written for a request, write by write."""
    writes: list[bytes] = []

    async def serve() -> None:
        done = asyncio.Event()

        async def send(event: Any) -> None:
            if isinstance(event, RawData):
                writes.append(event.data)
            elif writes:
                done.set()  # the connection is idle, or ends

        loop = asyncio.get_running_loop()
        async with TaskGroup(loop) as group:
            context = WorkerContext(None)
            protocol = WholeAnswers(
                ASGIWrapper(app), Config(), context, group, ConnectionState({}), False, None, None, send
            )
            await protocol.handle(RawData(data=request))
            await asyncio.wait_for(done.wait(), 5)

    asyncio.run(serve())
    return [each for each in writes if each]


def answering(status: int, *bodies: bytes) -> Callable[..., Awaitable[None]]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", str(sum(map(len, bodies))).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for number, body in enumerate(bodies, start=1):
            await send({"type": "http.response.body", "body": body, "more_body": number < len(bodies)})

    return app


def test_head_and_body_are_one_write() -> None:
    (whole,) = written(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", answering(201, b'{"id": "1"}'))
    assert whole.startswith(b"HTTP/1.1 201")
    assert whole.endswith(b'\r\n\r\n{"id": "1"}')


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_head_that_nothing_follows_is_written_all_the_same(method: str) -> None:
    (head,) = written(f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode(), answering(200, b""))
    assert head.startswith(b"HTTP/1.1 200")
    assert head.endswith(b"\r\n\r\n")


def test_of_a_long_answer_each_further_piece_is_written_as_it_comes() -> None:
    first, second = written(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", answering(200, b"one", b"two"))
    assert first.endswith(b"\r\n\r\none")
    assert second == b"two"
