"""What feedback refuses; codes are what clients rely on."""

from orderflow.runtime.errors import ConflictError, Detail, ForbiddenError, NotFoundError, TransientError


class ForeignFeedbackError(ForbiddenError):
    """Somebody would judge in another's name."""

    code = "NOT_YOUR_FEEDBACK"

    def __init__(self) -> None:
        super().__init__("Only who bought an order judges it: userId must be your own; leave it out.")


class OrderNotBoughtError(ConflictError):
    """The order ended without being bought."""

    code = "ORDER_NOT_BOUGHT"

    def __init__(self, order_id: str, status: str) -> None:
        super().__init__(
            f"Order {order_id} is {status}: what was not bought cannot be judged. Judge an order that went through.",
            [Detail(field="orderId", issue=f"is {status}")],
        )


class FeedbackExistsError(ConflictError):
    """The order was judged before."""

    code = "FEEDBACK_EXISTS"

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"Order {order_id} was judged already, and is judged once, also when that was removed. "
            f"GET /feedback?orderId={order_id} shows what there is; PUT changes it for a day.",
            [Detail(field="orderId", issue="was judged already")],
        )


class FeedbackNotFoundError(NotFoundError):
    """There is no such feedback, or it is another customer's."""

    code = "FEEDBACK_NOT_FOUND"

    def __init__(self, feedback_id: str) -> None:
        super().__init__(f"There is no feedback {feedback_id} of yours; GET /feedback?orderId= shows an order's.")


class FeedbackFinalError(ConflictError):
    """The day in which feedback may be changed is over."""

    code = "FEEDBACK_FINAL"

    def __init__(self, until: str) -> None:
        super().__init__(f"Feedback may be changed and removed for a day; this one's ended {until}.")


class FeedbackBusyError(TransientError):
    """The feedback kept changing while it was to be written; nothing was."""

    code = "FEEDBACK_BUSY"

    def __init__(self) -> None:
        super().__init__("The feedback kept changing; nothing was written. Try again.")


class FeedbackUnsettledError(TransientError):
    """Some feedback could not follow its order; the others did."""

    code = "FEEDBACK_UNSETTLED"

    def __init__(self, failed: int) -> None:
        super().__init__(f"{failed} could not follow their orders; the log line FEEDBACK_NOT_SETTLED of each says why.")
