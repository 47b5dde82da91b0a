"""A recording of a terminal, in asciinema as it is."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ASCIINEMA = Path(sys.executable).with_name("asciinema")
SCRIPT = "printf '\\033[1mgr\u00f6\u00dfer\\033[m\\n'; sleep 0.3; echo '\u20ac \U0001f600'"


@pytest.fixture
def flags():
    # The tests' user may be root, whose shells are as dangerous as this machine is worth.
    return ["--terminals.allow_root=true"]


@pytest.fixture
def recording(server, tmp_path):
    """The file of one that a program has spoken in, with a pause."""
    address, command = server
    headers = {
        "Authorization": f"Bearer {command('token', 'create', 'ci', '--role', 'admin')}",
        "Content-Type": "application/json",
    }

    def ask(path, body=None):
        request = urllib.request.Request(f"{address}/api/v1/terminals{path}", body and json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    id = json.loads(ask("", {"command": "/bin/sh", "args": ["-c", SCRIPT], "recording": True}))["id"]
    deadline = time.monotonic() + 30
    while json.loads(ask(f"/{id}"))["state"] != "ended":
        assert time.monotonic() < deadline, "the program does not end"
        # Between two looks.
        time.sleep(0.01)
    file = tmp_path / "recording.cast"
    file.write_bytes(ask(f"/{id}/recording"))
    return file


@pytest.mark.parametrize("words", [["cat"], ["play", "--speed", "100"]])
def test_asciinema_shows_what_the_program_said(recording, tmp_path, words):
    environment = {"LC_ALL": "C.UTF-8", "ASCIINEMA_CONFIG_HOME": str(tmp_path / "asciinema")}
    done = subprocess.run(
        [ASCIINEMA, *words, recording], stdin=subprocess.DEVNULL, capture_output=True, timeout=30, env=environment,
        start_new_session=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == "\x1b[1mgr\u00f6\u00dfer\x1b[m\r\n\u20ac \U0001f600\r\n"
