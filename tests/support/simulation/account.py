"""A whole shop in one process: the real functions and workflows on moto, one thing at a time, time at our command.

Whatever writes passes the trap: calls of AWS by their place in the code, calls of the payment provider, and Tasks
that write by themselves. A function that is killed is what Lambda and its callers see of it, and no more.
"""

import importlib
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.utilities import dynamo_json_dump

from handlers.checkout import send_webhooks
from handlers.payments import pay_order
from orderflow.checkout import completing
from orderflow.payments import sandbox_provider
from orderflow.payments.paying import Cashier
from orderflow.runtime import aws, clock
from orderflow.runtime.idempotency.keys import LEASE
from orderflow.runtime.observability import logger
from tests.rules.workflows.machine import MACHINE_FILES
from tests.support.asl.run import Attempt, Suspended, TaskError
from tests.support.crashes import ProcessDied
from tests.support.frozen import START
from tests.support.mock_responses import raised
from tests.support.simulation.agents import EVENTS_TOPIC, Agents, KeyService
from tests.support.simulation.effects import SOURCE, is_write, task_effect, writes_by_itself
from tests.support.simulation.fast_dynamo import FastDynamo
from tests.support.simulation.ledger import Ledger
from tests.support.simulation.messaging import Queue, Queues, Topics
from tests.support.simulation.states import ACCOUNT, REGION, States, machine_arn, stamp
from tests.support.simulation.trap import Trap, effect_here
from tests.support.tables import create_tables, table_schemas
from tests.support.webhook_pipeline import ATTEMPTS, UPDATES

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
# What the direct integrations call a service's errors by.
_SERVICES = {
    "cloudwatch": "CloudWatch",
    "dynamodb": "DynamoDB",
    "sns": "SNS",
    "sqs": "SQS",
    "states": "StepFunctions",
}
# What runs every few minutes and makes orders go on, and feedback follow them.
SCHEDULED = ("sweep_orders", "finish_movements", "settle_feedback")
# Tables of which what is written is counted.
STREAMED = ("feedback", "orders")
_TOPICS = ("ORDER_COMPLETED", "ORDER_FAILED", "ORDER_REVIEW", "ALARMS", EVENTS_TOPIC.upper())
# Nobody reviews an order, until a scenario says from which amount on; then there are two days for it.
_NUMBERS = {"review_threshold": 0, "review_deadline_seconds": 172_800, "review_heartbeat_seconds": 3_600}
_PREFIX = "simulated"
_CHECKOUT = {
    "CHECKOUT_MODE": "standard",
    "CHECKOUT_SESSION_SECONDS": "86400",
    "KMS_KEY_ARN": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/simulated",
    "MERCHANT_ID": "orderflow-test",
    "PRICE_TABLES": "default",
    "SHOP_URL": "https://shop.example.com",
    "WEBHOOK_ATTEMPTS_QUEUE_URL": ATTEMPTS,
}
ORDER_QUEUE, CHANGE_QUEUE, DEAD_LETTERS = "the order queue", "the queue of changes", "the dead letters"


@cache
def plain(service: str) -> Any:
    """Return a client of the account that nobody watches: for what the world does, not the code."""
    return FastDynamo(REGION) if service == "dynamodb" else boto3.client(service, REGION)


