"""The doctor over ratings and feedback: each difference is named, and a shop at work is not slandered."""

from dataclasses import replace

import pytest

from orderflow.catalog.rating import Rating
from orderflow.catalog.rating_audit import RatedProduct
from orderflow.feedback.audit import FeedbackRow, check_feedback
from orderflow.operations.rated_products import check_ratings
from orderflow.runtime.audit import Finding
from tests.support.desk import FeedbackPages, InMemoryAudits, RatingPages
from tests.support.frozen import START

RULE = "ratings-are-what-feedback-says"


@pytest.fixture
def audits() -> InMemoryAudits:
    """Give a product that was judged twice, one that was judged once, and one that was not."""
    audits = InMemoryAudits()
    audits.judged("fbk_1", 4)
    audits.judged("fbk_2", 1)
    audits.judged("fbk_2", 1, "ITEM002")
    audits.rated["ITEM003"] = RatedProduct("ITEM003", Rating(), 0)
    audits.feedback.append(FeedbackRow("fbk_3", None, 5, None))
    return audits


def found(audits: InMemoryAudits) -> list[Finding]:
    return list(check_ratings(RatingPages(audits), FeedbackPages(audits)))


def test_ratings_that_add_up_are_no_finding_and_what_does_not_count_is_not_counted(audits: InMemoryAudits) -> None:
    assert found(audits) == []


@pytest.mark.parametrize(("total", "count"), [(6, 2), (5, 3), (0, 0)])
def test_a_sum_or_a_number_that_is_not_the_feedbacks_is_named(audits: InMemoryAudits, total: int, count: int) -> None:
    audits.rated["ITEM001"] = replace(audits.rated["ITEM001"], rating=Rating(total, count))
    message = f"the product says {count} ratings of {total} together, feedback says 2 of 5"
    assert found(audits) == [Finding(RULE, "product ITEM001", message)]


def test_a_rating_without_feedback_and_feedback_without_its_product_are_named(audits: InMemoryAudits) -> None:
    audits.rated["ITEM003"] = RatedProduct("ITEM003", Rating(5, 1), 1)
    del audits.rated["ITEM002"]
    assert [finding.subject for finding in found(audits)] == ["product ITEM002", "product ITEM003"]


def test_a_product_that_is_judged_during_every_look_is_unclear_and_not_broken(audits: InMemoryAudits) -> None:
    class Busy(RatingPages):
        looks = 0

        def rated(self, product_id: str) -> RatedProduct:
            self.looks += 1
            return RatedProduct(product_id, Rating(9, 9), self.looks)

    audits.rated["ITEM001"] = RatedProduct("ITEM001", Rating(9, 9), 0)
    [finding] = check_ratings(Busy(audits), FeedbackPages(audits))
    assert (finding.rule, finding.subject, finding.certain) == (RULE, "product ITEM001", False)


def test_what_was_written_between_two_pages_is_no_finding(audits: InMemoryAudits) -> None:
    sound = audits.rated["ITEM001"]

    class Earlier(RatingPages):
        def rated(self, _product_id: str) -> RatedProduct:
            return sound

    audits.rated["ITEM001"] = replace(sound, rating=Rating(4, 1))
    assert list(check_ratings(Earlier(audits), FeedbackPages(audits))) == []


@pytest.mark.parametrize(
    ("check_after", "named"), [(None, 0), ("2026-01-02T02:04:05.678Z", 0), ("2026-01-02T02:04:05.677Z", 1)]
)
def test_feedback_that_nobody_looks_after_is_named_after_an_hour(check_after: str | None, named: int) -> None:
    findings = list(check_feedback(FeedbackRow("fbk_1", None, 4, check_after), START))
    assert [(each.rule, each.subject) for each in findings] == [
        ("feedback-follows-its-order", "feedback fbk_1")
    ] * named
