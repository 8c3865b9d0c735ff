"""Whether the rating that a product carries is what the feedback on it adds up to."""

from collections.abc import Iterator

from orderflow.catalog.rating import UNRATED, Rating
from orderflow.catalog.rating_audit import RatedProduct, RatingAudit
from orderflow.feedback.audit import FeedbackAudit, ratings_given
from orderflow.runtime.audit import Finding

_RULE = "ratings-are-what-feedback-says"
_LOOKS = 3  # a product that is judged all the time changes while it is looked at


def check_ratings(products: RatingAudit, feedback: FeedbackAudit) -> Iterator[Finding]:
    """Compare every product's rating with the rows of feedback that count at it."""
    given = ratings_given(feedback)
    suspects = set(given)
    for page in products.rating_pages():
        yield from page.unreadable
        for product in page.records:
            if product.rating == given.get(product.product_id, UNRATED):
                suspects.discard(product.product_id)
            else:
                suspects.add(product.product_id)
    # What is left of the given has no product.
    yield from _confirmed(suspects, products, feedback)


def _confirmed(suspects: set[str], products: RatingAudit, feedback: FeedbackAudit) -> Iterator[Finding]:
    """Look again: feedback is written with the product it counts at, so an unchanged product proves the count."""
    for _ in range(_LOOKS):
        if not suspects:
            return
        before = {product_id: products.rated(product_id) for product_id in suspects}
        given = ratings_given(feedback)
        for product_id in sorted(suspects):
            product = products.rated(product_id)
            if product != before[product_id]:
                continue
            suspects.discard(product_id)
            yield from _compared(product_id, product, given.get(product_id, UNRATED))
    for product_id in sorted(suspects):
        message = f"its rating changed during each of {_LOOKS} looks; repeat when less feedback comes in"
        yield Finding(_RULE, f"product {product_id}", message, certain=False)


def _compared(product_id: str, product: RatedProduct | None, given: Rating) -> Iterator[Finding]:
    there = product.rating if product else UNRATED
    if there != given:
        message = (
            f"the product says {there.count} ratings of {there.total} together, "
            f"feedback says {given.count} of {given.total}"
        )
        yield Finding(_RULE, f"product {product_id}", message)
