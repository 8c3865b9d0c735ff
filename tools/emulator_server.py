"""The local AWS, as its own command starts it, with each answer in one write: `python -P tools/emulator_server.py`.

Hypercorn writes the head of an answer and its body one after the other, and ministack answers so soon that an AWS SDK
for Go may not have noted yet that its request is sent. Captures show how it then hangs up a quarter of a millisecond
after the head, before the body, and sends the request again (github.com/aws/aws-sdk-go-v2/issues/2737), which is
refused: what it creates is there. An answer that comes whole is read whole.
"""

import runpy
from typing import Any

import h11
import hypercorn.protocol
from hypercorn.events import Event, RawData
from hypercorn.protocol.h11 import H11Protocol


class WholeAnswers(H11Protocol):
    """HTTP/1.1 that keeps the head of an answer until there is something, or nothing, to follow it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._write, self.send = self.send, self._send_whole
        self._is_head, self._head = False, b""

    async def _send_h11_event(self, event: Any) -> None:
        self._is_head = isinstance(event, h11.Response)
        await super()._send_h11_event(event)

    async def _send_whole(self, event: Event) -> None:
        if not isinstance(event, RawData):
            await self._write(event)
        elif self._is_head:
            self._is_head, self._head = False, event.data
        else:
            whole, self._head = self._head + event.data, b""
            await self._write(RawData(data=whole))


if __name__ == "__main__":
    hypercorn.protocol.H11Protocol = WholeAnswers  # type: ignore[attr-defined]  # the module has it and its stub does not
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
