"""The local stack with somebody between its functions and AWS, for as long as a measurement takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from tools.forwarder import Watcher, forwarding
from tools.stack import Stack
from tools.target import Target


@contextmanager
def watched(stack: Stack, watcher: Watcher) -> Iterator[Target]:
    """Let every AWS call of the functions pass a watcher; the yielded target itself speaks to the local AWS.

    The local AWS is restarted on its data, and again at the end: functions learn the address at their start.
    """
    shop = Target(stack.outputs(), stack.endpoint)
    with forwarding(stack.record.port or 0, watcher) as address:
        stack.down()
        stack.start({"AWS_ENDPOINT_URL": address})
        try:
            yield shop
        finally:
            stack.down()
            stack.start({})
