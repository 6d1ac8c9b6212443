"""Folders of temporary files, whose processes end well or not."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from otn.store.scratch import scratch
from tests.processes import Process

_HOLDS_ONE = """
import sys
from otn.store.scratch import scratch
with scratch("test") as folder:
    (folder / "file").write_text("something")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No other process has its temporary files here."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def _holder() -> Process:
    return Process([sys.executable, "-c", _HOLDS_ONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _folder_of(holder: Process) -> Path:
    assert holder.stdout is not None
    return Path(holder.stdout.readline().strip())


def test_a_folder_is_gone_with_what_lies_in_it(temporary: Path) -> None:
    with scratch("test") as folder:
        (folder / "file").write_text("something")
        assert folder.parent == temporary
    assert not list(temporary.iterdir())


def test_a_folder_is_gone_after_an_error(temporary: Path) -> None:
    with pytest.raises(ValueError, match="of the user"), scratch("test"):
        raise ValueError("of the user")
    assert not list(temporary.iterdir())


def test_what_a_killed_process_left_is_removed_by_the_next(temporary: Path) -> None:
    with _holder() as holder:
        left = _folder_of(holder)
        holder.kill()
        holder.wait()
    assert (left / "file").exists()
    with scratch("other") as folder:
        assert list(temporary.iterdir()) == [folder]


def test_the_folder_of_a_process_that_lives_stays() -> None:
    with _holder() as holder:
        kept = _folder_of(holder)
        with scratch("test") as folder:
            assert folder != kept
            assert (kept / "file").read_text() == "something"
