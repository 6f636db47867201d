"""Desktop notifications: words of users reach the desktop as words, whatever is in them."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
import time
from pathlib import Path

import pytest

from arena.ui.attention import notification_command, notification_tool, notify_desktop

ODD = [
    ("dqn-cartpole-01 finished", "500 \u00b1 0 over 100 episodes"),
    ("--urgency=critical", "-e do shell script \"touch /tmp/x\""),
    ("-1", "--help"),
    ('"; $(touch x) `touch y` & whoami', "<b>bold</b> & 'quoted' \\n \\\\ %s"),
    ("line\nbreak\x00null\x1b[31m", "\udcff lone \ufffd \u202e turned"),
    ("\U0001f40d " + "long " * 400, "\u65e5\u672c\u8a9e"),
    ("", ""),
]  # fmt: skip
ECHO = """#!{python}
import json, os, sys
words = [os.environ.get("ARENA_NOTICE_TITLE"), os.environ.get("ARENA_NOTICE_TEXT")]
with open(sys.argv[0] + ".said", "w", encoding="utf-8") as said:
    json.dump([sys.argv[1:], words], said)
"""
posix = pytest.mark.skipif(os.name == "nt", reason="a stand-in for the desktop's program is a script")


def stand_in(folder: Path, name: str) -> Path:
    """A program of that name which writes down what it was given."""
    path = folder / name
    path.write_text(ECHO.format(python=sys.executable))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def said(tool: Path) -> tuple[list[str], list[str]]:
    arguments, words = json.loads(Path(f"{tool}.said").read_text(encoding="utf-8"))
    return arguments, words


@posix
@pytest.mark.parametrize(("title", "text"), ODD)
@pytest.mark.parametrize("name", ["notify-send", "osascript", "powershell"])
def test_odd_words_are_handed_over_as_words(tmp_path: Path, name: str, title: str, text: str) -> None:
    tool = stand_in(tmp_path, name)
    thread = notify_desktop(title, text, str(tool))
    assert thread is not None
    thread.join(10)
    arguments, words = said(tool)
    if name == "powershell":
        shown = words
        assert not any(title in argument or text in argument for argument in arguments if title and text)
    elif name == "osascript":
        shown = arguments[-2:]
        assert arguments[-3] == "Arena"  # an argument before which no option is read any more
    else:
        shown = arguments[-2:]
        assert arguments[-3] == "--"
    assert all(letter.isprintable() for word in shown for letter in word)
    assert all(len(word) <= 2000 for word in shown)
    if title.isascii() and title.isprintable():
        assert shown[0] == title


def test_what_notify_send_would_read_as_markup_or_escape_is_not() -> None:
    command, _ = notification_command("/usr/bin/notify-send", "a < b", "<b>x</b> & \\n")
    assert command[-2:] == ["a < b", "&lt;b&gt;x&lt;/b&gt; &amp; \\\\n"]


def test_no_word_of_the_user_is_part_of_a_script() -> None:
    for tool in ("osascript", "powershell.exe"):
        one, _ = notification_command(tool, "title-of-mine", "text-of-mine")
        other, _ = notification_command(tool, "$(x)", '"; y')
        scripts = [[part for part in command if "\n" in part or " " in part] for command in (one, other)]
        assert [part for part in scripts[0] if "of-mine" not in part] == [
            part for part in scripts[1] if part not in ("$(x)", '"; y')
        ]


@posix
@pytest.mark.parametrize("trouble", ["gone", "fails", "hangs"])
def test_a_desktop_that_shows_nothing_holds_up_and_breaks_nothing(tmp_path: Path, trouble: str) -> None:
    tool = tmp_path / "notify-send"
    if trouble != "gone":
        tool.write_text(f"#!/bin/sh\n{'exit 3' if trouble == 'fails' else 'exec sleep 0.7'}\n")
        tool.chmod(0o755)
    began = time.monotonic()
    thread = notify_desktop("title", "text", str(tool))
    assert time.monotonic() - began < 0.5
    assert thread is not None
    assert thread.daemon
    thread.join(5)
    assert not thread.is_alive()


def test_a_platform_without_a_program_for_it_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert notification_tool() is None
    assert notification_tool("aix") is None
    assert notify_desktop("title", "text") is None
