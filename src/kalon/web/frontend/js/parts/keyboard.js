// Keys for the whole desk: / searches, ? lists, g then a number goes to that place, data-shortcut="n" presses.
import { isTyping, make } from "./dom.js";

let goingSince = 0;

function press(key) {
  const target = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
  if (target) { target.focus(); target.click(); }
  return target != null;
}

// Ctrl or ⌘ with Enter presses the page's main button (data-send), also while somebody types.
function send(event) {
  const button = event.key === "Enter" && (event.ctrlKey || event.metaKey) && document.querySelector("[data-send]");
  if (!button || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  button.click();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const { key } = event;
  if (key === "/" && document.querySelector("[data-palette]")) {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("k-search"));
  } else if (key === "?") document.getElementById("k-shortcuts")?.showModal();
  else if (key === "g") goingSince = Date.now();
  else if (/^[1-9]$/.test(key) && Date.now() - goingSince < 1500) document.querySelectorAll(".k-side .k-nav a")[Number(key) - 1]?.click();
  else if (press(key)) event.preventDefault();
}

function list() {
  const place = document.querySelector("[data-shortcut-list]");
  for (const target of document.querySelectorAll("[data-shortcut]")) {
    const words = target.getAttribute("aria-label") ?? target.textContent.trim();
    place?.append(make("div", { class: "k-kv" }, make("dt", {}, words), make("dd", {}, make("kbd", { class: "kbd kbd-sm" }, target.dataset.shortcut))));
  }
}

export const keyboard = {
  start() {
    document.addEventListener("keydown", onKey);
    document.addEventListener("keydown", send);
    list();
  },
};
