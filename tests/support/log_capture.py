"""What functions write to their log."""

import io

import pytest

from orderflow.runtime.observability import logger


def captured_log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return a buffer that receives every log line from now on, formatted as on Lambda.

    The logger keeps the stream it found at import, so pytest's own capturing of stdout would come too late.
    """
    written = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", written)
    return written
