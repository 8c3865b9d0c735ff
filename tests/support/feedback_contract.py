"""What every implementation of the feedback store must do; run for the fake and for DynamoDB."""

from dataclasses import replace

import pytest

from orderflow.feedback.errors import FeedbackExistsError, FeedbackNotFoundError
from orderflow.feedback.feedback import MAX_PRODUCTS
from orderflow.feedback.recording import FeedbackMovedError, erase, record
from orderflow.feedback.settling import Outcome
from orderflow.orders.status import OrderStatus
from orderflow.runtime.errors import StaleVersionError
from tests.support.feedback import FeedbackWorld
from tests.support.orders import ADMIN, STRANGER

SECOND = "01JFR0ZEN00000000000000002"
THIRD = "01JFR0ZEN00000000000000003"


class FeedbackContract:
    """Feedback and the ratings of products are written together, or not at all."""

    def test_feedback_comes_back_whole_and_counts_at_each_product_of_the_order(self, world: FeedbackWorld) -> None:
        world.product("A", "B", "C")
        world.order("B", "A", "B")
        given = world.give(4, comment="sturdy", category="Quality")
        assert world.store.find(given.feedback_id) == given
        assert (given.comment, given.category, given.product_ids) == ("sturdy", "Quality", ("A", "B"))
        assert [world.rating(each) for each in "ABC"] == [(4, 1), (4, 1), (0, 0)]
        assert [world.listed(each) for each in "ABC"] == [[given.feedback_id], [given.feedback_id], []]

    def test_an_order_is_judged_once_and_the_first_judgement_stands(self, world: FeedbackWorld) -> None:
        world.product("A")
        world.order("A")
        given = world.give(4)
        with pytest.raises(FeedbackExistsError):
            world.give(1)
        assert (world.rating("A"), world.store.find(given.feedback_id)) == ((4, 1), given)

    def test_editing_changes_the_sum_and_not_the_number_and_words_alone_neither(self, world: FeedbackWorld) -> None:
        world.product("A", "B")
        world.order("A", "B")
        given = world.give(4, comment="good")
        edited = world.edit(given, rating=1)
        assert (world.rating("A"), world.rating("B"), edited.version) == ((1, 1), (1, 1), 2)
        again = world.edit(edited, comment="bad")
        assert (world.rating("A"), again.comment, again.rating) == ((1, 1), "bad", 1)
        assert world.store.find(given.feedback_id) == again

    def test_an_edit_of_an_older_version_changes_nothing(self, world: FeedbackWorld) -> None:
        world.product("A")
        world.order("A")
        given = world.give(4)
        world.edit(given, rating=5)
        with pytest.raises(StaleVersionError) as refusal:
            world.edit(given, rating=1)
        assert (refusal.value.current, world.rating("A")) == (2, (5, 1))

    def test_removed_feedback_is_gone_from_lists_and_ratings_and_the_order_is_not_judged_again(
        self, world: FeedbackWorld
    ) -> None:
        world.product("A", "B")
        world.order("A", "B")
        given = world.give(4, comment="mine")
        world.remove(given)
        assert world.store.find(given.feedback_id) is None
        assert [(world.rating(each), world.listed(each)) for each in "AB"] == [((0, 0), [])] * 2
        with pytest.raises(FeedbackExistsError):
            world.give(5)
        with pytest.raises(FeedbackNotFoundError):
            world.edit(given, rating=5)
        with pytest.raises(FeedbackNotFoundError):
            world.remove(given, ADMIN)
        assert world.rating("A") == (0, 0)

    def test_a_write_on_what_has_changed_in_between_changes_neither_feedback_nor_rating(
        self, world: FeedbackWorld
    ) -> None:
        world.product("A")
        world.order("A")
        read = world.give(4)
        world.edit(read, rating=5)
        with pytest.raises(FeedbackMovedError):
            record(read, replace(read, rating=1), world.clock(), world.store)
        with pytest.raises(FeedbackMovedError):
            erase(read, world.clock(), world.store)
        assert world.rating("A") == (5, 1)

    def test_a_withdrawn_product_keeps_being_rated_and_one_that_is_gone_is_left_out(self, world: FeedbackWorld) -> None:
        # Given an order of a product that was withdrawn since, and one that the catalogue does not have
        world.product("A", "B")
        world.order("A", "B", "GONE")
        world.withdraw("A")
        # When
        given = world.give(4)
        # Then
        assert given.counted == {"A", "B"}
        assert world.store.find(given.feedback_id) == given
        assert (world.rating("A"), world.rating("B"), world.listed("GONE")) == ((4, 1), (4, 1), [])
        edited = world.edit(given, rating=2)
        assert (world.rating("A"), world.rating("B")) == ((2, 1), (2, 1))
        world.remove(edited)
        assert (world.rating("A"), world.rating("B")) == ((0, 0), (0, 0))

    def test_a_product_that_returns_under_its_old_id_is_not_rated_by_what_was_said_before(
        self, world: FeedbackWorld
    ) -> None:
        world.order("A")
        given = world.give(4)
        world.product("A")
        world.edit(given, rating=1)
        assert world.rating("A") == (0, 0)
        world.remove(replace(given, version=2))
        assert world.rating("A") == (0, 0)

    def test_an_order_of_as_many_products_as_there_may_be_is_judged_in_one_transaction(
        self, world: FeedbackWorld
    ) -> None:
        products = [f"P{number:02d}" for number in range(MAX_PRODUCTS)]
        world.product(*products)
        world.order(*products)
        given = world.give(5, comment="everything")
        assert {world.rating(each) for each in products} == {(5, 1)}
        edited = world.edit(given, rating=1)
        assert {world.rating(each) for each in products} == {(1, 1)}
        world.remove(edited)
        assert {world.rating(each) for each in products} == {(0, 0)}

    def test_feedback_of_an_open_order_waits_and_counts_once_the_order_is_paid_for(self, world: FeedbackWorld) -> None:
        world.product("A")
        world.order("A", status=OrderStatus.PENDING)
        given = world.give(4)
        assert (given.counted, world.rating("A"), world.listed("A")) == (frozenset(), (0, 0), [])
        assert world.settle() == [Outcome.AS_IT_WAS]
        world.moves(OrderStatus.CONFIRMED)
        assert world.settle() == [Outcome.COUNTS]
        assert (world.rating("A"), world.listed("A")) == ((4, 1), [given.feedback_id])
        kept = world.store.find(given.feedback_id)
        assert (kept.version, kept.revision) == (1, 2)
        assert world.edit(given, rating=2).version == 2, "who gave it knows nothing of settling"

    def test_a_cancelled_order_takes_its_rating_with_it(self, world: FeedbackWorld) -> None:
        world.product("A")
        world.order("A")
        given = world.give(4)
        world.moves(OrderStatus.CANCELLED)
        assert world.settle() == [Outcome.COUNTS_NOT]
        assert (world.rating("A"), world.listed("A")) == ((0, 0), [])
        assert world.store.find(given.feedback_id).check_after is None
        world.clock.advance(days=9)
        assert world.settle() == []

    def test_what_is_due_is_found_the_longest_due_first_and_no_more_than_asked_for(self, world: FeedbackWorld) -> None:
        world.product("A")
        given = []
        for order_id in (THIRD, SECOND):
            world.order("A", order_id=order_id, status=OrderStatus.PENDING)
            given.append(world.give(order_id=order_id).feedback_id)
            world.clock.advance(seconds=1)
        now = world.clock()
        assert world.store.due(now, 5) == []
        world.clock.advance(minutes=1)
        assert (world.store.due(world.clock(), 5), world.store.due(world.clock(), 1)) == (given, given[:1])

    def test_a_product_is_listed_newest_first_each_once_whatever_the_page(self, world: FeedbackWorld) -> None:
        world.product("A", "B")
        given = []
        for number in range(7):
            world.order("A", order_id=f"01JFR0ZEN{number:017d}", user=STRANGER)
            given.append(world.give(order_id=f"01JFR0ZEN{number:017d}", user=STRANGER).feedback_id)
            world.clock.advance(seconds=number % 2)  # two and two in the same millisecond
        lists = [world.listed("A", limit=limit) for limit in (1, 2, 3, 7, 20)]
        assert [sorted(each) for each in lists] == [sorted(given)] * 5
        assert lists[1:] == lists[:-1]
        moments = [world.store.find(feedback_id).created_at for feedback_id in lists[0]]
        assert moments == sorted(moments, reverse=True)

    def test_what_comes_in_or_goes_between_two_pages_neither_repeats_nor_hides_the_rest(
        self, world: FeedbackWorld
    ) -> None:
        # Given the first page of five
        world.product("A")
        given = [self._given(world, number) for number in range(5)]
        first, further = world.listing.page("A", 2, None)
        # When one more comes in, and the last of the page is removed
        self._given(world, 5)
        world.remove(first[-1])
        # Then
        rest, end = world.listing.page("A", 10, further)
        assert [each.feedback_id for each in (*first, *rest)] == given[::-1]
        assert end is None

    @staticmethod
    def _given(world: FeedbackWorld, number: int) -> str:
        world.clock.advance(seconds=1)
        return world.give(order_id=world.order("A", order_id=f"01JFR0ZEN{number:017d}")).feedback_id
