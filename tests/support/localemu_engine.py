"""Start localemu's Step Functions with two defects of its mocks mended. Runs in .venv-workflow, not in .venv.

Measured with localemu 1.3.2, as AWS's Step Functions Local does neither:
- what a mock throws from a DynamoDB integration arrives as `DynamoDB.AmazonDynamoDBException`, whatever the mock says;
- a mock cannot throw `States.Timeout`, the commonest passing failure of all.
"""

from typing import Any

from localemu.runtime.main import main
from localemu.services.stepfunctions.asl.component.common.error_name.custom_error_name import CustomErrorName
from localemu.services.stepfunctions.asl.component.common.error_name.error_name import ErrorName
from localemu.services.stepfunctions.asl.component.common.error_name.failure_event import FailureEventException
from localemu.services.stepfunctions.asl.component.common.error_name.states_error_name import StatesErrorName
from localemu.services.stepfunctions.asl.component.state.state_execution.state_task import local_mock_eval_utils
from localemu.services.stepfunctions.asl.component.state.state_execution.state_task.service import (
    state_task_service_dynamodb,
)

_DynamoDB = state_task_service_dynamodb.StateTaskServiceDynamoDB
_own_from_error = _DynamoDB._from_error


def _from_error(self: Any, env: Any, ex: Exception) -> Any:
    return ex.failure_event if isinstance(ex, FailureEventException) else _own_from_error(self, env, ex)


def _error_name(error: str) -> ErrorName:
    return StatesErrorName.from_name(error) if error.startswith("States.") else CustomErrorName(error)


_DynamoDB._from_error = _from_error
local_mock_eval_utils.CustomErrorName = _error_name

if __name__ == "__main__":
    main()
