"""A complete request's own record while it is worked on: its answer, and how far it came."""

from collections.abc import Callable

from orderflow.checkout.session import Session
from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.idempotency.keys import Fresh, IdempotencyKeys, KeyWrite
from orderflow.runtime.json_text import JsonText

_PLACED = "placed"
_OK = 200


class Work:
    """One try at a request: `begun` is its lease, None where the request has no key and nothing of it is kept."""

    def __init__(self, keys: IdempotencyKeys, begun: Fresh | None, render: Callable[[Session], JsonText]) -> None:
        self._keys, self._begun, self._render = keys, begun, render
        self._answered = False
        self._shown: tuple[Session, Answer] | None = None

    @property
    def order_id(self) -> str | None:
        """The order that was placed by whoever had the request before."""
        point = self._begun.point(_PLACED) if self._begun else None
        return None if point is None else str(point.facts["orderId"])

    def placed(self, order_id: str) -> KeyWrite | None:
        """Return the write that lets another go on with this order."""
        return self._begun.reached(_PLACED, orderId=order_id) if self._begun else None

    def wrote(self, write: KeyWrite | None) -> None:
        """Go on from a write that was made in a transaction."""
        if self._begun and write:
            self._begun = self._begun.after(write)

    def finished(self, session: Session) -> KeyWrite | None:
        """Return the write that keeps the answer, for the transaction of what it tells of."""
        return self._begun.finished(self.answer(session)) if self._begun else None

    def wrote_answer(self) -> None:
        """Remember that the answer is kept."""
        self._answered = True

    def finish(self, session: Session) -> None:
        """Keep the answer, unless it is; raises KeyTakenError when the request was taken over."""
        if not self._answered and (write := self.finished(session)):
            self._keys.save(write)
            self._answered = True

    def release(self) -> None:
        """Let a repeat go on at once, from how far this try came; what is answered stays answered."""
        if self._begun and not self._answered:
            self._keys.release(self._begun)

    def answer(self, session: Session) -> Answer:
        """Return the answer that the session is, the very one that is kept."""
        if self._shown is None or self._shown[0] is not session:
            self._shown = session, Answer(_OK, self._render(session))
        return self._shown[1]
