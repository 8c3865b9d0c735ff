"""S3 ObjectCreated under uploads/: a profile picture is looked at. What raises is repeated by Lambda."""

from collections.abc import Mapping
from typing import Any

from orderflow.customers.picture_store import DynamoPictureProfiles, S3PictureShelf
from orderflow.customers.pictures import Outcome, check_picture
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.notification import notification_handler, object_keys, upload_request_id
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.trail import Author


@notification_handler
def handler(event: Mapping[str, Any]) -> None:
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), "function:check_picture", upload_request_id(event))
    shelf = S3PictureShelf(client("s3"), settings.text("PROFILE_PICTURES_BUCKET"))
    profiles = DynamoPictureProfiles(client("dynamodb"), settings.text("CUSTOMERS_TABLE"), author=author)
    for key in object_keys(event):
        checked = check_picture(key, shelf=shelf, profiles=profiles, clock=utc_now)
        match checked.outcome:
            case Outcome.ACCEPTED:
                log(LogEvent.PICTURE_ACCEPTED, user_id=checked.user_id)
                count("PicturesAccepted")
            case Outcome.REJECTED:
                log(LogEvent.PICTURE_REJECTED, user_id=checked.user_id, reason=checked.refusal)
                count("PicturesRejected")
            case _:
                log(LogEvent.PICTURE_LEFT_OUT, user_id=checked.user_id, outcome=checked.outcome.value)
