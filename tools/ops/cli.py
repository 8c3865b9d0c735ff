"""The commands of `orderflow`, and how their errors read."""

from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from orderflow.runtime.errors import OrderflowError
from tools.ops.analytics import analytics
from tools.ops.audit import audit
from tools.ops.checkout import checkout
from tools.ops.discounts import discounts
from tools.ops.dlq import dlq
from tools.ops.doctor import doctor
from tools.ops.executions import executions
from tools.ops.journal import operations
from tools.ops.keys import keys
from tools.ops.orders import orders
from tools.ops.payments import payments
from tools.ops.search import search
from tools.ops.stock import stock
from tools.ops.sweep import sweep
from tools.ops.users import users
from tools.ops.webhooks import webhooks
from tools.terminal import ToolError

CANNOT = 2  # 1 is the doctor's: something is broken
STOPPED = 130  # as shells tell of Ctrl-C


class Refusal(click.ClickException):
    """One line on standard error and exit code 2."""

    exit_code = CANNOT


class Commands(click.Group):
    """The root: what contexts and AWS refuse becomes one clear line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OrderflowError as error:
            raise Refusal(error.message) from error
        except (ToolError, BotoCoreError, ClientError) as error:
            raise Refusal(str(error)) from error
        except KeyboardInterrupt:
            # Not click's 1, which is the doctor's.
            raise SystemExit(STOPPED) from None
        except click.UsageError:
            raise
        except click.ClickException as error:
            raise Refusal(error.message) from error


@click.group(cls=Commands, name="orderflow")
def cli() -> None:
    """Look into a running shop and mend it: the local stack, or the AWS environment that ENV names."""


for _command in (
    orders,
    dlq,
    executions,
    payments,
    stock,
    search,
    checkout,
    keys,
    discounts,
    webhooks,
    users,
    sweep,
    doctor,
    analytics,
    operations,
    audit,
):
    cli.add_command(_command)
