"""DynamoDB's isolation for threads on moto, which undoes a refused transaction by the tables as they were before it:
also by what another thread wrote meanwhile."""

import threading
from collections.abc import Callable
from typing import Any


class OneAtATime:
    """A client whose calls happen one after the other, in whatever order the threads come."""

    def __init__(self, client: Any) -> None:
        self._client, self._lock = client, threading.Lock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            with self._lock:
                return getattr(self._client, name)(**request)

        return call
