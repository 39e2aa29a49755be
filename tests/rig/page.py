#!/usr/bin/python3
"""Operates a published page in a headless browser, and fails if it does not behave as expected.

    page.py PAGE AXE [FOLDER]

AXE is axe.min.js, or a wheel that contains it. Screenshots go into FOLDER.
The page is that of the session in tests/program/publish_page.rs.
"""

import json
import sys
import time
import zipfile
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service

DEADLINE = 60
# Start of the second line in seconds. The line is long enough for all steps within it, even on a busy machine.
SECOND = 6.0

# Records events in the page as they occur, so that the test may look at them later: each change of the words with the audio's time,
# each volume, the target of each jump, and the audio's time at each click on the button.
RECORDER = """
window.seen = { words: [], volumes: [], jumps: [], clicks: [] };
const caption = document.getElementById("caption");
const session = document.getElementById("session");
new MutationObserver(() => window.seen.words.push([session.currentTime, caption.textContent]))
    .observe(caption, { childList: true, characterData: true, subtree: true });
session.addEventListener("seeking", () => window.seen.jumps.push(session.currentTime));
document.getElementById("toggle").addEventListener("click", () => window.seen.clicks.push(session.currentTime), { capture: true });
setInterval(() => {
    const volumes = window.seen.volumes;
    if (volumes.at(-1) !== session.volume) volumes.push(session.volume);
}, 5);
"""


def check(condition, *details):
    if not condition:
        raise SystemExit("page.py: " + " ".join(map(str, details)))


class Page:
    def __init__(self, path):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        # Chromium refuses to run as root, as in a container, with its sandbox.
        for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--mute-audio", "--disable-gpu"]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_window_size(1000, 1000)
        self.url = Path(path).resolve().as_uri()
        self.open()

    def open(self):
        self.driver.get(self.url)

    def run(self, script):
        return self.driver.execute_script(script)

    def audio(self, name):
        """Returns the position of an audio element, whether it is paused, and its volume."""
        return self.run(f"const a = document.getElementById('{name}'); return [a.currentTime, a.paused, a.volume]")

    def text(self, name):
        return self.run(f"return document.getElementById('{name}').textContent")

    def click(self, name):
        self.driver.find_element(By.ID, name).click()

    def press(self, keys):
        self.driver.find_element(By.TAG_NAME, "body").send_keys(keys)

    def wait(self, what, condition):
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            time.sleep(0.02)
        raise SystemExit(f"page.py: {what} never happened: {[self.audio(a) for a in ('session', 'gentler', 'closing')]}")

    def wait_for_words(self, words):
        """Waits until these words have been shown, and returns the position of the session at that time."""
        times = lambda: [seconds for seconds, text in self.run("return window.seen.words") if text == words]
        return self.wait(f"“{words}”", lambda: (times() or [None])[0] is not None and times())[0]

    def width(self, pixels):
        metrics = {"width": pixels, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def scheme(self, scheme):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def screenshot(self, folder, name):
        if folder:
            # The height of the whole page.
            height = self.run("return document.documentElement.scrollHeight")
            width = self.run("return window.innerWidth")
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))


def check_text(page):
    check(page.driver.title == "A page <script>window.hacked = 1</script>", "the title is", page.driver.title)
    check(page.run("return window.hacked === undefined"), "a title was run")
    check(page.text("caption") == "" and page.audio("session")[1], "it begins by itself")


def check_playing(page):
    page.run(RECORDER)
    page.click("toggle")
    page.wait_for_words("The first line.")
    page.wait("full volume", lambda: page.audio("session")[2] == 1)
    at = page.wait_for_words("(A silence of 3 seconds.)")
    check(3.0 <= at < 3.25, "the words of the silence at 3 s came at", at)


def go_to_second_line(page):
    page.run("window.seen.words = []; window.seen.jumps = []")
    page.driver.find_elements(By.CSS_SELECTOR, "#chapters button")[1].click()
    page.wait("the second chapter", lambda: SECOND in page.run("return window.seen.jumps"))
    # The words may already be shown, and do not change then.
    page.wait("the second line", lambda: page.text("caption") == "The second line.")


def check_chapter(page):
    go_to_second_line(page)
    current = page.run("return [...document.querySelectorAll('#chapters button')].map((b) => b.hasAttribute('aria-current'))")
    check(current == [False, True, False], "the current chapter is", current)


