"""A real browser for tests: headless Chromium over the DevTools protocol, one websocket per tab."""

import base64
import itertools
import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import websocket

KEYS = {
    "Enter": ("Enter", "\r", 13), "Escape": ("Escape", "", 27), "Tab": ("Tab", "", 9),
    "ArrowDown": ("ArrowDown", "", 40), "ArrowUp": ("ArrowUp", "", 38),
}  # fmt: skip
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--hide-scrollbars",
    "--remote-debugging-port=0", "--remote-allow-origins=*", "--lang=vi",
)  # fmt: skip


class Tab:
    """One page; ``requests`` holds the URL of everything it asked for."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(address, timeout=30)
        self._numbers = itertools.count(1)
        self.requests: list[str] = []
        self.errors: list[str] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.size(1366, 768)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        if message["method"] == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif message["method"] == "Runtime.exceptionThrown":
            self.errors.append(
                params["exceptionDetails"].get("exception", {}).get("description", str(params))
            )
        elif message["method"] == "Log.entryAdded" and params["entry"]["source"] in ("security", "violation"):
            self.errors.append(params["entry"]["text"])
        elif message["method"] == "Page.javascriptDialogOpening":
            self._socket.send(
                json.dumps(
                    {
                        "id": next(self._numbers),
                        "method": "Page.handleJavaScriptDialog",
                        "params": {"accept": True},
                    }
                )
            )

    def size(self, width: int, height: int, phone: bool = False) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)

    def js(self, code: str) -> Any:
        """The value of an expression; promises are awaited."""
        done = self.call("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(done["exceptionDetails"].get("exception", {}).get("description", code))
        return done["result"].get("value")

    def go(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def until(self, condition: str, seconds: float = 20) -> Any:
        """Wait until an expression is true and return its value."""
        end, value = time.monotonic() + seconds, None
        while time.monotonic() < end:
            try:
                value = self.js(condition)
            except RuntimeError:  # the page is on its way to another
                value = None
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(
            f"never true: {condition}; at {self.js('location.href')}: {self.js('document.body.innerText')[:600]}"
        )

    def press(self, key: str, modifiers: int = 0) -> None:
        """Press one key as a keyboard does; ``modifiers`` 2 is Ctrl, 8 Shift."""
        if key in KEYS:
            code, text, number = KEYS[key]
            name = key
        else:
            name, text = key, key
            code = f"Digit{key}" if key.isdigit() else "Slash" if key == "?" else f"Key{key.upper()}"
            number = 191 if key == "?" else ord(key.upper())
        if modifiers & 2:
            text = ""
        common = {"key": name, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text: str) -> None:
        for letter in text:
            if letter.isascii() and letter.isalnum():
                self.press(letter)
            else:
                self.call("Input.insertText", text=letter)

    def click(self, selector: str) -> None:
        """Click the middle of an element as a mouse does."""
        box = self.js(
            f"(() => {{ const element = document.querySelector({json.dumps(selector)});"
            "element.scrollIntoView({block: 'center', behavior: 'instant'});"
            "const box = element.getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def picture(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def close(self) -> None:
        """Close the tab at once, as somebody who has had enough."""
        self.call("Page.close")
        self.hang_up()

    def hang_up(self) -> None:
        """Let go of the tab without a word to it."""
        self._socket.shutdown()


class Browser:
    """A Chromium with a profile of its own; each profile has its own cookies and storage."""

    def __init__(self, profile: Path) -> None:
        self.process = subprocess.Popen(
            [shutil.which("chromium") or "chromium", *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        port_file = profile / "DevToolsActivePort"
        end = time.monotonic() + 60
        while not (port_file.is_file() and port_file.read_text().strip()):
            if time.monotonic() > end:
                raise AssertionError("chromium did not start within a minute")
            time.sleep(0.1)
        self.tabs: list[Tab] = []
        self.port = port_file.read_text().split()[0]

    def tab(self) -> Tab:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/json/new?about:blank", method="PUT")
        with urllib.request.urlopen(request) as answer:
            self.tabs.append(Tab(json.load(answer)["webSocketDebuggerUrl"]))
        return self.tabs[-1]

    def close(self) -> None:
        for tab in self.tabs:
            tab.hang_up()
        self.process.terminate()
        self.process.wait(20)
