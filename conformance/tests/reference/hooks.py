"""Sends the reference merchant's order events: an order's in sequence, each until it is accepted."""

import http.client
import json
import threading
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

from acp_conformance.signature import signed

BACKOFF_SECONDS = 0.02
# A queue that gives up does so here; ours goes on for as long as a test lasts.
TRIES, QUEUE_TRIES = 50, 3


class Hooks:
    """One endpoint, and who is being told what."""

    def __init__(self, modes: set[str], secret: str) -> None:
        self._modes = modes
        self._secret = secret
        self.endpoint = ""
        self._accepted: list[bytes] = []
        self._one = threading.Lock()
        self._closed = threading.Event()

    def close(self) -> None:
        self._closed.set()

    def tell(self, *events: dict[str, Any]) -> None:
        """Send an order's events, one after the other, without keeping the caller."""
        if self.endpoint and "sends_nothing" not in self._modes:
            threading.Thread(target=self._deliver, args=(events,), daemon=True).start()

    def _deliver(self, events: tuple[dict[str, Any], ...]) -> None:
        for event in events:
            if "one_at_a_time" in self._modes:
                with self._one:
                    self._until_accepted(event)
            else:
                self._until_accepted(event)

    def _until_accepted(self, event: dict[str, Any]) -> None:
        body, event_id = json.dumps(event).encode(), uuid.uuid4().hex
        tries = QUEUE_TRIES if "gives_up_after_three" in self._modes else TRIES
        for attempt in range(1 if "never_retries" in self._modes else tries):
            if "renders_again" in self._modes:
                body = json.dumps(event, indent=attempt or None).encode()
            if "new_ids" in self._modes:
                event_id = uuid.uuid4().hex
            status = self._send(self.endpoint, body, event_id, attempt)
            if status == 200 or (status == 0 and "drops_are_delivered" in self._modes):
                self._accepted.append(body)
                return
            if status == 410 and "never_gives_up" not in self._modes:
                return
            if "resends_the_batch" in self._modes:
                time.sleep(0.1)
                for other in list(self._accepted):
                    self._send(self.endpoint, other, uuid.uuid4().hex, 0)
            if self._closed.wait(BACKOFF_SECONDS):
                return

    def _headers(self, body: bytes, event_id: str, attempt: int) -> dict[str, str]:
        moment = int(time.time()) - (86400 if "signs_yesterday" in self._modes else 0)
        secret = "another" if "signs_with_another_secret" in self._modes else self._secret
        signature = f"t={moment},v1={signed(secret, moment, body)}"
        if "other_signature" in self._modes:
            signature = f"sha256={signed(secret, moment, body)}"
        if attempt and "signs_first_only" in self._modes:
            signature = ""
        kind = "text/plain" if "sends_text" in self._modes else "application/json"
        return {"Content-Type": kind, "Merchant-Signature": signature, "Webhook-Id": event_id}

    def _send(self, url: str, body: bytes, event_id: str, attempt: int) -> int:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        try:
            connection.request("POST", parts.path, body, self._headers(body, event_id, attempt))
            answer = connection.getresponse()
            answer.read()
            if answer.status in (302, 307) and "follows_redirects" in self._modes:
                return self._send(f"http://{parts.netloc}{answer.getheader('Location')}", body, event_id, attempt)
        except (OSError, http.client.HTTPException):
            return 0
        else:
            return answer.status
        finally:
            connection.close()
