"""A record of the stream that nobody can read is a dead letter, and holds nothing behind it; an outage holds all."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from orderflow.checkout.webhooks.event_topic import EventTopicUnavailableError
from orderflow.checkout.webhooks.unreadable_queue import UnreadableQueueUnavailableError
from orderflow.runtime.dynamo import to_item
from tests.support.log_capture import captured_log
from tests.support.webhook_pipeline import Pipeline
from tests.support.webhooks import CLIENT_ID


def item(session: str, **changes: Any) -> dict[str, Any]:
    """Return the item of a session's first event, which has an order."""
    order = {"id": f"ord-{session}", "checkout_session_id": session, "status": "created", "totals": []}
    record = {
        "sessionId": session,
        "version": 1,
        "eventId": f"evt-{session}",
        "event": "checkout.session.completed",
        "at": "2026-01-02T03:04:05.678Z",
        "state": {"clientId": CLIENT_ID, "order": json.dumps(order)},
    }
    return to_item({**record, **changes})


UNREADABLE = {
    "no event id": {"eventId": None},
    "no state": {"state": "secret"},
    "an order that is no JSON": {"state": {"clientId": CLIENT_ID, "order": "{secret"}},
    "an order without an id": {"state": {"clientId": CLIENT_ID, "order": '{"secret": 1}'}},
}


@pytest.mark.parametrize("changes", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_behind_an_unreadable_record_is_told_and_the_record_is_a_dead_letter(
    changes: dict[str, Any],
    pipeline: Pipeline,
    add_endpoint: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given
    add_endpoint()
    log = captured_log(monkeypatch)
    broken = {name: value for name, value in item("cs-broken", **changes).items() if value != {"NULL": True}}
    # When it comes between two others
    pipeline.stream(item("cs-1"), broken, item("cs-2"))
    pipeline.run(pipeline.clock() + timedelta(minutes=1))
    # Then
    assert [got.headers["Webhook-Id"] for got in pipeline.got] == ["evt-cs-1", "evt-cs-2"]
    (dead,) = pipeline.dead
    assert (dead["record"], dead["keys"]) == ("2", to_item({"sessionId": "cs-broken", "version": 1}))
    assert "STREAM_RECORD_UNREADABLE" in log.getvalue()
    # And what stands in it stands nowhere else
    assert "secret" not in json.dumps(dead) + log.getvalue()


def test_an_outage_of_the_topic_sets_nothing_aside(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(**_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://sns")

    monkeypatch.setattr(pipeline, "publish", down)
    with pytest.raises(EventTopicUnavailableError):
        pipeline.stream(item("cs-1"))
    assert pipeline.dead == []


def refused(code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "SendMessage")  # type: ignore[typeddict-item]  # the rest is not read


@pytest.mark.parametrize(
    ("failure", "raised"),
    [
        (EndpointConnectionError(endpoint_url="https://sqs"), UnreadableQueueUnavailableError),
        (refused("RequestThrottled", 400), UnreadableQueueUnavailableError),
        (refused("InternalError", 500), UnreadableQueueUnavailableError),
        (refused("AccessDenied", 403), ClientError),
    ],
)
def test_a_record_that_cannot_be_set_aside_is_given_again(
    failure: Exception, raised: type[Exception], pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: Any) -> Any:
        raise failure

    monkeypatch.setattr(pipeline, "send_message", fails)
    with pytest.raises(raised):
        pipeline.stream(item("cs-broken", state="none"))
