"""Everything a command may need, behind the ports of the contexts; made from a target, or from fakes in tests."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import click

from orderflow.analytics.audit_store import DynamoCounterAudit
from orderflow.analytics.counter_store import DynamoCounterStore
from orderflow.analytics.counting import Counting
from orderflow.analytics.period import Period
from orderflow.catalog.audit import StockAudit
from orderflow.catalog.audit_store import DynamoRatingAudit, DynamoStockAudit, DynamoWordAudit
from orderflow.catalog.rating_audit import RatingAudit
from orderflow.catalog.rating_store import DynamoRatings
from orderflow.catalog.search_audit import WordAudit
from orderflow.catalog.stock import Stock
from orderflow.catalog.stock_keeping import StockBook
from orderflow.catalog.stock_store import DynamoStockBook
from orderflow.checkout.audit_store import DynamoSessionAudit
from orderflow.checkout.erasure_store import DynamoErasableSessions
from orderflow.checkout.pricing.discount_book import DynamoDiscountBook
from orderflow.checkout.pricing.discount_keeping import DiscountBook
from orderflow.checkout.verifying import SessionAudit
from orderflow.checkout.webhooks.delivery_archive import DynamoDeliveryArchive
from orderflow.checkout.webhooks.erasure_store import DynamoKeptBodies
from orderflow.checkout.webhooks.replaying import Archive
from orderflow.clients.changing import KeyBook
from orderflow.clients.key_reader import DynamoKeyReader
from orderflow.clients.key_store import DynamoKeyBook
from orderflow.clients.reading import KeyReader
from orderflow.customers.account_pool import CognitoAccounts
from orderflow.customers.audit_trail import SubjectTrail
from orderflow.customers.erasing import People
from orderflow.customers.erasure_store import DynamoErasableUsers
from orderflow.customers.picture_store import S3PictureShelf
from orderflow.customers.trail_store import DynamoTrail
from orderflow.feedback.audit import FeedbackAudit
from orderflow.feedback.audit_store import DynamoFeedbackAudit
from orderflow.feedback.feedback_store import DynamoFeedbackStore
from orderflow.operations.doctor import Doctor
from orderflow.operations.erasing import Eraser
from orderflow.operations.erasing_buyers import BuyerEraser
from orderflow.operations.journal import Entry, Journal, Operation, Phase
from orderflow.operations.journal_store import DynamoJournal
from orderflow.operations.recounting import Recount
from orderflow.orders.audit import OrderAudit
from orderflow.orders.audit_store import DynamoOrderAudit
from orderflow.orders.dead_letter_queue import SqsDeadLetters
from orderflow.orders.dead_letters import DeadLetterQueue
from orderflow.orders.erasure_store import DynamoTracesBook
from orderflow.orders.execution_names import MAX_RETRIES
from orderflow.orders.execution_store import StepFunctionsExecutions
from orderflow.orders.executions import Executions
from orderflow.orders.open_order_store import DynamoOpenOrderStore
from orderflow.orders.order_executions import StepFunctionsCancellations
from orderflow.orders.order_executions import StepFunctionsExecutions as RepairExecutions
from orderflow.orders.order_queue import SqsOrderQueue
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.orders.reading import OrderStore
from orderflow.orders.retrying import Cancellations, Retrier
from orderflow.orders.review_store import DynamoWaitStore
from orderflow.orders.review_wait import tend_wait
from orderflow.orders.sweeping import Sweeper
from orderflow.orders.task_tokens import StepFunctionsWaits
from orderflow.payments.audit import PaymentAudit
from orderflow.payments.audit_store import DynamoPaymentAudit
from orderflow.runtime.caller import ADMIN_GROUP, Caller
from orderflow.runtime.clock import Clock, utc_now
from orderflow.runtime.ids import IdFactory, new_ulid
from orderflow.runtime.trail import Author
from tools import target
from tools.ops.steps import LambdaSteps, Steps
from tools.target import Target
from tools.terminal import ToolError

OPERATOR = Caller("operator", frozenset({ADMIN_GROUP}))
_OUTPUTS = (
    "analytics_table_name",
    "audit_trail_table_name",
    "checkout_discounts_table_name",
    "checkout_sessions_table_name",
    "client_keys_table_name",
    "cognito_user_pool_id",
    "customers_table_name",
    "feedback_table_name",
    "function_names",
    "idempotency_table_name",
    "operations_table_name",
    "order_cancellation_state_machine_arn",
    "order_dlq_url",
    "order_queue_url",
    "order_state_machine_arn",
    "orders_table_name",
    "payment_state_machine_arn",
    "payments_table_name",
    "product_words_table_name",
    "products_table_name",
    "profile_pictures_bucket_name",
    "reservations_table_name",
    "stock_table_name",
    "webhook_deliveries_table_name",
)


class CancellationExecutions(Executions, Cancellations, Protocol):
    """Executions of order_cancellation, looked at and started again."""


@dataclass
class Desk:
    """One shop as its operator works on it.

    `author` is whom the audit trail names for an operation; `who` asks AWS for the ARN behind the caller's credentials;
    `sweeper` makes one that starts so many fresh executions of an order at most; `recount` one of a period's orders and
    ratings, that waits so many seconds between two looks.
    """

    orders: OrderStore
    order_audit: OrderAudit
    executions: Executions
    cancellations: CancellationExecutions
    payment_runs: Executions
    sweeper: Callable[[int], Sweeper]
    steps: Steps
    dead_letters: DeadLetterQueue
    payments: PaymentAudit
    stock: StockAudit
    ratings: RatingAudit
    words: WordAudit
    feedback: FeedbackAudit
    stock_book: Callable[[Operation], StockBook]
    recount: Callable[[Period | None, int], Recount]
    sessions: SessionAudit
    keys: KeyReader
    key_book: Callable[[Operation], KeyBook]
    eraser: Eraser
    buyer_eraser: BuyerEraser
    author: Callable[[Operation], Author]
    discounts: DiscountBook
    webhooks: Archive
    journal: Journal
    trail: SubjectTrail
    who: Callable[[], str]
    clock: Clock = utc_now
    ids: IdFactory = new_ulid

    def doctor(self, open_for: timedelta) -> Doctor:
        return Doctor(
            orders=self.order_audit,
            stock=self.stock,
            payments=self.payments,
            executions=self.executions,
            clock=self.clock,
            open_for=open_for,
            ratings=self.ratings,
            feedback=self.feedback,
        )

    def retrier(self) -> Retrier:
        return Retrier(self.sweeper(MAX_RETRIES), self.cancellations)


def with_desk(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hand a command its desk, made when the command runs: asking for help needs no shop."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        root = click.get_current_context().find_root()
        root.obj = root.obj or desk_at(target.current())
        return command(root.obj, *arguments, **options)

    return run


def desk_at(shop: Target) -> Desk:
    """Return the desk of a running shop."""
    outputs, dynamodb = shop.outputs, shop.client("dynamodb")
    if missing := [name for name in _OUTPUTS if name not in outputs]:
        raise ToolError(
            f"This shop was applied before there was {', '.join(missing)}: bring it up to date with `make up`, "
            "or `make plan` and `make apply` with ENV."
        )
    states, sqs, stock = shop.client("stepfunctions"), shop.client("sqs"), outputs["stock_table_name"]
    journal = DynamoJournal(dynamodb, outputs["operations_table_name"])

    def stock_book(operation: Operation) -> StockBook:
        def entry(before: Stock, after: Stock) -> dict[str, Any]:
            return journal.put(Entry(operation, Phase.DONE, utc_now(), stock_facts(before), stock_facts(after)))

        return DynamoStockBook(dynamodb, products=outputs["products_table_name"], stock=stock, entry=entry)

    def author(operation: Operation) -> Author:
        return Author(outputs["audit_trail_table_name"], operation.by, operation.operation_id)

    def key_book(operation: Operation) -> KeyBook:
        return DynamoKeyBook(dynamodb, outputs["client_keys_table_name"], author(operation))

    def sweeper(repairs: int) -> Sweeper:
        return Sweeper(
            DynamoOpenOrderStore(dynamodb, outputs["orders_table_name"]),
            RepairExecutions(states, outputs["order_state_machine_arn"]),
            StepFunctionsCancellations(states, outputs["order_cancellation_state_machine_arn"]),
            SqsOrderQueue(sqs, outputs["order_queue_url"]),
            partial(
                tend_wait,
                store=DynamoWaitStore(dynamodb, outputs["orders_table_name"]),
                waits=StepFunctionsWaits(states),
                clock=utc_now,
            ),
            utc_now,
            repairs,
        )

    def recount(period: Period | None, wait: int) -> Recount:
        table = outputs["analytics_table_name"]
        return Recount(
            DynamoOrderAudit(dynamodb, outputs["orders_table_name"]),
            DynamoFeedbackAudit(dynamodb, outputs["feedback_table_name"]),
            DynamoCounterAudit(dynamodb, table),
            Counting(DynamoCounterStore(dynamodb, table), again=True),
            period,
            wait,
        )

    eraser = Eraser(
        People(
            DynamoErasableUsers(dynamodb, outputs["customers_table_name"]),
            CognitoAccounts(shop.client("cognito-idp"), outputs["cognito_user_pool_id"]),
            S3PictureShelf(shop.client("s3"), outputs["profile_pictures_bucket_name"]),
        ),
        DynamoTracesBook(dynamodb, outputs["orders_table_name"]),
        DynamoFeedbackStore(
            dynamodb, outputs["feedback_table_name"], ratings=DynamoRatings(outputs["products_table_name"]).changes
        ),
        utc_now,
    )

    @functools.cache
    def who() -> str:
        return str(shop.client("sts").get_caller_identity()["Arn"])

    return Desk(
        orders=DynamoOrderStore(dynamodb, outputs["orders_table_name"]),
        order_audit=DynamoOrderAudit(dynamodb, outputs["orders_table_name"]),
        executions=StepFunctionsExecutions(states, outputs["order_state_machine_arn"]),
        cancellations=StepFunctionsExecutions(states, outputs["order_cancellation_state_machine_arn"]),
        payment_runs=StepFunctionsExecutions(states, outputs["payment_state_machine_arn"]),
        sweeper=sweeper,
        steps=LambdaSteps(shop.client("lambda"), outputs["function_names"]),
        dead_letters=SqsDeadLetters(sqs, dead_letters=outputs["order_dlq_url"], queue=outputs["order_queue_url"]),
        payments=DynamoPaymentAudit(dynamodb, outputs["payments_table_name"]),
        stock=DynamoStockAudit(dynamodb, stock=stock, reservations=outputs["reservations_table_name"]),
        ratings=DynamoRatingAudit(dynamodb, outputs["products_table_name"]),
        words=DynamoWordAudit(
            dynamodb, products=outputs["products_table_name"], words=outputs["product_words_table_name"]
        ),
        feedback=DynamoFeedbackAudit(dynamodb, outputs["feedback_table_name"]),
        stock_book=stock_book,
        recount=recount,
        sessions=DynamoSessionAudit(dynamodb, outputs["checkout_sessions_table_name"]),
        keys=DynamoKeyReader(dynamodb, outputs["client_keys_table_name"]),
        key_book=key_book,
        eraser=eraser,
        buyer_eraser=BuyerEraser(
            DynamoErasableSessions(
                dynamodb, outputs["checkout_sessions_table_name"], idempotency=outputs["idempotency_table_name"]
            ),
            DynamoTracesBook(dynamodb, outputs["orders_table_name"]),
            DynamoKeptBodies(dynamodb, outputs["webhook_deliveries_table_name"]),
            utc_now,
            new_ulid,
        ),
        author=author,
        discounts=DynamoDiscountBook(dynamodb, outputs["checkout_discounts_table_name"]),
        webhooks=DynamoDeliveryArchive(dynamodb, outputs["webhook_deliveries_table_name"]),
        journal=journal,
        trail=DynamoTrail(dynamodb, outputs["audit_trail_table_name"]),
        who=who,
    )


def stock_facts(stock: Stock) -> dict[str, Any]:
    """Return a stock row's counters as the journal and the terminal show them."""
    return {
        "available": stock.available,
        "reserved": stock.reserved,
        "sold": stock.sold,
        "updatedAt": stock.updated_at,
    }
