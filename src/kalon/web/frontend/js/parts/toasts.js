// Good news with a way back: ten seconds, paused while hovered or focused. From HX-Trigger {"k-toast": {...}} and
// from django messages that the page brought along.
import { csrf, icon, make } from "./dom.js";

const LIFE = 10_000;
const region = () => document.querySelector("[data-toasts]");

export function show({ text, undo = "", icon: name = "check" }) {
  const words = make("span", { class: "flex-1" }, text);
  const card = make("div", { class: "k-toast", role: "status" }, icon(name), words, undo ? undoButton(undo) : null, closeButton());
  region()?.append(card);
  makeRoom();
  live(card);
}

// Above whatever stands at the foot of the screen, and the page can be scrolled clear of it.
const FEET = ".k-foot, .k-actions:not(:empty), .k-tabbar, .k-bottom";
const GAP = 12;

function makeRoom() {
  const place = region();
  if (!place) return;
  document.body.classList.toggle("has-toasts", place.childElementCount > 0);
  const tops = [...document.querySelectorAll(FEET)]
    .map((foot) => foot.getBoundingClientRect())
    .filter((box) => box.height > 0 && box.top < innerHeight && box.bottom >= innerHeight - 1)
    .map((box) => innerHeight - box.top);
  if (tops.length) place.style.setProperty("inset-block-end", `${Math.ceil(Math.max(...tops)) + GAP}px`);
  else place.style.removeProperty("inset-block-end");
}

function drop(card) {
  card.remove();
  makeRoom();
}

function undoButton(address) {
  const button = make("button", { class: "btn btn-ghost btn-sm", type: "button" }, icon("undo-2", ""), "Undo");
  button.addEventListener("click", async () => {
    const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" }, redirect: "manual" });
    if (answer.ok || answer.type === "opaqueredirect") location.reload();
    else document.dispatchEvent(new CustomEvent("k-refused", { detail: { html: await answer.text() } }));
  });
  return button;
}

function closeButton() {
  const button = make("button", { class: "btn btn-ghost btn-sm btn-square", type: "button", "aria-label": "Close this notice" }, icon("x"));
  button.addEventListener("click", () => drop(button.closest(".k-toast")));
  return button;
}

function live(card) {
  let left = LIFE;
  let since;
  let timer;
  const run = () => { since = Date.now(); timer = setTimeout(() => drop(card), left); };
  const hold = () => { clearTimeout(timer); left -= Date.now() - since; };
  card.addEventListener("mouseenter", hold);
  card.addEventListener("mouseleave", run);
  card.addEventListener("focusin", hold);
  card.addEventListener("focusout", run);
  // Whoever walks with Tab has the whole time anew with each step: "Undo" stands at the end of the page.
  document.addEventListener("keydown", function walk({ key }) {
    if (!card.isConnected) document.removeEventListener("keydown", walk);
    else if (key === "Tab" && !card.matches(":focus-within, :hover")) { hold(); left = LIFE; run(); }
  });
  run();
}

function adopt(card) {
  let facts = {};
  try { facts = JSON.parse(card.dataset.toast || "{}"); } catch { /* a plain django message */ }
  show({ ...facts, text: card.textContent.trim() });
  card.remove();
}

export const toasts = {
  start() {
    addEventListener("resize", makeRoom);
    document.addEventListener("k-toast", ({ detail }) => show(detail));
    document.querySelectorAll("[data-toast]").forEach(adopt);
  },
};
// icons: check
// icons: undo-2
