"""Signing up: the account, its group and, once the address is proven, the profile."""

from collections.abc import Callable

from orderflow.customers.access import CUSTOMER_GROUP, NewCustomer, Registration, UserPool, require_no_spaces
from orderflow.customers.opening import NewUser, open_profile
from orderflow.customers.profiles import UserStore
from orderflow.customers.user import Clock


def register_customer(
    customer: NewCustomer,
    *,
    pool: UserPool,
    auto_confirm: bool,
    store_of: Callable[[str], UserStore],
    clock: Clock,
) -> Registration:
    """Create an account in the group of customers.

    `auto_confirm` spares the code from the e-mail: for development, where nothing is delivered. The profile is then
    made here, by the store that writes in the name of a user id; otherwise the pool asks for it when the code comes.
    Raises WeakPasswordError, EmailTakenError, RegistrationRefusedError.
    """
    require_no_spaces(customer.password)
    registration = pool.sign_up(customer)
    pool.add_to_group(customer.email, CUSTOMER_GROUP)
    if not auto_confirm or registration.confirmed:
        return registration
    pool.confirm_unasked(customer.email)
    user_id = registration.user_sub
    new = NewUser(
        full_name(customer.first_name, customer.last_name), customer.email, phone_number=customer.phone_number
    )
    open_profile(user_id, new, store=store_of(user_id), clock=clock)
    return Registration(user_id, confirmed=True)


def full_name(first_name: str, last_name: str) -> str:
    """Return the name that a profile begins with."""
    return f"{first_name} {last_name}".strip()
