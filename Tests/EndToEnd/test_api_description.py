"""The whole API, asked everything that its own description allows and much that it does not."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

PROBLEM = {"$ref": "#/components/responses/Problem"}


def described(address):
    """The description with each status named: what it says of all others, `default`, would allow any."""
    with urllib.request.urlopen(f"{address}/api/v1/openapi.json", timeout=10) as answer:
        document = json.load(answer)
    for operations in document["paths"].values():
        for operation in operations.values():
            responses = operation["responses"]
            del responses["default"]
            # Who asks is looked at before the route, also where anyone may: what is shown must be good.
            expected = ["401", "405"]
            if operation["security"]:
                expected.append("403")
            # A WebSocket, asked for as if it were a page.
            if "101" in responses:
                expected.append("426")
            for status in expected:
                responses.setdefault(status, PROBLEM)
    return document


def only_once(pairs):
    """The object; JSON that names a member twice is read by each reader as it likes."""
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"named twice: {sorted(n for n in names if names.count(n) > 1)}"
    return dict(pairs)


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
def test_every_member_is_named_once(server, name):
    address, _ = server
    with urllib.request.urlopen(f"{address}/api/v1/{name}.json", timeout=10) as answer:
        json.load(answer, object_pairs_hook=only_once)


def submit(address, token):
    """The id of a task that is soon over."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    asked = urllib.request.Request(f"{address}/api/v1/tasks", b'{"workflow":"hello"}', headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.load(answer)["id"]


def test_every_answer_is_as_described(server, tmp_path):
    address, command = server
    token = command("token", "create", "asker", "--role", "admin")
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps(described(address)))
    environment = os.environ | {
        "KNOWN_TASKS": " ".join(submit(address, token) for _ in range(4)),
        "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
        "PYTHONPATH": str(Path(__file__).parent),
    }
    done = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"), "run", description, "--url", address,
            "--header", f"Authorization: Bearer {token}",
            "--checks", "not_a_server_error,status_code_conformance,content_type_conformance",
            "--phases", "coverage,fuzzing", "--max-examples", "15", "--seed", "1", "--continue-on-failure",
            "--request-timeout", "10", "--no-color",
            # Ids of tokens are listed, and asking with what it finds it would revoke the token that it asks with.
            "--exclude-operation-id", "delete_api_v1_tokens_by_id",
        ],
        cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # It has been told nearly everything by then, and serves.
    assert submit(address, token)
