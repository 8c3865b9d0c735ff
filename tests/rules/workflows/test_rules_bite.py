"""Each rule refuses a definition that breaks it: a small sound machine, and one thing wrong with it."""

import ast
import copy
from typing import Any

import pytest

from tests.rules.workflows import error_rules, graph_rules, mock_rules, path_rules, status_rules, task_rules, text_rules
from tests.rules.workflows.error_classes import raises_of
from tests.rules.workflows.machine import Machine

INPUT = {"orderId": "1", "correlationId": "2"}
SOUND: dict[str, Any] = {
    "Comment": "Counts an order, unless that is too much.",
    "StartAt": "Count",
    "TimeoutSeconds": 200,
    "States": {
        "Count": {
            "Comment": "Counts.",
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:updateItem",
            "TimeoutSeconds": 10,
            "Parameters": {"TableName": "${orders_table}", "Key": {"S.$": "$.orderId"}, "At.$": "$$.State.EnteredTime"},
            "ResultSelector": {"count.$": "$.Attributes.count.N"},
            "ResultPath": "$.counted",
            "Retry": [
                {
                    "ErrorEquals": sorted(task_rules.PASSING["dynamodb:"] | {"States.Timeout"}),
                    "IntervalSeconds": 1,
                    "BackoffRate": 2,
                    "MaxAttempts": 3,
                    "MaxDelaySeconds": 5,
                    "JitterStrategy": "FULL",
                }
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Uncounted"}],
            "Next": "IsEnough",
        },
        "IsEnough": {
            "Comment": "Enough?",
            "Type": "Choice",
            "Choices": [{"Variable": "$.counted.count", "StringEquals": "1", "Next": "Counted"}],
            "Default": "Uncounted",
        },
        "Counted": {"Comment": "Good.", "Type": "Succeed"},
        "Uncounted": {
            "Comment": "Bad.",
            "Type": "Fail",
            "Error": "OrderNotCountedError",
            "Cause": "The order was not counted; nothing else happened. Count it by hand, then start this again.",
        },
    },
}
RETRIER = ("States", "Count", "Retry", 0)
CATCHER = ("States", "Count", "Catch", 0)
ABSENT = object()


def machine(*changes: tuple[tuple[Any, ...], Any]) -> Machine:
    """Return the sound machine with values replaced, added or (ABSENT) removed at paths."""
    definition = copy.deepcopy(SOUND)
    for path, value in changes:
        holder: Any = definition
        for key in path[:-1]:
            holder = holder[key]
        if value is ABSENT:
            del holder[path[-1]]
        else:
            holder[path[-1]] = value
    return Machine("sound", definition)


def paths(broken: Machine) -> list[str]:
    return list(path_rules.unfilled_paths(broken, INPUT))


def placeholders(broken: Machine) -> list[str]:
    return list(text_rules.misfit_placeholders(broken, {"orders_table"}))


RULES = [
    task_rules.unbounded,
    task_rules.unretried,
    task_rules.wrongly_retried,
    task_rules.uncaught,
    graph_rules.dangling,
    graph_rules.unbounded_loops,
    graph_rules.too_little_time,
    error_rules.unknown_errors,
    text_rules.literals,
    text_rules.foreign_language,
    text_rules.silent_endings,
    text_rules.told_secrets,
    paths,
    placeholders,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_machine_breaks_no_rule(rule):
    assert list(rule(machine())) == []


TASK = ("States", "Count")
BROKEN = [
    (task_rules.unbounded, [(("TimeoutSeconds",), ABSENT)], "sound has no TimeoutSeconds"),
    (task_rules.unbounded, [((*TASK, "TimeoutSeconds"), ABSENT)], "Count has no TimeoutSeconds"),
    (task_rules.unbounded, [((*TASK, "HeartbeatSeconds"), 10)], "not shorter than the timeout"),
    (task_rules.unbounded, [((*TASK, "TimeoutSecondsPath"), "$.whatever")], "Count has no TimeoutSeconds"),
    (
        task_rules.unbounded,
        [((*TASK, "Resource"), "arn:aws:states:::lambda:invoke.waitForTaskToken")],
        "Count waits for a token without HeartbeatSeconds",
    ),
    (
        task_rules.wrongly_retried,
        [((*TASK, "Resource"), "arn:aws:states:::lambda:invoke.waitForTaskToken")],
        "retries States.Timeout",
    ),
    (
        graph_rules.too_little_time,
        [((*TASK, "TimeoutSecondsPath"), "$.review.deadlineSeconds")],
        "TimeoutSeconds is 200",
    ),
    (paths, [((*TASK, "HeartbeatSecondsPath"), "$.review.heartbeatSeconds")], "reads $.review.heartbeatSeconds"),
    (task_rules.unretried, [((*TASK, "Retry"), ABSENT)], "does not retry States.Timeout"),
    (task_rules.unretried, [((*RETRIER, "JitterStrategy"), "NONE")], "JitterStrategy FULL"),
    (task_rules.unretried, [((*RETRIER, "MaxDelaySeconds"), ABSENT)], "longer MaxDelaySeconds"),
    (task_rules.unretried, [((*RETRIER, "BackoffRate"), 1)], "BackoffRate above 1"),
    (task_rules.unretried, [((*RETRIER, "MaxAttempts"), 0)], "MaxAttempts of 1 or more"),
    (task_rules.wrongly_retried, [((*RETRIER, "ErrorEquals"), ["States.ALL"])], "retries States.ALL"),
    (task_rules.wrongly_retried, [((*RETRIER, "ErrorEquals"), ["States.TaskFailed"])], "retries States.TaskFailed"),
    (task_rules.wrongly_retried, [((*RETRIER, "ErrorEquals"), ["OutOfStockError"])], "retries OutOfStockError"),
    (
        task_rules.wrongly_retried,
        [((*RETRIER, "ErrorEquals"), ["DynamoDB.ConditionalCheckFailedException"])],
        "retries DynamoDB.ConditionalCheckFailedException",
    ),
    (task_rules.uncaught, [((*TASK, "Catch"), [])], "States.ALL must stand alone in the last catcher"),
    (task_rules.uncaught, [((*CATCHER, "ErrorEquals"), ["OutOfStockError", "States.ALL"])], "must stand alone"),
    (
        task_rules.uncaught,
        [
            (
                (*TASK, "Catch"),
                [
                    *SOUND["States"]["Count"]["Catch"],
                    {**SOUND["States"]["Count"]["Catch"][0], "ErrorEquals": ["OutOfStockError"]},
                ],
            )
        ],
        "last catcher",
    ),
    (task_rules.uncaught, [((*CATCHER, "ResultPath"), ABSENT)], "under its own key"),
    (graph_rules.dangling, [((*TASK, "Next"), "Nowhere")], "Nowhere, which is no state"),
    (graph_rules.dangling, [((*CATCHER, "Next"), "Nowhere")], "Nowhere, which is no state"),
    (graph_rules.dangling, [(("States", "IsEnough", "Default"), "Nowhere")], "Nowhere, which is no state"),
    (graph_rules.dangling, [(("States", "IsEnough", "Default"), ABSENT)], "IsEnough has no Default"),
    (graph_rules.dangling, [(("States", "Orphan"), {"Type": "Succeed"})], "nothing leads to Orphan"),
    (graph_rules.dangling, [((*TASK, "Next"), ABSENT), ((*TASK, "Catch"), [])], "neither Next nor End"),
    (
        graph_rules.dangling,
        [
            (("States", "Counted"), {"Type": "Pass", "Next": "Again"}),
            (("States", "Again"), {"Type": "Pass", "Next": "Counted"}),
        ],
        "no end can be reached from Again",
    ),
    (graph_rules.unbounded_loops, [(("States", "IsEnough", "Default"), "Count")], "no Choice that counts"),
    (graph_rules.too_little_time, [(("TimeoutSeconds",), 46)], "the slowest way takes 47 s"),
    (error_rules.unknown_errors, [((*CATCHER, "ErrorEquals"), ["NoSuchThingError"])], "NoSuchThingError"),
    (text_rules.literals, [((*TASK, "Parameters", "TableName"), "arn:aws:dynamodb:::table/x")], "an ARN"),
    (text_rules.literals, [((*TASK, "Parameters", "TableName"), "123456789012")], "an account"),
    (text_rules.literals, [((*TASK, "Parameters", "TableName"), "eu-central-1-orders")], "a region"),
    (text_rules.foreign_language, [(("QueryLanguage",), "JSONata")], "is not JSONPath"),
    (text_rules.foreign_language, [((*TASK, "Parameters", "TableName"), "{% $x %}")], "is not JSONPath"),
    (text_rules.silent_endings, [(("States", "Uncounted", "Cause"), "It failed.")], "what to do"),
    (text_rules.silent_endings, [(("States", "Uncounted", "Error"), "failed")], "PascalCase"),
    (text_rules.silent_endings, [(("States", "Other"), SOUND["States"]["Uncounted"])], "as does Uncounted"),
    (text_rules.silent_endings, [((*TASK, "Comment"), ABSENT)], "Count has no Comment"),
    (text_rules.told_secrets, [((*TASK, "Parameters", "ReturnValues"), "ALL_NEW")], "the whole item (ALL_NEW)"),
    (text_rules.told_secrets, [((*TASK, "Resource"), "arn:aws:states:::dynamodb:getItem")], "ProjectionExpression"),
    (text_rules.told_secrets, [((*TASK, "Parameters", "UpdateExpression"), "SET paymentToken = :x")], "payment token"),
    (paths, [((*TASK, "Parameters", "Key"), {"S.$": "$.orderID"})], "Count reads $.orderID"),
    (paths, [((*TASK, "Parameters", "At.$"), "$$.State.Entered")], "the context object does not have"),
    (paths, [((*TASK, "ResultPath"), None)], "IsEnough reads $.counted.count"),
    (paths, [((*TASK, "ResultPath"), "$")], "IsEnough reads $.counted.count"),
    (paths, [((*CATCHER, "Next"), "IsEnough")], "IsEnough reads $.counted.count"),
    (paths, [((*TASK, "ResultSelector"), {"other.$": "$.Attributes"})], "IsEnough reads $.counted.count"),
    (paths, [((*TASK, "Parameters", "Key"), {"S.$": "States.Format('{}$.x', $.missing)"})], "reads $.missing"),
    (paths, [(("States", "IsEnough", "Choices", 0, "Variable"), "$.never")], "IsEnough reads $.never"),
    (paths, [((*TASK, "InputPath"), "$.orderId")], "the request stays whole"),
    (
        placeholders,
        [((*TASK, "Parameters", "TableName"), "${orders_tabel}")],
        "Terraform does not supply ${orders_tabel}",
    ),
    (
        placeholders,
        [((*TASK, "Parameters", "TableName"), "orders")],
        "supplies orders_table, which the file does not use",
    ),
]


@pytest.mark.parametrize(("rule", "changes", "finding"), BROKEN, ids=lambda value: getattr(value, "__name__", None))
def test_a_broken_machine_is_refused_with_the_reason(rule, changes, finding):
    assert any(finding in found for found in rule(machine(*changes)))


def step(retried: list[str], caught: list[str]) -> Machine:
    return machine(
        ((*TASK, "Resource"), "arn:aws:states:::lambda:invoke"),
        ((*TASK, "Parameters"), {"FunctionName": "${reserve_stock_function_arn}"}),
        ((*RETRIER, "ErrorEquals"), ["Lambda.Unknown", *retried]),
        ((*CATCHER, "ErrorEquals"), ["States.ALL", *caught]),
    )


@pytest.mark.parametrize(
    ("retried", "caught", "finding"),
    [
        (["StockBusyError"], ["OutOfStockError"], None),
        ([], ["OutOfStockError"], "Count does not retry StockBusyError, which reserve_stock raises and which passes"),
        (["StockBusyError"], [], "Count does not catch OutOfStockError, with which reserve_stock refuses"),
        (
            ["StockBusyError"],
            ["OutOfStockError", "UnknownProductError"],
            "Count names UnknownProductError, which reserve_stock does not declare to raise",
        ),
    ],
)
def test_a_steps_errors_must_have_their_way(retried, caught, finding):
    raised = frozenset({"StockBusyError", "OutOfStockError", "ReservationMismatchError"})
    findings = list(error_rules.misheard_errors(step(retried, caught), lambda key: raised))
    assert findings == ([finding] if finding else [])


def test_a_step_that_declares_no_errors_is_refused():
    assert any("declares no errors" in f for f in error_rules.misheard_errors(step([], []), lambda key: frozenset()))


def test_errors_are_read_out_of_both_docstring_styles():
    source = '''
def listed():
    """Do it.

    Raises:
        OneError: when.
        TwoError: when not.
    """
def told():
    """Do it; raises ThreeError."""
def quiet():
    """Return the FourError class."""
'''
    assert [sorted(raises_of(node)) for node in ast.parse(source).body] == [
        ["OneError", "TwoError"],
        ["ThreeError"],
        [],
    ]


@pytest.mark.parametrize(
    ("mocks", "finding"),
    [
        ({"StateMachines": {}, "MockedResponses": {}}, "no test case"),
        (
            {"StateMachines": {"sound": {"TestCases": {"A": {"Cuont": "x"}}}}, "MockedResponses": {"x": {}}},
            "A mocks Cuont, which is no Task",
        ),
        (
            {"StateMachines": {"sound": {"TestCases": {"A": {"Count": "x"}}}}, "MockedResponses": {}},
            "A answers Count with x, which is not defined",
        ),
        (
            {"StateMachines": {"sound": {"TestCases": {"A": {"Count": "x"}}}}, "MockedResponses": {"x": {}, "y": {}}},
            "y is used by no case",
        ),
        ({"StateMachines": {"other": {"TestCases": {}}}, "MockedResponses": {}}, "is about other, not sound"),
    ],
)
def test_a_mock_file_that_does_not_fit_is_refused(mocks, finding):
    assert any(finding in found for found in mock_rules.misfit_mocks(machine(), mocks))


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        ({"Return": {"Payload": {"orderId": "1", "status": "RESERVED"}}}, None),
        ({"Return": {"Payload": {"orderId": "1", "status": "HELD"}}}, "reserve_stock only answers"),
        ({"Return": {"Payload": {"orderId": "1"}}}, "reserve_stock only answers"),
        ({"Return": {"Payload": {"orderId": "1", "status": "RESERVED", "lines": 1}}}, "reserve_stock only answers"),
        ({"Return": {"status": "RESERVED"}}, "reserve_stock only answers"),
        ({"Throw": {"Error": "OutOfStockError"}}, None),
        ({"Throw": {"Error": "Lambda.Unknown"}}, None),
        ({"Throw": {"Error": "TypeError"}}, None),
        ({"Throw": {"Error": "PaymentDeclinedError"}}, "which reserve_stock does not declare to raise"),
        ({"Throw": {"Error": "OutOfStokError"}}, "which reserve_stock does not declare to raise"),
    ],
)
def test_a_mock_that_the_function_could_not_have_produced_is_refused(answer, finding):
    mocks = {"StateMachines": {"sound": {"TestCases": {"A": {"Count": "x"}}}}, "MockedResponses": {"x": {"0": answer}}}
    findings = list(mock_rules.impossible_mocks(step([], []), mocks))
    assert (findings == []) if finding is None else any(finding in found for found in findings), findings


