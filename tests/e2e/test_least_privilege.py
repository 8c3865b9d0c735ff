"""The same journeys with IAM enforced: every function has what it needs, and what it lacks is denied.

The stack is restarted with the emulator's IAM evaluation on; AWS calls of the functions pass a TLS terminator, because
the queues, topics and buckets refuse plain HTTP.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.shop import Shop
from tests.e2e.test_cancellation import (  # noqa: F401 - collected here again, under IAM
    test_a_confirmed_order_is_refunded_and_restocked_and_the_world_told_once,
)
from tests.e2e.test_catalogue import (  # noqa: F401 - collected here again, under IAM
    test_a_changed_cursor_is_refused,
    test_a_product_lives_from_creation_to_withdrawal,
    test_a_search_finds_a_product_by_beginnings_of_its_words_for_as_long_as_it_is_called_so,
    test_an_uploaded_picture_shows_up_in_the_product,
)
from tests.e2e.test_client_keys import (  # noqa: F401 - collected here again, under IAM
    CURRENT,
    STOCK,
    issue,
    machine,
    test_a_key_without_the_scope_is_a_403_that_names_it,
    test_a_machine_reads_stock_and_what_its_key_may_do,
    test_a_revoked_key_is_refused_at_once_although_the_gateway_still_knows_it,
    test_an_administrator_finds_the_newest_keys_first_and_none_of_their_secrets,
    test_both_secrets_of_a_rotated_key_work_until_the_overlap_ends,
    test_every_change_of_a_key_is_in_the_audit_trail_without_its_secret,
)
from tests.e2e.test_feedback import (  # noqa: F401 - collected here again, under IAM
    product,
    settle,
    test_feedback_counts_changes_and_goes_with_the_products_of_its_order,
    test_what_was_not_bought_does_not_count,
)
from tests.e2e.test_fulfilment import (  # noqa: F401 - collected here again, under IAM
    test_an_order_is_shipped_in_parts_delivered_taken_back_and_refunded_and_the_world_told,
    test_what_a_function_left_when_it_died_is_finished_by_the_next_run_and_once,
)
from tests.e2e.test_identity import (  # noqa: F401 - collected here again, under IAM
    test_a_refresh_token_gives_a_new_id_token_that_works,
    test_the_one_door_does_what_the_single_routes_do,
)
from tests.e2e.test_order_journey import (  # noqa: F401 - collected here again, under IAM
    test_a_declined_payment_ends_the_order_and_gives_the_stock_back,
    test_a_provider_that_never_answers_fails_the_order_and_gives_the_stock_back,
    test_a_repeated_request_with_one_key_gives_one_order,
    test_an_accepted_order_is_confirmed_with_the_servers_prices_and_leaves_the_stock,
    test_an_order_beyond_the_stock_is_rejected_and_takes_nothing,
    test_orders_are_listed_newest_first_page_by_page,
)
from tests.e2e.test_review import (  # noqa: F401 - collected here again, under IAM
    test_a_customer_cancels_an_order_in_review_and_its_workflow_ends,
    test_an_approved_order_is_confirmed_and_nothing_was_charged_before,
    test_an_order_that_nobody_looked_at_in_time_is_rejected_by_the_sweepers_look,
)
from tests.e2e.test_sweeper import (  # noqa: F401 - collected here again, under IAM
    test_a_cancelled_order_whose_cancellation_ended_too_early_is_given_back_after_a_sweep,
    test_a_captured_payment_of_an_order_whose_execution_is_gone_is_refunded,
    test_an_order_that_was_never_queued_is_confirmed_after_a_sweep_and_a_second_sweep_changes_nothing,
    test_sample_orders_of_a_seed_are_placed_once_and_finish,
    world,
)
from tests.e2e.test_users import (  # noqa: F401 - collected here again, under IAM
    test_a_deleted_user_is_gone_at_once_for_everybody,
    test_a_new_address_signs_in_and_the_old_one_is_free,
    test_administrators_find_people_newest_first_and_by_how_address_and_name_begin,
    test_an_administrator_invites_somebody_who_then_has_a_password_of_their_own,
    test_the_pools_trigger_opens_the_profile_of_whoever_proved_their_address,
    test_who_registers_has_a_profile_and_keeps_it,
)
from tests.support.tls_terminator import tls_terminator


@pytest.fixture(scope="module", autouse=True)
def enforced_iam(stack) -> Iterator[None]:
    """Restart the stack with IAM on, and give it back to the other modules as it was."""
    with tls_terminator(stack.local.record.port) as secure:
        stack.restart({"AUTH": "true", "AWS_ENDPOINT_URL": secure}, endpoint=secure)
        with _answers_to_any_token(stack):
            yield
        stack.restart({})


@contextmanager
def _answers_to_any_token(stack) -> Iterator[None]:
    """AWS judges an answer to a task token by its state machine, the emulator by `*` (docs/emulator-parity.md)."""
    iam, policy = stack.client("iam"), "AnswersToAnyTokenOnTheEmulator"
    actions = [f"states:SendTask{what}" for what in ("Failure", "Heartbeat", "Success")]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    roles = [stack.output("function_names")[key] for key in ("cancel_order", "review_order", "sweep_orders")]
    for role in roles:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=document)
    yield
    for role in roles:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)


def test_health_is_good_under_iam(shop: Shop) -> None:
    answer = shop.get("/health")
    assert answer.status_code == 200, answer.text


def test_a_function_without_its_policy_is_denied(customer: Shop, stack) -> None:
    """The control: were IAM not enforced, the tests above would prove nothing."""
    assert customer.get("/orders").status_code == 200
    with _without_its_policy(stack, "list_orders"):
        denied = customer.get("/orders")
    assert denied.status_code == 500, denied.text
    assert customer.get("/orders").status_code == 200


def test_an_authorizer_without_its_policy_lets_no_key_in(shop: Shop, stack, issue) -> None:  # noqa: F811 - a fixture that is imported, and asked for by its name
    """The control for machines: their authorizer is asked about a key that the gateway has not seen, and is denied."""
    unseen = machine(shop, issue()["key"])
    with _without_its_policy(stack, "authorize_client"):
        denied = unseen.get(CURRENT)
    assert denied.status_code == 500, denied.text
    assert machine(shop, issue()["key"]).get(CURRENT).status_code == 200


def test_a_function_for_machines_without_its_policy_is_denied(shop: Shop, stack, issue) -> None:  # noqa: F811 - a fixture that is imported, and asked for by its name
    """The control for admission: the authorizer lets the key in, and the function may not count the request."""
    warehouse = machine(shop, issue()["key"])
    assert warehouse.get(STOCK).status_code == 200
    with _without_its_policy(stack, "get_stock"):
        denied = warehouse.get(STOCK)
    assert denied.status_code == 500, denied.text
    assert warehouse.get(STOCK).status_code == 200


@contextmanager
def _without_its_policy(stack, key: str) -> Iterator[None]:
    """Take a function's policy away for a moment."""
    iam, role = stack.client("iam"), stack.output("function_names")[key]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName=policy)
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))
