"""Windows of a real browser, each with its person and its size; what goes wrong in them is never overlooked."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, expect, sync_playwright

from tests.browser.house import House

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1180, "height": 820}
UPRIGHT = {"width": 820, "height": 1180}  # the same tablet, held upright
DESKTOP = {"width": 1360, "height": 900}
# Chromium without a screen, as root, in a container with little shared memory.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
PATIENCE = 20_000  # milliseconds
SLOW = float(os.environ.get("KALON_SLOW") or 0)  # how many times slower a tablet is than this machine
expect.set_options(timeout=PATIENCE)

RUN_AXE = """(async () => {
  const runOnly = { type: %s, values: %s }, rules = %s;
  const found = await axe.run(document, { runOnly, rules, resultTypes: ["violations"] });
  const told = (rule, node) => `${rule.id}: ${node.target.join(" ")} ${node.html.slice(0, 120)}`;
  return JSON.stringify(found.violations.flatMap(rule => rule.nodes.map(node => told(rule, node))));
})()"""

# Where words stand: their element, and the chain of classes around it without those that only place things. That is
# what their colours come from.
COLOURS = """() => {
  const places = new RegExp("^(!?-?(m|p|w|h|gap|min|max|col|row|items|justify|self|place|order|grid|flex|space|" +
    "top|start|end|inset|z|leading|tracking|overflow|rounded|size|basis)[xytrbse]?-|text-(start|end|center)|" +
    "(sm|md|lg|xl):|(grid|flex|block|truncate|relative|absolute|sticky|shrink|grow|tabular|whitespace|break|k-scroll))");
  const colours = element => [...element.classList].filter(name => !places.test(name)).sort().join(".");
  const chain = element => element ? [...chain(element.parentElement), colours(element)].filter(Boolean) : [];
  const says = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const words = [...document.body.querySelectorAll("*:not(.sr-only)")].filter(says);
  return [...new Set(words.map(element => `${chain(element).join(" ")} ${element.tagName}`))];
}"""


REFUSED = ".k-err:visible, [role=alert]:visible, [role=status]:visible"
LATE = "was preloaded using link preload but not used"  # said of a font when the machine is busier than a few seconds
AT_ONCE = """(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return true;
})()"""


def comes_true(page: Page, is_so: Callable[[], bool], what: str = "") -> None:
    """Wait, as long as for what is seen, for something that no page shows."""
    until = time.monotonic() + PATIENCE / 1000
    while not is_so():
        assert time.monotonic() < until, what
        page.wait_for_timeout(100)


class Browsers:
    """One browser program; `window()` opens a window for somebody."""

    def __init__(self, program: str, house: House) -> None:
        self.program, self.house = program, house

    def __enter__(self) -> "Browsers":
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=self.program, args=ARGUMENTS)
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()

    @contextmanager
    def before_a_camera(self, film: Path) -> Iterator["Browsers"]:
        """The same browser once more, with a camera that shows this film (y4m) to who asks for it."""
        camera = [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ]
        other = Browsers(self.program, self.house)
        other._browser = self._playwright.chromium.launch(executable_path=self.program, args=[*ARGUMENTS, *camera])
        yield other
        other._browser.close()

    @contextmanager
    def before_a_microphone(self, speech: Path) -> Iterator["Browsers"]:
        """The same browser once more, with a microphone that hears this recording (wav) again and again."""
        microphone = [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={speech}",
        ]
        other = Browsers(self.program, self.house)
        other._browser = self._playwright.chromium.launch(executable_path=self.program, args=[*ARGUMENTS, *microphone])
        yield other
        other._browser.close()

    def window(self, size: dict[str, int], *, signed_in: str = "", dark: bool = False) -> "Window":
        """A window of this size, for somebody signed in or for a stranger."""
        context = self._browser.new_context(
            viewport=size,
            color_scheme="dark" if dark else "light",
            base_url=self.house.address,
            reduced_motion="reduce",
            has_touch=size in (PHONE, TABLET, UPRIGHT),
        )
        context.set_default_timeout(PATIENCE)
        if signed_in:
            context.add_cookies([self.house.session_of(signed_in)])  # type: ignore[list-item]
        return Window(context)


class Window:
    """One page of a browser and everything it complained about."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self._protocol = context.new_cdp_session(self.page)
        if SLOW:
            self._protocol.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
            self._protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})  # each page waits for its scripts

    def __enter__(self) -> "Window":
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, _: object) -> None:
        if wrong is not None:
            wrong.add_note(self._last_seen())
        self.context.close()
        if kind is None:
            assert not self.complaints, "\n".join(self.complaints)

    def _last_seen(self) -> str:
        """What stood on the page when it went wrong: where, what it refused, what it complained about."""
        try:
            refused = [text for text in self.page.locator(REFUSED).all_inner_texts() if text.strip()]
        except Error as gone:
            refused = [str(gone)]
        return "\n".join([f"The window was at {self.page.url}", *refused, *self.complaints])

    def go(self, path: str) -> int:
        """Open an address; the status it answered with."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    def colours(self) -> set[str]:
        """What the colours of the page's words come from."""
        return set(self.page.evaluate(COLOURS))

    def _drawn(self) -> None:
        drawing = self.page.locator('[aria-busy="true"]:not(button):visible')
        expect(drawing, self.page.url).to_have_count(0, timeout=20_000)

    def violations(self, *rules: str, without: tuple[str, ...] = ()) -> list[str]:
        """What axe-core finds against WCAG 2.2 A and AA, or against single rules, once the page is drawn."""
        self._drawn()
        if not self._ask("typeof axe === 'object'"):
            self._ask(AXE.read_text() + ";true")
        chosen: tuple[str, list[str]] = ("rule", list(rules)) if rules else ("tag", RULES)
        with self._unrolled():
            parts = (*chosen, {rule: {"enabled": False} for rule in without})
            found: list[str] = json.loads(self._ask(RUN_AXE % tuple(json.dumps(part) for part in parts)))
        return found

    @contextmanager
    def in_the_dark(self) -> Iterator[None]:
        """The same page in its dark colours, at once: colours on their way would be measured half way."""
        self._ask(AT_ONCE)
        self.page.emulate_media(color_scheme="dark")
        yield
        self.page.emulate_media(color_scheme="light")

    @contextmanager
    def _unrolled(self) -> Iterator[None]:
        """As tall as the page: a row that lies half under the bar at the bottom is not small, it can be scrolled."""
        before = self.page.viewport_size
        assert before is not None
        tall = int(self.page.evaluate("document.documentElement.scrollHeight"))
        if tall <= before["height"]:
            yield
            return
        self.page.set_viewport_size({**before, "height": tall})
        yield
        self.page.set_viewport_size(before)

    def overflow(self) -> int:
        """How many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def _ask(self, script: str) -> Any:
        """Run a script as the inspector does, past the page's own content security policy."""
        answer = self._protocol.send(
            "Runtime.evaluate",
            {
                "expression": script,
                "awaitPromise": True,
                "returnByValue": True,
                "allowUnsafeEvalBlockedByCSP": True,
            },
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and LATE not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")
