from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from arena.processes.locks import FileLock, is_locked
from tests.processes.house import eventually

HOLD = """
import sys, time
from pathlib import Path
from arena.processes.locks import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
time.sleep(100)
"""


def held_by_another(path: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    return holder


def test_a_lock_is_held_once_and_free_again_after_release(tmp_path):
    path = tmp_path / "runs" / "r1" / "lock"
    with FileLock(path) as lock:
        assert lock.acquire()
        assert is_locked(path)
        assert not FileLock(path).acquire()
    assert not is_locked(path)
    assert FileLock(path).acquire()


def test_a_lock_is_free_the_moment_its_holder_is_killed(tmp_path):
    path = tmp_path / "lock"
    with held_by_another(path) as holder:
        assert is_locked(path)
        assert not FileLock(path).acquire()
        holder.kill()
        holder.wait()
        assert not is_locked(path)


def test_a_lock_that_was_never_made_is_free_and_stays_unmade(tmp_path):
    assert not is_locked(tmp_path / "lock")
    assert not (tmp_path / "lock").exists()


def test_patience_outlasts_those_who_only_look(tmp_path):
    path = tmp_path / "lock"
    with FileLock(path) as glance:
        assert glance.acquire()
        waiting = subprocess.Popen(
            [sys.executable, "-c", HOLD.replace("acquire()", "acquire(60)"), str(path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        glance.release()
    with waiting:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "True\n"
        eventually(lambda: is_locked(path), "the patient one holds the lock")
        waiting.kill()
