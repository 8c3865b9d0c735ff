"""In which order the example requests work, and what one hands to the next.

An operation that is not here still gets its request, at the end under its tag: it belongs here as soon as it needs
an id of an earlier answer, another body than its first example, or the administrator's token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What only the reader knows has a value too: HTTP clients other than REST Client take no empty variable.
UNSET = "not-set"
# What the reader sets: the example's own value where there is one.
SETTINGS: dict[str, str] = {
    "baseUrl": "https://api.execute-api.eu-central-1.amazonaws.com/dev",
    "email": "ada@example.com",
    "password": "correct-Horse-7-battery",
    "adminToken": UNSET,
    "productId": "ITEM001",
    "newProductId": "MUG-01",
    "merchantId": "orderflow-local",
    "confirmationCode": UNSET,
    "emailCode": UNSET,
}


@dataclass(frozen=True)
class Step:
    """One call of an operation; everything but the operation has a default in the document.

    `body` replaces fields of the example (None leaves one out), `path` names the variable of a path parameter, `keep`
    says which field of the answer becomes which variable, `until` the order's status that the call is repeated for,
    `needs` the setting without which it is not sent.
    """

    operation: str
    name: str = ""
    title: str = ""
    example: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    until: str = ""
    needs: str = ""
    admin: bool = False
    status: int = 0


_NEW_PRODUCT = {"productId": "newProductId"}
_SESSION_TO_PAY = {"checkoutSessionId": "sessionToPay"}

CHAPTERS: dict[str, tuple[Step, ...]] = {
    "Sign up and in": (
        Step("checkHealth"),
        Step("registerCustomer", keep={"userId": "userSub"}),
        Step(
            "authenticateCustomer",
            name="confirmCustomer",
            title="Confirm the e-mail address, where the shop asks for it",
            body={"action": "confirm", "password": None, "code": "{{confirmationCode}}"},
            needs="confirmationCode",
            status=204,
        ),
        Step(
            "loginCustomer", keep={"idToken": "idToken", "accessToken": "accessToken", "refreshToken": "refreshToken"}
        ),
        Step("authenticateCustomer", title="Refresh the tokens", example="refresh"),
    ),
    "One's own profile": (
        Step("getUser"),
        Step("updateUser"),
        Step("confirmEmailChange", body={"code": "{{emailCode}}"}, needs="emailCode"),
    ),
    "Look around": (
        Step("listProducts", query={"sort": "price"}),
        Step("getProduct"),
    ),
    "Keep the catalogue (administrators)": (
        Step("createProduct", body={"productId": "{{newProductId}}"}),
        Step("adjustStock", path=_NEW_PRODUCT),
        Step("updateProduct", path=_NEW_PRODUCT),
        Step(
            "createUploadUrl",
            query={"filename": "mug.png", "contentType": "image/png", "productId": "{{newProductId}}"},
            admin=True,
        ),
        Step("deleteProduct", path=_NEW_PRODUCT),
    ),
    "Buy": (
        Step("placeOrder", example="withPrices", keep={"orderId": "orderId"}),
        Step("listOrders", query={"limit": "20"}),
        Step("getOrder", title="The order, until it is confirmed", until="CONFIRMED"),
        Step("updateOrder"),
    ),
    "Change one's mind": (
        Step(
            "placeOrder", name="placeOrderToCancel", title="Place an order to cancel", keep={"orderToCancel": "orderId"}
        ),
        Step("cancelOrder", path={"orderId": "orderToCancel"}),
        Step(
            "placeOrder", name="placeOrderToDelete", title="Place an order to delete", keep={"orderToDelete": "orderId"}
        ),
        Step("deleteOrder", path={"orderId": "orderToDelete"}),
    ),
    "Pay by request, and a person decides": (
        Step(
            "placeOrder",
            name="placeLargeOrder",
            title="Place an order that a person must look at",
            body={"items": [{"productId": "ITEM001", "quantity": 60}]},
            keep={"orderToReview": "orderId"},
        ),
        Step(
            "getOrder",
            name="getOrderToReview",
            title="The large order, until it is held for review",
            path={"orderId": "orderToReview"},
            until="REVIEW",
        ),
        Step("payOrder", body={"orderId": "{{orderToReview}}"}, keep={"paymentId": "paymentId"}),
        Step("getPayment"),
        Step("reviewOrder", path={"orderId": "orderToReview"}),
    ),
    "Fulfil (administrators)": (
        Step("shipOrder", keep={"shipmentId": "shipmentId"}),
        Step("deliverOrder"),
        Step("returnOrder"),
        Step("refundOrder"),
    ),
    "Judge": (
        Step("giveFeedback", keep={"feedbackId": "feedbackId"}),
        Step("listFeedback", query={"productId": "{{productId}}"}),
        Step("updateFeedback"),
        Step("deleteFeedback"),
    ),
    "The figures": (Step("getAnalytics"),),
    "Profiles (administrators)": (
        Step("listUsers", query={"limit": "20"}),
        Step("createUser", body={"email": "friend-of-{{email}}"}, keep={"friendId": "userId"}, admin=True),
        Step("deleteUser", path={"userId": "friendId"}, admin=True),
    ),
    "Machines (administrators issue their keys)": (
        Step(
            "createClientKey",
            body={
                "name": "Warehouse {{newProductId}}",
                "scopes": ["stock:read", "checkout:read", "checkout:write"],
                "expiresAt": None,
            },
            keep={"keyId": "keyId", "clientKey": "key"},
        ),
        Step("getCurrentClientKey"),
        Step("getStock"),
        Step("listClientKeys"),
        Step("getClientKey"),
    ),
    "An agent's checkout": (
        Step("discoverCheckout"),
        Step("serveCheckoutTools"),
        Step("createCheckoutSession", keep={"checkoutSessionId": "id"}),
        Step("getCheckoutSession"),
        Step("updateCheckoutSession"),
        Step("cancelCheckoutSession"),
        Step(
            "createCheckoutSession",
            name="createSessionToPay",
            title="Begin a session that knows its buyer and where it goes",
            body={
                "buyer": {"email": "jane@example.com"},
                "fulfillment_details": {
                    "address": {
                        "name": "Jane Doe",
                        "line_one": "Unter den Linden 1",
                        "city": "Berlin",
                        "state": "BE",
                        "country": "DE",
                        "postal_code": "10117",
                    }
                },
            },
            keep={"sessionToPay": "id"},
        ),
        Step(
            "updateCheckoutSession",
            name="chooseShipping",
            title="Choose how it is sent",
            path=_SESSION_TO_PAY,
            body={
                "buyer": None,
                "selected_fulfillment_options": [
                    {"type": "shipping", "option_id": "domestic-standard", "item_ids": ["line_1"]}
                ],
            },
        ),
        Step(
            "delegatePayment",
            body={
                "allowance": {
                    "reason": "one_time",
                    "max_amount": 10000,
                    "currency": "eur",
                    "checkout_session_id": "{{sessionToPay}}",
                    "merchant_id": "{{merchantId}}",
                    "expires_at": "2035-01-01T00:00:00Z",
                }
            },
            keep={"paymentToken": "id"},
        ),
        Step(
            "completeCheckoutSession",
            path=_SESSION_TO_PAY,
            body={
                "payment_data": {
                    "handler_id": "card",
                    "instrument": {"type": "card", "credential": {"type": "spt", "token": "{{paymentToken}}"}},
                }
            },
        ),
    ),
    "What agents are told of their orders (administrators)": (
        Step(
            "createWebhookEndpoint",
            body={"clientId": "{{keyId}}", "url": "https://agent.example.com/{{keyId}}"},
            keep={"endpointId": "endpointId"},
        ),
        Step("listWebhookEndpoints"),
        Step("getWebhookEndpoint"),
        Step("updateWebhookEndpoint", body={"url": "https://agent.example.com/{{keyId}}"}),
        Step("rotateWebhookSecret"),
        Step("deleteWebhookEndpoint"),
    ),
    "The end of a key (administrators)": (
        Step("rotateClientKey"),
        Step("revokeClientKey"),
    ),
}
