"""The stack picks ports, ends only what it started, and is worked on by one command at a time."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import ports, processes, record
from tools.emulator import Emulator
from tools.terminal import ToolError


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    ports_taken: set[int] = set()
    monkeypatch.setattr(ports, "is_free", lambda port: port not in ports_taken)
    return ports_taken


def test_the_first_port_is_taken_when_it_is_free(taken: set[int]) -> None:
    assert ports.choose(4566) == 4566


def test_the_next_free_port_is_taken_otherwise(taken: set[int]) -> None:
    taken |= {4566, 4567}
    assert ports.choose(4566) == 4568


def test_a_stack_comes_back_on_the_port_it_had(taken: set[int]) -> None:
    assert ports.choose(4566, 4570) == 4570
    taken.add(4570)
    assert ports.choose(4566, 4570) == 4566


def test_no_free_port_is_said_with_the_range(taken: set[int]) -> None:
    taken |= set(range(4566, 4766))
    with pytest.raises(ToolError, match="No free port between 4566 and 4765"):
        ports.choose(4566)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    yield process
    process.kill()
    process.wait(timeout=10)


def test_a_process_that_is_not_ours_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    assert processes.stop(sleeper.pid, "-m ministack", grace=5)
    processes.kill(sleeper.pid, "-m ministack")
    assert sleeper.poll() is None


def test_a_process_of_ours_is_ended(sleeper: subprocess.Popen[bytes]) -> None:
    assert processes.stop(sleeper.pid, "time.sleep(60)", grace=10)
    assert processes.command_of(sleeper.pid) == ""


def test_a_process_that_does_not_end_in_time_is_reported_and_not_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    stubborn = (
        "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", stubborn], start_new_session=True)
    try:
        while not ready.exists():
            assert process.poll() is None
        assert not processes.stop(process.pid, "SIG_IGN", grace=0.3)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait(timeout=10)


def test_the_emulator_listens_on_loopback_and_sees_nothing_of_the_callers_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of the caller")
    monkeypatch.setenv("PYTHONPATH", "src")
    env = Emulator(tmp_path, 4599).environment({})
    assert {name: value for name, value in env.items() if name.startswith("AWS_")} == {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": "http://localhost:4599",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    assert (env["BIND_HOST"], env["PERSIST_STATE"], env["S3_PERSIST"]) == ("127.0.0.1", "1", "1")
    assert "PYTHONPATH" not in env
    assert env["PATH"].startswith(str(Path(sys.executable).parent))


def test_queues_saved_on_another_port_are_found_again(tmp_path: Path) -> None:
    saved = tmp_path / "state" / "sqs.json"
    saved.parent.mkdir()
    saved.write_text('{"http://localhost:4566/0/orders": {"url": "http://localhost:4566/0/orders", "n": 4566}}')
    Emulator(tmp_path, 4570).move_from(4566)
    assert (
        saved.read_text() == '{"http://localhost:4570/0/orders": {"url": "http://localhost:4570/0/orders", "n": 4566}}'
    )


def test_streams_are_read_from_their_beginning_after_a_start(tmp_path: Path) -> None:
    # Given an emulator that had read 249 records, and saved that number but none of the records
    saved = tmp_path / "state" / "lambda.json"
    saved.parent.mkdir()
    positions = {"__account_region_scoped__": True, "data": {"0\0eu-central-1\0'mapping'": 249}}
    kept = {"esms": {"mapping": {"BatchSize": 10}}, "kinesis_positions": {"data": {}}}
    saved.write_text(
        json.dumps({"__ministack_format__": 2, "payload": {**kept, "dynamodb_stream_positions": positions}})
    )
    # When it is about to start, also where nothing was ever saved
    Emulator(tmp_path, 4566).rewind_streams()
    Emulator(tmp_path / "new", 4566).rewind_streams()
    # Then it begins with the first record that comes, and nothing else changed
    positions["data"] = {"0\0eu-central-1\0'mapping'": 0}
    assert json.loads(saved.read_text()) == {
        "__ministack_format__": 2,
        "payload": {**kept, "dynamodb_stream_positions": positions},
    }


def test_what_a_stack_remembers_survives(tmp_path: Path) -> None:
    remembered = record.Record(pid=7, port=4566, applied="abc", outputs={"api_endpoint": "http://x"})
    record.write(tmp_path, remembered)
    assert record.read(tmp_path) == remembered
    assert record.read(tmp_path / "other") == record.Record()


def test_an_unreadable_memory_says_how_to_start_over(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text('{"pid": ')
    with pytest.raises(ToolError, match="run `make reset` to start over"):
        record.read(tmp_path)


def test_two_commands_do_not_work_on_one_stack_at_once(tmp_path: Path) -> None:
    with (
        record.locked(tmp_path / "local"),
        pytest.raises(ToolError, match="Another command works on the stack 'local'"),
        record.locked(tmp_path / "local"),
    ):
        pass
    with record.locked(tmp_path / "local"):
        pass
