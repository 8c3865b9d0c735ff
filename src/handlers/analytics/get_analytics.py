"""GET /analytics: figures by day, of the shop for administrators, of themselves for everybody."""

import re

from orderflow.analytics.period import period_of
from orderflow.analytics.summary import summarize
from orderflow.analytics.summary_store import DynamoSummaryStore
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler, invalid_field
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now

_CURRENCY = re.compile(r"[A-Z]{3}")


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    currency = request.query("currency")
    if currency is not None and not _CURRENCY.fullmatch(currency):
        raise invalid_field("currency", "must be an ISO 4217 code such as EUR")
    mine = request.query("mine")
    if mine not in (None, "true", "false"):
        raise invalid_field("mine", "must be true or false")
    period = period_of(request.query("from"), request.query("to"), utc_now().date())
    store = DynamoSummaryStore(client("dynamodb"), settings.text("ANALYTICS_TABLE"))
    summary = summarize(caller, period, currency or settings.text("CURRENCY"), mine=mine == "true", store=store)
    return Response(200, summary)
