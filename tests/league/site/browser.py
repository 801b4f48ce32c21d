"""Headless Chromium over its debugging pipe: what a page logs, asks for, and how wide it is."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Browser", "Seen", "browser"]

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-extensions",
)
HEARD = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")


@dataclass
class Seen:
    """said: console messages, errors and refusals; asked: addresses of requests."""

    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


class Browser:
    """One tab. Messages are JSON, each ended by a zero byte."""

    def __init__(self, reads: int, writes: int) -> None:
        self._reads, self._writes = os.fdopen(reads, "rb"), os.fdopen(writes, "wb")
        self._count, self._session = 0, ""
        self.seen = Seen()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer; what is heard meanwhile is kept."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        message |= {"sessionId": self._session} if self._session else {}
        self._writes.write(json.dumps(message).encode() + b"\0")
        self._writes.flush()
        while (heard := self._hear()).get("id") != self._count:
            pass
        assert "error" not in heard, (method, heard)
        result: dict[str, Any] = heard["result"]
        return result

    def open(self, page: str, width: int, dark: bool) -> Seen:
        """Load a page in a window of this width; what it says and asks for."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.seen = Seen()
        self.call("Page.navigate", url=page)
        while self._hear().get("method") != "Page.loadEventFired":
            pass
        return self.seen

    def ask(self, expression: str) -> Any:
        """The value of an expression on the page."""
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return told["result"].get("value")

    def close(self) -> None:
        """Both ends of the pipe."""
        self._reads.close()
        self._writes.close()

    def _hear(self) -> dict[str, Any]:
        text = bytearray()
        while (one := self._reads.read(1)) != b"\0":
            assert one, "the browser is gone"
            text += one
        heard: dict[str, Any] = json.loads(text)
        method, params = heard.get("method", ""), heard.get("params", {})
        if method in HEARD:
            self.seen.said.append(json.dumps(params)[:500])
        if method == "Network.requestWillBeSent":
            self.seen.asked.append(params["request"]["url"])
        return heard


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Skips the test where no Chromium is installed."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None or os.name == "nt":
        pytest.skip("no Chromium")
    (in_read, in_write), (out_read, out_write) = os.pipe(), os.pipe()

    def as_three_and_four() -> None:  # where Chromium reads commands, and writes
        read, write = os.dup(in_read), os.dup(out_write)
        os.dup2(read, 3)
        os.dup2(write, 4)

    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}", "--remote-debugging-pipe"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=as_three_and_four,
        close_fds=False,
    )
    os.close(in_read)
    os.close(out_write)
    made = Browser(out_read, in_write)
    try:
        yield made
    finally:
        made.close()
        process.kill()
        process.wait()
