// What is pressed, chosen or typed before the page's scripts are there is kept, and given to them when they are: on a slow
// line nothing is lost, and nothing goes unasked that a script would have asked about. This file alone holds the page back,
// so it is short. Where the other scripts never come, what was kept goes its way without them.
{
  const DRAWN_ON = "[data-chart-map], [data-points]"; // each tap is one of its own
  const PRESSED = `button, [role=button], a[hx-get], a[hx-post], a[data-locked], ${DRAWN_ON}`;
  const NATIVE = "a, label, summary, input, select, textarea";
  const kept = new Map(); // what was touched → for each kind of touch, how to do it again

  function keep(target, type, again) {
    kept.set(target, { ...kept.get(target), [type]: again });
  }

  function hold(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function press(event) {
    const { target, clientX, clientY, detail } = event;
    const control = target.closest?.(`${PRESSED}, ${NATIVE}`);
    if (!control?.matches(PRESSED)) return;
    hold(event);
    const isDrawing = control.matches(DRAWN_ON);
    if (!isDrawing) control.setAttribute("aria-busy", "true");
    keep(isDrawing ? event : control, "click", () => {
      control.removeAttribute("aria-busy");
      target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, composed: true, view: window, clientX, clientY, detail }));
    });
  }

  function send(event) {
    hold(event);
    keep(event.target, "submit", () => event.target.requestSubmit(event.submitter));
  }

  function fill({ target, type }) {
    const types = type === "input" ? ["input", "k-again"] : [type]; // a box that asks when it changes asks for this, too
    keep(target, type, () => types.forEach((name) => target.dispatchEvent(new Event(name, { bubbles: true }))));
  }

  // The keys of the desk, which is no word of a field.
  function strike(event) {
    const { target, key, ctrlKey, metaKey, shiftKey, altKey } = event;
    const isShortcut = ctrlKey || metaKey ? /^(k|enter)$/i.test(key) : /^[a-z\d/?]$/i.test(key) && !target.closest?.("input, select, textarea");
    if (!isShortcut || altKey) return;
    hold(event);
    keep(`key ${kept.size}`, "keydown", () => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, key, ctrlKey, metaKey, shiftKey })));
  }

  const early = { click: press, submit: send, input: fill, change: fill, keydown: strike };
  for (const [type, on] of Object.entries(early)) document.addEventListener(type, on, true);
  // By this word the page's modules have run, and so have those of them that wait for it at the document.
  window.addEventListener("DOMContentLoaded", async () => {
    for (const [type, on] of Object.entries(early)) document.removeEventListener(type, on, true);
    for (const again of [...kept.values()].flatMap(Object.values)) {
      again();
      await new Promise((resolve) => setTimeout(resolve, 4)); // a form that is on its way says so to the next
    }
  }, { once: true });
}