def check_pause(page):
    page.wait("full volume", lambda: page.audio("session")[2] == 1)
    page.run("window.seen.volumes = [1]; window.seen.clicks = []")
    page.click("toggle")
    page.wait("the pause", lambda: page.text("status") == "Paused." and page.audio("session")[1])
    volumes = page.run("return window.seen.volumes")
    check(len(volumes) > 4 and volumes == sorted(volumes, reverse=True) and volumes[-1] == 0, "the fade was", volumes)
    at = page.run("return window.seen.clicks")[0]
    expected = max(SECOND, at - 0.3)
    check(abs(page.audio("session")[0] - expected) < 0.05, "after a pause at", at, "it is at", page.audio("session")[0])
    check(page.text("toggle") == "Go on", page.text("toggle"))
    page.press(" ")
    page.wait("the session", lambda: not page.audio("session")[1] and page.audio("session")[2] == 1)


def check_soften(page):
    go_to_second_line(page)
    page.run("window.seen.jumps = []")
    page.press("s")
    page.wait_for_words("Look around the room.")
    page.wait("the way back", lambda: page.audio("gentler")[1] and not page.audio("session")[1])
    jumps = page.run("return window.seen.jumps")
    check(jumps == [SECOND], "the session goes on at", jumps)


def check_leaving(page):
    page.press(Keys.ESCAPE)
    page.wait("the end", lambda: page.text("status") == "You have left the session.")
    times = [page.audio(name) for name in ("session", "closing")]
    check(times[0][1] and times[1][1] and times[1][0] > 0, "after the closing, the sounds are", times)
    check(page.text("toggle") == "Begin again", page.text("toggle"))
    page.run("window.seen.words = []; window.seen.jumps = []")
    page.click("toggle")
    page.wait_for_words("The first line.")
    check(page.run("return window.seen.jumps") == [0], "it begins again at", page.run("return window.seen.jumps"))
    page.press("qq")
    page.wait("the end at once", lambda: page.text("status") == "Stopped." and page.audio("session")[1])


def check_access(page, axe, folder):
    for scheme in ["light", "dark"]:
        page.scheme(scheme)
        page.open()
        page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.run(axe)
        found = page.driver.execute_async_script("axe.run().then(arguments[0])")
        violations = [(one["id"], one["impact"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]]
        check(not violations and len(found["passes"]) > 15, "axe-core finds", json.dumps(violations, indent=1))
        page.open()
        page.run(RECORDER)
        page.click("toggle")
        go_to_second_line(page)
        for pixels, name in [(1000, scheme), (360, f"{scheme}-360")]:
            page.width(pixels)
            check(page.run("return document.documentElement.scrollWidth <= window.innerWidth"), "it is wider than", pixels)
            page.screenshot(folder, name)


def check_keyboard(page):
    """Every control can be focused with the Tab key, and has a visible focus."""
    page.open()
    page.click("toggle")
    reached = []
    for _ in range(20):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(page.run("return document.activeElement.id || document.activeElement.textContent.trim()"))
    for name in ["place", "back", "next", "soften", "leave", "captions", "All the words", "Keys"]:
        check(name in reached, name, "is not reached by Tab:", reached)


def check_without_script(page, folder):
    page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    page.open()
    shown = [(audio.is_displayed(), audio.get_attribute("controls")) for audio in page.driver.find_elements(By.TAG_NAME, "audio")]
    check(shown == [(True, "true")] * 3, "without JavaScript the audios are", shown)
    page.screenshot(folder, "without-script")


def check_log(page):
    requests = []
    for entry in page.driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            requests.append(message["params"]["request"]["url"])
    outside = [url[:100] for url in requests if not url.startswith(("data:", page.url))]
    check(requests and not outside, "it asks for", outside)
    console = page.driver.get_log("browser")
    check(not console, "the console says", console)


def main():
    path, axe = sys.argv[1:3]
    folder = sys.argv[3] if len(sys.argv) > 3 else None
    if axe.endswith(".whl"):
        with zipfile.ZipFile(axe) as wheel:
            axe = wheel.read(next(name for name in wheel.namelist() if name.endswith("axe.min.js"))).decode()
    else:
        axe = Path(axe).read_text()
    page = Page(path)
    try:
        check_text(page)
        check_playing(page)
        check_chapter(page)
        check_pause(page)
        check_soften(page)
        check_leaving(page)
        check_keyboard(page)
        check_access(page, axe, folder)
        check_log(page)
        check_without_script(page, folder)
    finally:
        page.driver.quit()


main()