@pytest.mark.parametrize(
    ("source", "target", "condition", "finding"),
    [
        ("PROCESSING", "CONFIRMED", "#status = :from AND executionArn = :execution", None),
        ("PENDING", "PROCESSING", "#status = :from", None),
        ("PENDING", "CONFIRMED", "#status = :from", "moves PENDING to CONFIRMED, which orders do not allow a workflow"),
        ("PROCESSING", "DONE", "#status = :from AND executionArn = :execution", "moves PROCESSING to DONE"),
        ("PROCESSING", "CONFIRMED", "#status = :from", "without asking whose it is"),
        ("PROCESSING", "CONFIRMED", "", "without a condition on the status"),
        ("CONFIRMED", "CANCELLED", "#status = :from", None),
        ("SHIPPED", "CANCELLED", "#status = :from", "moves SHIPPED to CANCELLED"),
    ],
)
def test_a_move_that_orders_do_not_allow_is_refused(source, target, condition, finding):
    values = {":from": {"S": source}, ":status": {"S": target}}
    parameters = {
        "TableName": "${orders_table}",
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
    }
    findings = list(status_rules.illegal_moves(machine(((*TASK, "Parameters"), parameters))))
    assert findings == [] if finding is None else any(finding in found for found in findings)


@pytest.mark.parametrize(
    ("condition", "finding"),
    [("#status = :cancelled", None), ("attribute_exists(orderId)", "writes an order without a condition")],
)
def test_a_write_that_moves_no_order_must_still_ask_for_its_status(condition, finding):
    parameters = {
        "TableName": "${orders_table}",
        "UpdateExpression": "SET refunded = :refunded",
        "ConditionExpression": condition,
        "ExpressionAttributeValues": {":cancelled": {"S": "CANCELLED"}, ":refunded": {"N": "0"}},
    }
    findings = list(status_rules.illegal_moves(machine(((*TASK, "Parameters"), parameters))))
    assert findings == [] if finding is None else any(finding in found for found in findings)


