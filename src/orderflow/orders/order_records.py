"""An order as the orders table keeps it; the workflow reads and writes the same attributes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orderflow.orders import movement_records
from orderflow.orders.intake import NewOrder
from orderflow.orders.open_orders import open_keys
from orderflow.orders.order import Address, HistoryEntry, Order, OrderLine, StatusReason
from orderflow.orders.status import OrderStatus

# Everything but what only processing may know: the payment token and the execution.
SHOWN_ATTRIBUTES = (
    "orderId", "userId", "status", "statusReason", "version", "currency", "items", "shipping", "tax", "discount",
    "refunded", "shippingAddress", "history", "createdAt", "updatedAt", "movements",
    "checkoutSessionId",
)  # fmt: skip


def to_record(new: NewOrder) -> dict[str, Any]:
    """Return a new order as a plain record."""
    order = new.order
    return {
        "orderId": order.order_id,
        "userId": order.user_id,
        "status": order.status.value,
        "version": order.version,
        "currency": order.currency,
        "items": [
            {
                "productId": line.product_id,
                "productName": line.product_name,
                "quantity": line.quantity,
                "unitPrice": line.unit_price,
                "lineTotal": line.line_total,
                **_charged(line),
            }
            for line in order.lines
        ],
        "subtotal": order.subtotal,
        "shipping": order.shipping,
        "tax": order.tax,
        **({"discount": order.discount} if order.discount else {}),
        "total": order.total,
        "refunded": order.refunded,
        "shippingAddress": address_record(order.shipping_address),
        "paymentToken": new.payment_token,
        "history": [{"status": entry.status.value, "at": entry.at, "by": entry.by} for entry in order.history],
        "createdAt": order.created_at,
        "updatedAt": order.updated_at,
        "correlationId": new.correlation_id,
        **({"checkoutSessionId": order.checkout_session_id} if order.checkout_session_id else {}),
        **open_keys(datetime.fromisoformat(order.created_at)),
    }


def address_record(address: Address) -> dict[str, str]:
    """Return an address as a plain record."""
    return {
        "street": address.street,
        "city": address.city,
        "zipCode": address.zip_code,
        "country": address.country,
    }


def from_record(record: Mapping[str, Any]) -> Order:
    """Return the order in a record that has at least SHOWN_ATTRIBUTES."""
    reason, address = record.get("statusReason"), record["shippingAddress"]
    return Order(
        order_id=record["orderId"],
        user_id=record["userId"],
        status=OrderStatus(record["status"]),
        status_reason=StatusReason(reason["code"], reason["message"]) if reason else None,
        version=record["version"],
        currency=record["currency"],
        lines=tuple(
            OrderLine(
                line["productId"],
                line["productName"],
                line["quantity"],
                line["unitPrice"],
                discount=line.get("discount", 0),
                tax=line.get("tax", 0),
            )
            for line in record["items"]
        ),
        shipping=record["shipping"],
        tax=record["tax"],
        discount=record.get("discount", 0),
        refunded=record["refunded"],
        shipping_address=Address(address["street"], address["city"], address["zipCode"], address["country"]),
        history=tuple(_entry(entry) for entry in record["history"]),
        created_at=record["createdAt"],
        updated_at=record["updatedAt"],
        movements=tuple(movement_records.from_record(movement) for movement in record.get("movements", ())),
        checkout_session_id=record.get("checkoutSessionId"),
    )


def _charged(line: OrderLine) -> dict[str, int]:
    # Most orders have neither: their rows stay as small as they are.
    return {name: amount for name, amount in (("discount", line.discount), ("tax", line.tax)) if amount}


def _entry(entry: Mapping[str, Any]) -> HistoryEntry:
    reason = entry.get("reason")
    return HistoryEntry(OrderStatus(entry["status"]), entry["at"], entry["by"], reason["code"] if reason else None)
