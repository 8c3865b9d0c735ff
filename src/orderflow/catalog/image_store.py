"""The private image bucket: signed uploads and signed addresses. Signing is local arithmetic, no request to S3."""

from collections.abc import Callable, Mapping
from typing import Any

VIEW_SECONDS = 3600


class S3ImageStore:
    """Signatures for one bucket; they are worth what this function's role may do (IAM: s3:PutObject or s3:GetObject).

    `client` is called on first use: a page without pictures never imports S3.
    """

    def __init__(self, client: Callable[[], Any], bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def address(self, key: str) -> str:
        """Return an address that shows the object for an hour."""
        return str(
            self._client().generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=VIEW_SECONDS
            )
        )

    def form(self, key: str, content_type: str, max_bytes: int, expires_in: int) -> tuple[str, Mapping[str, str]]:
        """Return address and fields of a form POST whose key, type and size are bound into the signature."""
        signed = self._client().generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
            ExpiresIn=expires_in,
        )
        return signed["url"], signed["fields"]
