"""A terminal in a page of one's own: xterm.js and its attach add-on as they are, in a real browser."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

XTERM = Path(__file__).parents[2] / "build/xterm/spyder_terminal/server/static/components/@xterm"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="xterm.css">
<div id="terminal"></div><p id="state">connecting</p>
<script src="xterm.js"></script><script src="addon-attach.js"></script><script src="page.js"></script>"""
SCRIPT = """
const wanted = new URLSearchParams(location.search);
const screen = new Terminal({cols: 80, rows: 24});
screen.open(document.getElementById("terminal"));
const state = document.getElementById("state");
fetch("/api/v1/ws-ticket", {method: "POST"}).then(answer => answer.json()).then(({ticket}) => {
  const socket = new WebSocket(
    `ws://${location.host}/api/v1/ws/terminals/${wanted.get("id")}?control=none&ticket=${ticket}`);
  socket.onopen = () => { state.textContent = "open"; };
  socket.onclose = ({code, reason}) => { state.textContent = `closed: ${code} ${reason}`; };
  screen.loadAddon(new AttachAddon.AttachAddon(socket));
});
window.text = () => {
  const lines = [];
  for (let row = 0; row < screen.buffer.active.length; row++)
    lines.push(screen.buffer.active.getLine(row).translateToString(true));
  return lines.join("\\n");
};
"""


@pytest.fixture
def folder(tmp_path_factory):
    """What a page of one's own is made of."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "index.html").write_text(PAGE)
    (folder / "page.js").write_text(SCRIPT)
    for part in ["xterm/lib/xterm.js", "xterm/css/xterm.css", "addon-attach/lib/addon-attach.js"]:
        shutil.copy(XTERM / part, folder)
    return folder


@pytest.fixture
def flags(folder):
    # The tests' user may be root, whose shells are as dangerous as this machine is worth.
    return ["--static_folder", folder, "--terminals.allow_root=true"]


def test_xterm_and_its_attach_add_on_work_as_they_are(server, page, tmp_path):
    address, command = server
    page.goto(command("login-link"))
    made = page.evaluate(
        """async () => (await fetch("/api/v1/terminals", {method: "POST", headers: {"Content-Type": "application/json"},
           body: JSON.stringify({command: "/bin/sh", env: {PS1: "$ "}, cols: 80, rows: 24})})).json()""")
    page.goto(f"{address}/index.html?id={made['id']}")
    expect(page.locator("#state")).to_have_text("open")
    page.locator(".xterm-helper-textarea").focus()
    page.keyboard.type("printf '%s-%s\\n' \u00e4\u20ac $((6 * 7)); stty size\n")
    page.wait_for_function("window.text().includes('\u00e4\u20ac-42\\n24 80')")
    page.screenshot(path=os.environ.get("SCREENSHOT", tmp_path / "terminal.png"))
    page.keyboard.type("exit 3\n")
    expect(page.locator("#state")).to_have_text("closed: 1000 Terminal exited")
