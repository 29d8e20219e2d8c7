"""browser: a real one for the tests of the page: chromium, driven by
chromedriver, which is spoken to as W3C's WebDriver says, over HTTP.

    with Browser() as browser:
        browser.open(path)
        browser.click("a.tile")
        equal(browser.text("h2"), "...")

./scripts/setup page installs both. Both end with the `with`, whatever happened
in it; what they keep is in TMPDIR.
"""
import base64
import contextlib
import glob
import http.client
import json
import os
import re
import shutil
import signal
import subprocess

import harness

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c",
        "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014",
        "ArrowDown": "\ue015", "Home": "\ue011", "End": "\ue010",
        "Shift": "\ue008"}
LIMIT = 60  # seconds for one answer, on a machine with other work
PHONE = (375, 812)
DESKTOP = (1280, 900)


class Failed(Exception):
    """The browser says that it could not."""


class Browser:
    def __init__(self):
        for program in "chromedriver", "chromium":
            if shutil.which(program) is None:
                raise harness.Skip(f"no {program}: ./scripts/setup page "
                                   "installs it")
        self.folder = os.path.join(os.environ["TMPDIR"], "browser")
        self.profile = f"--user-data-dir={self.folder}/profile"
        self.process = self.session = None

    def __enter__(self):
        os.mkdir(self.folder)
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_):
        self._end()

    def _start(self):
        self.process = subprocess.Popen(
            ["chromedriver", "--port=0"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=dict(harness.LOCALE, HOME=self.folder, TMPDIR=self.folder))
        for line in self.process.stdout:
            found = re.search(rb"started successfully on port (\d+)", line)
            if found:
                self.port = int(found[1])
                break
        else:
            raise Failed("chromedriver did not start")
        # Root has no sandbox; /dev/shm is small in a container.
        words = ["--headless=new", "--no-sandbox", "--disable-gpu",
                 "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", "--disable-sync",
                 "--disable-component-update", "--hide-scrollbars",
                 self.profile]
        answer = self._ask("POST", "/session", {"capabilities": {
            "alwaysMatch": {"browserName": "chrome",
                            "goog:chromeOptions": {"args": words},
                            "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.session = answer["sessionId"]

    def _end(self):
        """Ends the browser by its driver; where that fails, both are killed.
        They are of the test's process group, and end with it, too."""
        try:
            if self.session:
                self._ask("DELETE", f"/session/{self.session}")
        except (Failed, OSError, http.client.HTTPException, ValueError):
            pass
        if self.process:
            for pid in self._left():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
        harness.eventually(self._removed)

    def _left(self):
        """The browser, if it is still there: who has our profile."""
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            if os.fsencode(self.profile) in words and not any(
                    word.startswith(b"--type=") for word in words):
                yield int(path.split("/")[2])

    def _removed(self):
        """Whether the profile is gone: a dying browser may still write."""
        shutil.rmtree(self.folder, ignore_errors=True)
        return not os.path.exists(self.folder)

    def _ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=LIMIT)
        try:
            connection.request(method, path, None if method != "POST"
                               else json.dumps(body or {}),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            value = json.loads(response.read())["value"]
        finally:
            connection.close()
        if response.status != 200:
            raise Failed(f"{path}: {value.get('message', value)}")
        return value

    def ask(self, path, body=None, method="POST"):
        return self._ask(method, f"/session/{self.session}/{path}", body)

    def devtools(self, command, **parameters):
        return self.ask("goog/cdp/execute", {"cmd": command,
                                             "params": parameters})

    def open(self, path, fragment=""):
        """Opens a file, or another fragment of it, anew."""
        self.ask("url", {"url": "about:blank"})
        self.ask("url", {"url": f"file://{path}{fragment}"})

    def run(self, script, *arguments):
        """What a function with this body returns."""
        return self.ask("execute/sync", {"script": script,
                                         "args": list(arguments)})

    def find(self, selector):
        return self.ask("element", {"using": "css selector",
                                    "value": selector})

    def of(self, selector, what, method="POST"):
        """Asks the first such element; again, where the page has made it anew
        meanwhile."""
        for again in reversed(range(10)):
            try:
                element = self.find(selector)[ELEMENT]
                return self.ask(f"element/{element}/{what}", method=method)
            except Failed as failure:
                if not again or "stale element" not in str(failure):
                    raise

    def click(self, selector):
        self.of(selector, "click")

    def text(self, selector):
        """The text that is seen of the first such element."""
        return self.of(selector, "text", "GET")

    def texts(self, selector):
        return self.run("return [...document.querySelectorAll(arguments[0])]"
                        ".map((one) => one.textContent)", selector)

    def seen(self, selector):
        """How many such elements can be seen."""
        return self.run("return [...document.querySelectorAll(arguments[0])]"
                        ".filter((one) => one.checkVisibility()).length",
                        selector)

    def press(self, *names):
        """Presses keys, one after the other; "Shift+Tab" both at once."""
        actions = []
        for name in names:
            keys = [KEYS.get(key, key) for key in name.split("+")]
            actions += [{"type": "keyDown", "value": key} for key in keys]
            actions += [{"type": "keyUp", "value": key}
                        for key in reversed(keys)]
        self.ask("actions", {"actions": [{"type": "key", "id": "keyboard",
                                          "actions": actions}]})

    def focused(self, what="getAttribute('aria-label')"):
        return self.run(f"return document.activeElement.{what}")

    def width(self):
        """How wide the page is laid out, and how wide the window is."""
        return self.run("return [document.documentElement.scrollWidth, "
                        "innerWidth]")

    def resize(self, width, height):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width,
                      height=height, deviceScaleFactor=1,
                      mobile=width < 600)

    def scheme(self, name):
        """"light" or "dark", as the user's system is set."""
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": name}])

    def complaints(self):
        """What the console was told since this was asked."""
        return [entry["message"] for entry in
                self.ask("se/log", {"type": "browser"})
                if entry["level"] in ("SEVERE", "WARNING")]

    def picture(self):
        return base64.b64decode(self.ask("screenshot", method="GET"))

    def printed(self):
        """The page as a PDF."""
        return base64.b64decode(self.ask("print", {"background": True}))
