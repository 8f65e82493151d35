// [data-sign]: a field to sign in by finger, pen or mouse. What is drawn goes as strokes into [data-sign-strokes]; whoever
// cannot draw types their name. Without this script the form takes the typed name.
import { all, say } from "./dom.js";

const WIDE = 1000;
const HIGH = 300;
const NEAR = 4; // points nearer than this tell nothing

// What came back with a refusal is drawn again: nothing is lost.
function came(value) {
  try {
    const strokes = JSON.parse(value || "[]");
    return Array.isArray(strokes) ? strokes : [];
  } catch {
    return [];
  }
}

function attach(place) {
  const pad = place.querySelector("[data-sign-pad]");
  const line = pad.querySelector("path");
  const kept = place.querySelector("[data-sign-strokes]");
  const clear = place.querySelector("[data-sign-clear]");
  const typed = place.querySelector("[data-sign-typed]");
  const drawn = place.querySelector("[data-sign-drawn]");
  const swap = place.querySelector("[data-sign-swap]");
  let strokes = came(kept.value);
  let began = 0;
  let pen = null;

  place.classList.add("is-live");

  const draw = () => {
    line.setAttribute("d", strokes.map((stroke) => `M${stroke.map(([x, y]) => `${x} ${y}`).join("L")}${stroke.length === 1 ? "h1" : ""}`).join(""));
    kept.value = strokes.length ? JSON.stringify(strokes) : "";
    clear.disabled = !strokes.length;
  };

  const point = (event) => {
    const box = pad.getBoundingClientRect();
    const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
    return [
      within(((event.clientX - box.left) / box.width) * WIDE, WIDE),
      within(((event.clientY - box.top) / box.height) * HIGH, HIGH),
      Math.round(event.timeStamp - began),
      within(event.pressure * 1000, 1000),
    ];
  };

  const add = (event) => {
    const stroke = strokes.at(-1);
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const next = point(one);
      const last = stroke.at(-1);
      if (Math.hypot(next[0] - last[0], next[1] - last[1]) >= NEAR) stroke.push(next);
    }
    draw();
  };

  pad.addEventListener("pointerdown", (event) => {
    if (pen !== null || (event.pointerType === "mouse" && event.button !== 0)) return;
    event.preventDefault();
    pen = event.pointerId;
    pad.setPointerCapture(pen);
    if (!strokes.length) began = event.timeStamp;
    strokes.push([point(event)]);
    draw();
  });
  pad.addEventListener("pointermove", (event) => { if (event.pointerId === pen) add(event); });
  for (const name of ["pointerup", "pointercancel"]) {
    pad.addEventListener(name, (event) => {
      if (event.pointerId !== pen) return;
      pen = null;
      draw();
    });
  }
  // A finger that rests on the field asks for no menu: the menu would take the next tap.
  pad.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });

  clear.addEventListener("click", () => {
    strokes = [];
    draw();
    say(clear.dataset.signClear);
  });

  const show = (byName) => {
    typed.hidden = !byName;
    drawn.hidden = byName;
    swap.setAttribute("aria-pressed", String(byName));
    if (byName) {
      strokes = [];
      draw();
      typed.querySelector("input")?.focus();
    }
  };
  swap.hidden = false;
  swap.addEventListener("click", () => show(drawn.hidden === false));
  if (typed.hasAttribute("data-open") && !strokes.length) show(true);
  else typed.hidden = true;
  draw();
}

export const signing = { enhance: (root) => all(root, "[data-sign]:not(.is-live)").forEach(attach) };
