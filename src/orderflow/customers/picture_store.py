"""Where profile pictures lie, and what a profile says of its own."""

from datetime import datetime
from typing import Any

from botocore import exceptions

from orderflow.customers.picture import HEAD_BYTES
from orderflow.customers.pictures import Found, Refusal, Settled
from orderflow.runtime.dynamo import (
    StoreUnavailableError,
    TransactionRefusedError,
    attempts,
    from_item,
    to_item,
    translated_errors,
)
from orderflow.runtime.trail import Author

_ATTEMPTS = 5
_GONE = frozenset({"404", "NoSuchKey", "PreconditionFailed"})
_ATTRIBUTES = ("listing", "pictureKey", "pictureReason", "pictureStatus", "pictureUpload")


class S3PictureShelf:
    """One bucket (IAM: s3:GetObject on what is looked at; s3:PutObject where it is shown; s3:DeleteObject on both;
    s3:ListBucket, without which S3 says of a missing object that it is forbidden)."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def look(self, key: str) -> Found | None:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes=0-{HEAD_BYTES - 1}")
        except exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "InvalidRange":
                return Found(0, b"", "")  # an empty object has no first byte
            if code in _GONE:
                return None
            raise
        # Without a range in the answer it is the whole object.
        size = answer.get("ContentRange", "").rpartition("/")[2] or answer["ContentLength"]
        return Found(int(size), answer["Body"].read(HEAD_BYTES), answer["ETag"])

    def copy(self, key: str, etag: str, to: str) -> bool:
        source = {"Bucket": self._bucket, "Key": key}
        try:
            self._client.copy_object(Bucket=self._bucket, Key=to, CopySource=source, CopySourceIfMatch=etag)
        except exceptions.ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return False
            raise
        return True

    def remove(self, key: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def remove_earlier(self, key: str) -> None:
        for each in self._in_folder(f"{key.rpartition('/')[0]}/"):
            if each < key:
                self.remove(each)

    def remove_all_of(self, user_id: str) -> None:
        """Remove everything that a person ever uploaded."""
        for key in self.all_of(user_id):
            self.remove(key)

    def all_of(self, user_id: str) -> list[str]:
        """Return the keys of everything that a person ever uploaded."""
        return [key for folder in ("uploads", "pictures") for key in self._in_folder(f"{folder}/{user_id}/")]

    def _in_folder(self, prefix: str) -> list[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return [each["Key"] for page in pages for each in page.get("Contents", ())]


class DynamoPictureProfiles:
    """Profiles of one table (IAM: dynamodb:GetItem, UpdateItem; PutItem on the trail)."""

    def __init__(self, client: Any, table: str, *, author: Author) -> None:
        self._client, self._table, self._author = client, table, author

    def accept(self, user_id: str, upload_id: str, key: str, at: datetime) -> Settled:
        facts: dict[str, str | None] = {"pictureKey": key, "pictureStatus": "ACCEPTED", "pictureReason": None}
        return self._settle(user_id, upload_id, "user.picture_changed", facts, at)

    def reject(self, user_id: str, upload_id: str, refusal: Refusal, at: datetime) -> Settled:
        facts: dict[str, str | None] = {"pictureStatus": "REJECTED", "pictureReason": refusal.value}
        return self._settle(user_id, upload_id, "user.picture_rejected", facts, at)

    def _settle(self, user_id: str, upload_id: str, action: str, facts: dict[str, str | None], at: datetime) -> Settled:
        for _ in range(_ATTEMPTS):
            row = self._row(user_id)
            if "listing" not in row:
                return Settled.NO_PROFILE
            last = row.get("pictureUpload", "")
            if last >= upload_id:
                return Settled.WRITTEN_BEFORE if last == upload_id else Settled.OVERTAKEN
            before = {name: row.get(name) for name in facts}
            entry = self._author.put(f"user#{user_id}", action, at, before=before, after=facts, owner=user_id)
            try:
                for attempt in attempts():
                    with attempt:
                        self._client.transact_write_items(
                            TransactItems=[{"Update": self._update(user_id, upload_id, last, facts)}, entry]
                        )
            except TransactionRefusedError:
                continue  # another picture was checked in between, or the profile deleted: look again
            return Settled.WRITTEN
        raise StoreUnavailableError("The profile kept changing; try again.")

    def _row(self, user_id: str) -> dict[str, Any]:
        names = {f"#{position}": name for position, name in enumerate(_ATTRIBUTES)}
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table,
                Key=to_item({"userId": user_id}),
                ConsistentRead=True,
                ProjectionExpression=", ".join(names),
                ExpressionAttributeNames=names,
            )
        return from_item(answer.get("Item", {}))

    def _update(self, user_id: str, upload_id: str, last: str, facts: dict[str, str | None]) -> dict[str, Any]:
        kept = {name: value for name, value in {**facts, "pictureUpload": upload_id}.items() if value is not None}
        gone = [name for name, value in facts.items() if value is None]
        read = "pictureUpload = :last" if last else "attribute_not_exists(pictureUpload)"
        return {
            "TableName": self._table,
            "Key": to_item({"userId": user_id}),
            "UpdateExpression": "SET "
            + ", ".join(f"{name} = :{name}" for name in kept)
            + (f" REMOVE {', '.join(gone)}" if gone else ""),
            "ConditionExpression": f"attribute_exists(listing) AND {read}",
            "ExpressionAttributeValues": to_item(
                {**{f":{name}": value for name, value in kept.items()}, **({":last": last} if last else {})}
            ),
        }