@pytest.mark.parametrize(
    ("target", "update", "finding"),
    [
        ("CONFIRMED", "SET #status = :status REMOVE openGroup, checkAfter", None),
        ("REJECTED", "REMOVE openGroup, checkAfter SET #status = :status", None),
        ("CANCELLED", "SET #status = :status, openGroup = :status, checkAfter = :status", None),
        ("CANCELLED", "SET #status = :status, openGroup = :status", "does not SET openGroup, checkAfter"),
        ("CANCELLED", "SET #status = :status REMOVE openGroup, checkAfter", "does not SET openGroup, checkAfter"),
        ("COMPLETE", "SET cancellation = :status REMOVE openGroup, checkAfter", None),
        ("COMPLETE", "SET cancellation = :status", "settles the order and does not REMOVE"),
        ("COMPLETE", "SET cancellation = :status REMOVE openGroup", "settles the order and does not REMOVE"),
        ("INCOMPLETE", "SET cancellation = :status", None),
        ("INCOMPLETE", "SET cancellation = :status REMOVE openGroup, checkAfter", "leaves something owed and hides"),
        ("PROCESSING", "SET #status = :status", None),
        ("FAILED", "REMOVE openGroup SET #status = :status, checkAfter = :status", "not REMOVE openGroup, checkAfter"),
        ("CONFIRMED", "SET #status = :status", "does not REMOVE openGroup, checkAfter"),
        ("FAILED", "SET #status = :status REMOVE openGroup", "does not REMOVE openGroup, checkAfter"),
        ("PROCESSING", "SET #status = :status REMOVE openGroup, checkAfter", "hides the order from the sweeper"),
    ],
)
def test_an_ending_that_leaves_the_order_open_is_refused(target, update, finding):
    parameters = {
        "TableName": "${orders_table}",
        "UpdateExpression": update,
        "ExpressionAttributeValues": {":status": {"S": target}},
    }
    findings = list(status_rules.unclosed_orders(machine(((*TASK, "Parameters"), parameters))))
    assert findings == [] if finding is None else any(finding in found for found in findings)


def test_a_choice_may_read_what_it_has_found_present_and_nothing_else():
    read = {"Variable": "$.extra", "StringEquals": "1"}
    present = {"Variable": "$.extra", "IsPresent": True}
    for conditions, sound in (([present, read], True), ([read, present], False), ([read], False)):
        choice = [{"And": conditions, "Next": "Counted"}]
        assert (paths(machine((("States", "IsEnough", "Choices"), choice))) == []) is sound
