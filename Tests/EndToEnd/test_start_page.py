"""The page at `/`, in a real browser, of the program as a user runs it."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

HOLDFAST = Path(__file__).parents[2] / os.environ.get("HOLDFAST", ".build/debug/holdfast")


@pytest.fixture
def server(tmp_path):
    """A server of its own; its address, and what runs a command beside it. It must end by itself."""
    process = subprocess.Popen(
        [HOLDFAST, "serve", "--data", tmp_path, "--listen", "127.0.0.1:0"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
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


def test_a_stranger_is_told_how_to_sign_in(server, page):
    address, _ = server
    page.goto(address)
    expect(page.locator("#who")).to_contain_text("holdfast login-link")
    expect(page.locator("#out")).to_be_hidden()
    expect(page.locator("#parts tr")).to_have_count(0)


def test_a_sign_in_link_leads_to_a_page_that_is_live(server, page, tmp_path):
    _, command = server
    page.goto(command("login-link"))
    expect(page.locator("#who")).to_have_text("Signed in as admin, admin.")
    expect(page.locator("#state")).to_contain_text(re.compile("^(healthy|degraded|down); last change "))
    for part in ["loops", "memory", "disk"]:
        expect(page.locator("#parts")).to_contain_text(part)
    page.screenshot(path=os.environ.get("SCREENSHOT", tmp_path / "start.png"))


def test_who_signs_out_is_no_longer_told(server, page):
    _, command = server
    page.goto(command("login-link"))
    expect(page.locator("#parts tr").first).to_be_visible()
    page.locator("#out").click()
    expect(page.locator("#who")).to_contain_text("You are not signed in.")
    # The server ends what was open with the sign-in, and says why.
    expect(page.locator("#state")).to_have_text("Not connected: 4002 Signed out")
    expect(page.locator("#parts tr")).to_have_count(0)
