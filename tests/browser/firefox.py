"""A small WebDriver BiDi client (W3C standard) for the Firefox that a system ships; no driver needed.

Playwright's own Firefox is a patched one from its own host, and Debian ships no geckodriver.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

PREFERENCES = {"intl.accept_languages": "en-GB", "browser.shell.checkDefaultBrowser": False}
_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
_PATIENCE = 60.0


class Firefox:
    """One headless Firefox with one page; a context manager.

    Attributes:
        problems: errors in the page's log.
        requests: addresses that the page asked for.
    """

    def __init__(self, executable: str, profile: Path) -> None:
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()
        ]
        (profile / "user.js").write_text("\n".join(lines))
        self.problems: list[str] = []
        self.requests: list[str] = []
        self._number = 0
        command = [executable, "--headless", "--no-remote", "--remote-debugging-port", "0"]
        self._said = profile / "said.txt"  # not a pipe, which would fill up and stop it
        with self._said.open("w") as said:
            self._process = subprocess.Popen(
                [*command, "--profile", profile, "--width", "1366", "--height", "900", "about:blank"],
                stdout=said,
                stderr=said,
            )

    def __enter__(self) -> Firefox:
        end = time.monotonic() + _PATIENCE
        while not (found := _LISTENING.search(self._said.read_text(errors="replace"))):
            assert time.monotonic() < end, "Firefox does not start"
            time.sleep(0.1)
        self._socket = connect(f"{found[1]}/session", max_size=None)
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self._context = self.call("browsingContext.getTree")["contexts"][0]["context"]
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):
            self.call("browser.close")
            self._socket.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def call(self, method: str, **params: Any) -> Any:
        """Send a command and wait for its result; events that come in between are noted."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=_PATIENCE))
            if message.get("type") == "event":
                self._note(message["method"], message["params"])
            elif message.get("id") == self._number:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['message']}")
                return message["result"]

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        self.call("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression that gives JSON."""
        answer = self.call(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then(value => JSON.stringify(value ?? null))",
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def wait(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        end = time.monotonic() + _PATIENCE
        while not self.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < end, f"not true in time: {expression}"
            time.sleep(0.1)

    def shown(self, selector: str) -> None:
        """Wait until an element can be seen."""
        self.wait(f"document.querySelector({json.dumps(selector)})?.checkVisibility()")

    def click(self, selector: str) -> None:
        """Press an element in its middle, as a mouse does, once it stands still."""
        self.shown(selector)
        element = f"document.querySelector({json.dumps(selector)})"
        middle = (
            f"({element}.scrollIntoView({{block: 'center'}}), (({{x, y, width, height}}) => "
            f"[x + width / 2, y + height / 2])({element}.getBoundingClientRect()))"
        )
        before, now = None, self.evaluate(middle)
        while before != now:
            time.sleep(0.2)
            before, now = now, self.evaluate(middle)
        self.drag(now)

    def drag(self, *points: tuple[float, float]) -> None:
        """Press at the first point, move over the others and let go."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y)} for x, y in points]
        actions = [
            moves[0],
            {"type": "pointerDown", "button": 0},
            *moves[1:],
            {"type": "pointerUp", "button": 0},
        ]
        source = {"type": "pointer", "id": "mouse", "actions": actions}
        self.call("input.performActions", context=self._context, actions=[source])

    def choose_files(self, selector: str, *files: Path) -> None:
        """Put files into a file input."""
        found = self.call(
            "browsingContext.locateNodes",
            context=self._context,
            locator={"type": "css", "value": selector},
        )
        self.call(
            "input.setFiles",
            context=self._context,
            element={"sharedId": found["nodes"][0]["sharedId"]},
            files=[str(file) for file in files],
        )

    def _note(self, event: str, params: dict[str, Any]) -> None:
        if event == "network.beforeRequestSent":
            self.requests.append(params["request"]["url"])
        elif params.get("level") == "error":
            self.problems.append(str(params.get("text")))