@dataclass
class Shop:
    """The simulated account. `broken` are tasks that fail for good: (machine, state) to what they fail with."""

    tables: dict[str, str]
    now: datetime = START
    queue: Queue = field(default_factory=Queue)
    changes: Queue = field(default_factory=Queue)
    letters: Queue = field(default_factory=Queue)  # what publish_checkout_events could not read
    streamed: dict[str, int] | None = None  # records forwarded of each table's stream; None: nobody counts here
    trap: Trap = field(default_factory=Trap)
    ledger: Ledger = field(default_factory=Ledger)
    topics: Topics = field(default_factory=Topics)
    metrics: list[str] = field(default_factory=list)
    broken: dict[tuple[str, str], TaskError] = field(default_factory=dict)
    deaths: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=lambda: dict(_NUMBERS))  # what Terraform fills into the files
    pays_while_asked: bool = True  # whether payments move on while a client of POST /pay waits
    sells_while_asked: bool = True  # whether orders move on while an agent waits that completes its session

    def __post_init__(self) -> None:
        self.agents = Agents(self)
        self.topics.queues[EVENTS_TOPIC] = self.agents.queues[UPDATES]
        self.queues: dict[str, Any] = {ORDER_QUEUE: self.queue, CHANGE_QUEUE: self.changes, DEAD_LETTERS: self.letters}
        self.queues |= self.agents.queues
        self.states = States(self._do_task, self._filled, lambda: stamp(self.now), lambda _seconds: None)

    def advance(self, **delta: float) -> None:
        """Let time pass, by timedelta's keywords; tasks that wait for a token too long are given up."""
        self.now += timedelta(**delta)
        for run in self.states.waiting():
            waited = (self.now - datetime.fromisoformat(run.entered)).total_seconds()
            if run.patience is not None and waited >= run.patience:
                run.give_up()

    def function(self, key: str, event: Any) -> Any:
        """Call a function's handler; ProcessDied passes through."""
        (path,) = (SOURCE / "handlers").glob(f"*/{key}.py")
        handler = importlib.import_module(f"handlers.{path.parent.name}.{key}").handler
        return handler(event, CONTEXT)

    def dies(self, key: str, event: Any, failed: list[Any] | None = None) -> bool:
        """Call a function and tell whether it was killed; `failed` is given the messages that it did not handle."""
        try:
            answer = self.function(key, event)
        except ProcessDied as death:
            self.deaths.append(str(death))
            return True
        if failed is not None:
            failed += answer["batchItemFailures"]
        return False

    def ask(self, key: str, event: Any, tries: int = 3) -> Any:
        """Send a request as a client does, again when nobody answers; None when nobody ever does."""
        for _ in range(tries):
            try:
                answer = self.function(key, event)
            except ProcessDied as death:
                self.deaths.append(str(death))
                continue
            if answer["statusCode"] == 409 and "Retry-After" in answer["headers"]:
                # Killed with a lease: the client asks on until it ended, and that is one try more.
                self.advance(seconds=LEASE.total_seconds() + 1)
                continue
            if answer["statusCode"] < 500:
                return {**answer, "body": json.loads(answer["body"] or "null")}
        return None

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return a table's items in DynamoDB's JSON."""
        return list(plain("dynamodb").scan(TableName=self.tables[table])["Items"])

    def deliver(self) -> bool:
        """Hand what is queued to start_order_workflow, as the event source mapping does; tell whether there was any."""
        records = [{"messageId": number, "body": body} for number, body in list(self.queue.messages.items())[:10]]
        if not records:
            return False
        try:
            failed = self.function("start_order_workflow", {"Records": records})["batchItemFailures"]
        except ProcessDied as death:
            self.deaths.append(str(death))
            return True  # nothing is deleted: every message is visible again
        kept = {each["itemIdentifier"] for each in failed}
        for record in records:
            if record["messageId"] not in kept:
                del self.queue.messages[record["messageId"]]
        return True

    def count(self, records: list[dict[str, Any]] | None = None) -> None:
        """Hand records of one stream (None: those that are new, of each) to the counters, as Lambda does."""
        if records is None:
            seen = self.streamed or {}
            news = {table: self.stream(table) for table in STREAMED}
            self.streamed = {table: len(told) for table, told in news.items()}
            for table, told in news.items():
                self.count(told[seen.get(table, 0) :])
            return
        while records and self.dies("forward_changes", {"Records": records}):
            pass
        while self.changes.messages:
            batch = [{"messageId": number, "body": body} for number, body in list(self.changes.messages.items())[:100]]
            try:
                kept = self.function("count_changes", {"Records": batch})["batchItemFailures"]
            except ProcessDied as death:
                self.deaths.append(str(death))
                continue
            assert kept == [], "in this shop everything can be counted"
            for each in batch:
                del self.changes.messages[each["messageId"]]

    def stream(self, table: str) -> list[dict[str, Any]]:
        """Return every record of a table's stream."""
        shard = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[self.tables[table]].stream_shard
        assert shard is not None
        return [json.loads(dynamo_json_dump(record.to_json())) for record in shard.items]

    def settle(self, sweeps: int = 8) -> None:
        """Let queue, executions and sweeper go on until nothing is left to do."""
        for _ in range(sweeps):
            while self.deliver() or self.states.running():
                for run in self.states.running():
                    run.go()
            self.advance(minutes=16)
            for scheduled in SCHEDULED:
                self.dies(scheduled, {})
            self.agents.go_on()
            if not self.states.running() and not self.queue.messages:
                open_orders = [row for row in self.rows("orders") if "openGroup" in row]
                if not open_orders:
                    return

    # What a Task does.
    def _do_task(self, attempt: Attempt) -> Any:
        if failure := self.broken.get((attempt.machine, attempt.state)):
            if writes_by_itself(attempt.resource):
                self._guarded(attempt, lambda: None)
            raise failure
        resource, token, _ = attempt.resource.partition(".waitForTaskToken")
        attempt = replace(attempt, resource=resource)
        if resource.endswith(":::lambda:invoke"):
            answer: Any = {"StatusCode": 200, "Payload": self._invoke(attempt.parameters)}
        elif writes_by_itself(resource):
            answer = self._guarded(attempt, lambda: self._integrate(attempt))
        else:
            answer = self._integrate(attempt)
        if token:
            raise Suspended
        return answer

    def _guarded(self, attempt: Attempt, write: Callable[[], Any]) -> Any:
        try:
            return self.trap.around(task_effect(attempt.machine, attempt.state), write)
        except ProcessDied as death:
            # Step Functions does not die: it gets no answer, whether the write landed or not.
            self.deaths.append(str(death))
            service = attempt.resource.removeprefix("arn:aws:states:::").removeprefix("aws-sdk:").partition(":")[0]
            raise TaskError(f"{_SERVICES[service]}.SdkClientException", "no answer") from None

    def _invoke(self, parameters: dict[str, Any]) -> Any:
        try:
            key = parameters["FunctionName"].rpartition(":")[2]
            return json.loads(json.dumps(self.function(key, parameters["Payload"])))
        except ProcessDied as death:
            self.deaths.append(str(death))
            raise TaskError("Runtime.ExitError", "the function was killed") from None
        except Exception as error:
            raise TaskError(*raised(error)) from error

    def _integrate(self, attempt: Attempt) -> Any:
        service, _, operation = attempt.resource.removeprefix("arn:aws:states:::").removesuffix(":2").rpartition(":")
        parameters = attempt.parameters
        if service == "sns":
            return self.topics.publish(**parameters)
        if service == "aws-sdk:cloudwatch":
            self.metrics += [datum["MetricName"] for datum in parameters["MetricData"]]
            return {}
        if service == "states":
            return self._nested(parameters)
        if service == "sqs":
            return self.queue.send_message(**parameters)
        assigned = _assigned(parameters) if parameters.get("ReturnValues") == "UPDATED_NEW" else None
        if assigned is not None:
            parameters = {**parameters, "ReturnValues": "ALL_NEW"}
        try:
            answer = getattr(plain(service), xform_name(operation))(**parameters)
        except ClientError as error:
            name = f"{_SERVICES[service]}.{error.response['Error']['Code']}"
            raise TaskError(name, str(error)) from error
        if assigned is not None:
            answer["Attributes"] = {name: value for name, value in answer["Attributes"].items() if name in assigned}
        return answer

    def _nested(self, parameters: dict[str, Any]) -> Any:
        """Run a nested execution to its end, as startExecution.sync:2 does."""
        name = parameters.get("Name") or f"nested-{len(self.states.runs)}"
        try:
            run = self.states.start(parameters["StateMachineArn"].split(":")[6], name, parameters["Input"]).go()
        except ClientError as error:
            raise TaskError(f"StepFunctions.{error.response['Error']['Code']}Exception", str(error)) from error
        told = {"ExecutionArn": run.arn, "Name": name, "Status": run.status}
        if run.status != "SUCCEEDED":
            raise TaskError("States.TaskFailed", json.dumps({**told, "Error": run.error, "Cause": run.cause}))
        return {**told, "Output": run.output}

    def _filled(self, text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: self._supplied(found[1]), text)

    def _supplied(self, name: str) -> str:
        if name.endswith("_table"):
            return self.tables[name.removesuffix("_table").replace("_", "-")]
        if name.endswith("_function_arn"):
            return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name.removesuffix('_function_arn')}"
        if name.endswith("_topic_arn"):
            return f"arn:aws:sns:{REGION}:{ACCOUNT}:{name.removesuffix('_topic_arn').replace('_', '-')}"
        if name.endswith("_state_machine_arn"):
            return machine_arn(f"{name.removesuffix('_state_machine_arn')}")
        return str(self.numbers.get(name, name))


