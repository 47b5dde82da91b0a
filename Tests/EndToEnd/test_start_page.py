"""The page at `/`, in a real browser, of the program as a user runs it."""

import json
import os
import re

import pytest
from playwright.sync_api import expect


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


@pytest.fixture
def feed(page):
    """What the page's WebSocket says is said by the test: a list of messages and a close, for each time it comes."""
    visits = []

    def play(route):
        if not visits:
            return
        messages, close = visits.pop(0)
        for message in messages:
            route.send(json.dumps(message))
        if close:
            route.close(code=close[0], reason=close[1])

    page.route_web_socket(re.compile("/api/v1/ws/system-status$"), play)
    return visits


def status(data, **more):
    return {"type": "system_status_update", "seq": 1, "ts": "2026-11-20T06:58:11.002Z", "data": data, **more}


def test_what_is_old_is_shown_as_old(server, page, feed):
    _, command = server
    parts = {"disk": {"status": "healthy", "message": "There is room."}}
    feed.append(([status({"status": "healthy", "components": parts}, stale="It took too long.")], None))
    page.goto(command("login-link"))
    expect(page.locator("#state")).to_contain_text("Not current. It took too long. Last seen: healthy, ")
    expect(page.locator("#parts tr")).to_have_count(1)


def test_what_was_never_seen_is_not_known(server, page, feed):
    _, command = server
    feed.append(([status(None, stale="It could not be looked at.")], None))
    page.goto(command("login-link"))
    expect(page.locator("#state")).to_have_text("Not known. It could not be looked at.")


def test_the_page_comes_again_where_the_end_says_so(server, page, feed):
    _, command = server
    end = {"type": "end", "ts": "2026-11-20T06:58:11.002Z", "data": {"code": 4999, "retry": True}}
    feed.append(([end], (4999, "Come again")))
    feed.append(([status({"status": "degraded", "components": {}})], None))
    page.goto(command("login-link"))
    expect(page.locator("#state")).to_have_text("Not connected: 4999 Come again")
    expect(page.locator("#state")).to_contain_text("degraded; last change ", timeout=10_000)


def test_a_server_that_cannot_be_asked_is_not_kept_quiet(server, page):
    address, _ = server
    page.route("**/api/v1/me", lambda route: route.abort())
    page.goto(address)
    expect(page.locator("#who")).to_contain_text("It cannot be said who is signed in: ")
