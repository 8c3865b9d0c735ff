"""What Terraform applied is what it describes."""


def test_a_second_plan_is_empty(stack) -> None:
    changes, output = stack.local.plan()
    assert not changes, output