def _assigned(parameters: dict[str, Any]) -> set[str]:
    """Return what an UpdateExpression assigns: moto leaves out of UPDATED_NEW what did not change, AWS does not."""
    (clause,) = re.findall(r"SET (.*?)(?= REMOVE |$)", parameters["UpdateExpression"])
    names = re.findall(r"(#?\w+) = ", clause)
    return {parameters.get("ExpressionAttributeNames", {}).get(name, name) for name in names}


CONTEXT = SimpleNamespace(
    function_name="simulated",
    memory_limit_in_mb=256,
    invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:simulated",
    aws_request_id="request-1",
    get_remaining_time_in_millis=lambda: 240_000,
)


@dataclass
class Region:
    """The emptied account, which shops are opened in one after the other: making tables takes longer than a case."""

    tables: dict[str, str]
    shop: Shop | None = None

    def open(self, trap: Trap | None = None) -> Shop:
        """Return a shop in which nothing ever happened."""
        backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]
        for table in self.tables.values():
            backend.tables[table].items.clear()
            if shard := backend.tables[table].stream_shard:
                shard.items.clear()
        self.shop = Shop(self.tables, trap=trap or Trap())
        return self.shop

    def client(self, service: str, **_config: Any) -> Any:
        """Return the client that functions get: what it writes passes the trap of the open shop."""
        targets = {
            "dynamodb": lambda: plain("dynamodb"),
            "stepfunctions": lambda: self.open_shop.states,
            "sqs": lambda: Queues(self.open_shop.queues),
            "sns": lambda: self.open_shop.topics,
            "kms": KeyService,
        }
        if service not in targets:
            raise ValueError(f"the simulation has no {service}: add it to {__name__}")
        return _Guarded(self, targets[service])

    def nap(self, seconds: float) -> None:
        """Let time pass while a client of POST /pay waits, and payments go on meanwhile."""
        shop = self.open_shop
        shop.advance(seconds=seconds)
        for run in shop.states.running():
            if run.machine == "payment" and shop.pays_while_asked:
                run.go()

    def wait(self, seconds: float) -> None:
        """Let time pass while an agent waits that completes its session, and orders go on meanwhile."""
        shop = self.open_shop
        shop.advance(seconds=seconds)
        if shop.sells_while_asked:
            asked = logger.get_current_keys()  # what goes on runs in processes of its own
            shop.deliver()
            for run in shop.states.running():
                run.go()
            logger.append_keys(**asked)

    def post(self, url: str, body: bytes, headers: Any, **_: Any) -> Any:
        """Send a webhook: it passes the trap of the open shop as a write does."""
        shop = self.open_shop
        return shop.trap.around(effect_here(), lambda: shop.agents.receive(url, body, headers))

    @property
    def open_shop(self) -> Shop:
        """The shop that is open."""
        assert self.shop is not None
        return self.shop


