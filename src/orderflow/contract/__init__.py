"""Body validators, generated from modules/api/openapi.yaml by `make contract`, and the error they raise.

`from orderflow.contract import place_order_request; place_order_request.validate(body)` returns the body or raises
SchemaError at the first finding. JSON types are strict: true is no number, 1.0 and "1" are no whole number.
"""

from orderflow.runtime.errors import Detail, InvalidRequestError

_LONGEST_KEY = 64


class SchemaError(InvalidRequestError, ValueError):
    """The body breaks the contract: `field` is the dotted path such as `items[0].quantity`, `issue` what is wrong there."""

    def __init__(self, path: str, issue: str, key: str | None = None) -> None:
        """Take the validator's path, which starts with `data`, and the key beneath it that is missing or too much."""
        # A key that should not be there is the client's own text: enough of it to recognise, never all of it.
        full_path = path if key is None else f"{path}.{key[:_LONGEST_KEY]}"
        self.field = full_path.removeprefix("data").lstrip(".") or "body"
        self.issue = issue
        super().__init__(f"{self.field} {issue}", [Detail(field=self.field, issue=issue)])
