"""Whose the orders of sessions are: a user id by the contract's pattern that nobody has in the user pool."""


def owner_of(client_id: str) -> str:
    """Return whose an agent's order is: the client's, which is nobody of the user pool."""
    return f"client-{client_id}"


def is_a_clients(user_id: str) -> bool:
    """Tell whether an order's owner is a client, so that the order was placed for a session."""
    return user_id.startswith("client-")