@dataclass
class _Guarded:
    """A stand-in whose writes pass the trap."""

    _region: Region
    _target: Callable[[], Any]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._target(), name)
        if not is_write(name):
            return method  # type: ignore[no-any-return]  # getattr gives Any
        return lambda *args, **kwargs: self._region.open_shop.trap.around(
            effect_here(), lambda: method(*args, **kwargs)
        )


class _Provider:
    """The sandbox, every call of which passes the trap and is entered in the ledger."""

    def __init__(self, region: Region, sandbox: type[Any]) -> None:
        self._region, self._sandbox = region, sandbox()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._sandbox, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            shop = self._region.open_shop

            def ask() -> Any:
                answer = method(*args, **kwargs)
                shop.ledger.enter(name, args, kwargs)
                return answer

            return shop.trap.around(effect_here(), ask) if is_write(name) else ask()

        return call


@contextmanager
def simulated_region() -> Iterator[Region]:
    """Yield an account with the tables that Terraform declares and the settings that it gives to functions."""
    with mock_aws(), mock.patch.dict(os.environ):
        plain.cache_clear()
        tables = create_tables(boto3.client("dynamodb", REGION), _PREFIX, *table_schemas(), streams=True)
        region = Region(tables)
        os.environ |= {f"{name.upper().replace('-', '_')}_TABLE": table for name, table in tables.items()}
        machines = [path.name.partition(".")[0] for path in MACHINE_FILES]
        os.environ |= {f"{machine.upper()}_STATE_MACHINE_ARN": machine_arn(machine) for machine in machines}
        os.environ |= {
            "ORDER_STATE_MACHINE_ARN": machine_arn("order_processing"),
            "CANCELLATION_STATE_MACHINE_ARN": machine_arn("order_cancellation"),
            "POWERTOOLS_METRICS_DISABLED": "true",
            "ORDER_QUEUE_URL": ORDER_QUEUE,
            "CHANGE_QUEUE_URL": CHANGE_QUEUE,
            "DEAD_LETTER_QUEUE_URL": DEAD_LETTERS,
            **{f"{topic}_TOPIC_ARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic.lower()}" for topic in _TOPICS},
            "CURRENCY": "EUR",
            "PAYMENT_PROVIDER": "sandbox",
            "DEFAULT_PAYMENT_TOKEN": "sandbox_approve",
            **_CHECKOUT,
        }
        sandbox = sandbox_provider.SandboxProvider
        watch: Any = {"monotonic": lambda: region.open_shop.now.timestamp()}
        patches = (
            mock.patch.object(pay_order, "Cashier", partial(Cashier, **watch, sleep=region.nap)),
            mock.patch.object(completing, "Completer", partial(completing.Completer, **watch, sleep=region.wait)),
            mock.patch.object(send_webhooks, "post", region.post),
            mock.patch.object(send_webhooks, "random", SimpleNamespace(uniform=lambda _least, most: most)),
            mock.patch.object(aws, "boto3", SimpleNamespace(client=region.client)),
            mock.patch.object(clock, "datetime", SimpleNamespace(now=lambda _zone: region.open_shop.now)),
            mock.patch.object(sandbox_provider, "SandboxProvider", partial(_Provider, region, sandbox)),
        )
        level = logger.log_level
        logger.setLevel("CRITICAL")
        aws.client.cache_clear()
        with ExitStack() as entered:
            for patch in patches:
                entered.enter_context(patch)
            yield region
        aws.client.cache_clear()
        logger.setLevel(level)
