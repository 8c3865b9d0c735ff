"""Every session, read whole from DynamoDB."""

from collections.abc import Iterator

from orderflow.checkout.session_store import DynamoSessionReader
from orderflow.runtime.scan import pages


class DynamoSessionAudit(DynamoSessionReader):
    """The sessions' audit (IAM: dynamodb:Scan and dynamodb:Query on the sessions table)."""

    def session_ids(self) -> Iterator[str]:
        seen = None
        # The items of one session lie together.
        for rows in pages(self._client, self._table, ("sessionId",)):
            for row in rows:
                if row["sessionId"] != seen:
                    seen = row["sessionId"]
                    yield seen
