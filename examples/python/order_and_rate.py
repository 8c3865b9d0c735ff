#!/usr/bin/env python3
"""Register, sign in, order, look at the order, rate it and read the figures: the older client's eleven steps.

    python3 order_and_rate.py https://<api>.execute-api.<region>.amazonaws.com/<stage>

Needs Python 3.9 or newer and nothing else. The base URL may also be in the environment as API_ENDPOINT.
"""

import json
import os
import secrets
import sys
import time
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

TIMEOUT_SECONDS = 30


def call(method, url, body=None, token=None):
    """Send one request and return the answer's JSON; anything but a success ends the program with the reason."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": token} if token else {})
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(url, data, headers, method=method), timeout=TIMEOUT_SECONDS) as answer:
            return json.load(answer)
    except HTTPError as error:
        sys.exit(f"{method} {url} answered {error.code}: {error.read().decode(errors='replace')}")
    except (URLError, TimeoutError) as error:
        sys.exit(f"{method} {url} got no answer: {getattr(error, 'reason', error)}")
    except ValueError:
        sys.exit(f"{method} {url} did not answer JSON: is that the API's base URL?")


def show(step, what, answer):
    print(f"{step}. {what}\n{json.dumps(answer, indent=2)}\n", flush=True)


def main():
    # 1. Where the API is
    api = (sys.argv[1] if len(sys.argv) > 1 else os.environ.get("API_ENDPOINT", "")).rstrip("/")
    if not api.startswith(("http://", "https://")):
        sys.exit("Say where the API is: order_and_rate.py <base URL>, or API_ENDPOINT=<base URL> in the environment.")

    # 2. A customer who does not exist yet
    email = f"python-{secrets.token_hex(6)}@example.com"
    password = f"CmdP@$$wOrd{secrets.randbelow(900) + 100}!"

    # 3 and 4. Register
    profile = {"email": email, "password": password, "firstName": "Direct", "lastName": "Client"}
    profile["phoneNumber"] = f"+1{1_000_000_000 + secrets.randbelow(1_000_000_000)}"
    registration = call("POST", f"{api}/register", profile)
    show(4, f"Registered {email}", registration)
    user_id = registration["userSub"]

    # 5 and 6. Sign in; the token is nobody else's business, so it is not shown
    tokens = call("POST", f"{api}/login", {"email": email, "password": password})
    token = tokens["idToken"]
    show(6, "Signed in", {"expiresIn": tokens["expiresIn"]})

    # 7. Order two products, at the prices we know: the API refuses the order should they have changed
    order = {
        "userId": user_id,
        "items": [
            {"productId": "ITEM001", "productName": "Test Item Alpha", "quantity": 1, "price": 19.99},
            {"productId": "ITEM002", "productName": "Test Item Beta", "quantity": 2, "price": 7.50},
        ],
        "shippingAddress": {"street": "456 Test Ave", "city": "CmdVille", "zipCode": "98765", "country": "DE"},
    }
    accepted = call("POST", f"{api}/orders", order, token)
    show(7, "Ordered", accepted)
    order_id = accepted["orderId"]

    # 8 and 9. All orders of the customer, and this one
    show(8, "The customer's orders", call("GET", f"{api}/orders?userId={quote(user_id)}", token=token))
    show(9, "The order", call("GET", f"{api}/orders/{quote(order_id)}", token=token))

    # 10. Rate it
    now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    feedback = {
        "userId": user_id,
        "orderId": order_id,
        "rating": 4,
        "comment": f"Testing feedback with direct commands. API Time: {now}",
        "category": "Direct Test",
    }
    show(10, "Rated", call("POST", f"{api}/feedback", feedback, token))

    # 11. What the customer may see of the figures
    show(11, "The summary", call("GET", f"{api}/analytics", token=token))


if __name__ == "__main__":
    main()
