"""What all tests here need: the program as a user runs it."""

import os
import re
import select
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

HOLDFAST = Path(__file__).parents[2] / os.environ.get("HOLDFAST", ".build/debug/holdfast")


@pytest.fixture
def flags():
    """What the server is started with besides."""
    return []


@pytest.fixture
def server(tmp_path, flags):
    """A server of its own; its address, and what runs a command beside it. It must end by itself."""
    process = subprocess.Popen(
        [HOLDFAST, "serve", "--data", tmp_path, "--listen", "127.0.0.1:0", "--terminals.survive_restart=off", *flags],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
        assert select.select([process.stdout], [], [], 30)[0], "it did not say `ready` within 30 s"
        address = re.fullmatch(r"ready (http://\S+)\n", process.stdout.readline())[1]

        def command(*words):
            done = subprocess.run([HOLDFAST, *words, "--data", tmp_path], capture_output=True, text=True, timeout=30)
            assert done.returncode == 0, done.stderr
            return done.stdout.strip()

        yield address, command
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def page():
    """A page of a browser that has never been here, on which nothing may go wrong unseen."""
    troubles = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell")
        page = browser.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if "Content Security Policy" in line.text else None)
        yield page
        browser.close()
    assert troubles == []
