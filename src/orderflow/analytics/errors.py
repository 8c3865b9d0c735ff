"""What analytics refuses or fails at."""

from orderflow.runtime.errors import TransientError


class ChangeQueueUnavailableError(TransientError):
    """The queue did not take the changes, or asked us to slow down."""

    code = "CHANGE_QUEUE_UNAVAILABLE"


class UnreadableChangeError(Exception):
    """A message or a stream record is not what orders and feedback write; counting it again cannot help."""


class CountedMeanwhileError(Exception):
    """Somebody else counted one of them since it was read; nothing was written."""


class UncountableError(Exception):
    """The counters cannot hold this, such as a row that would grow too large; nothing was written."""
