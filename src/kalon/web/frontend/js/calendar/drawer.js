// The pane beside the calendar: a visit, or a time to block. Which visit is open stands in the address.
import { go, params, root } from "./address.js";
import { focusOn } from "./keys.js";

const place = document.getElementById("drawer");
let opener = null;
let shown = "";

export const openVisit = (id, { toMove = false } = {}) => {
  opener = id;
  wantsMove = toMove;
  if (params().get("visit") === id && shown) return focusInside();
  go({ visit: id });
};
let wantsMove = false;

export function openBlock(search) {
  opener = null;
  shown = "block";
  load(`${root.dataset.block}?${search}`);
}

// Follows the address: opens, changes or closes.
export function follow() {
  const id = params().get("visit") ?? "";
  if (id === shown || (!id && shown === "block")) return;
  shown = id;
  if (id) load(`${root.dataset.visits}${id}/calendar`);
  else empty();
}

export function reload() {
  const inside = place.contains(document.activeElement);
  if (shown && shown !== "block") load(`${root.dataset.visits}${shown}/calendar`, inside);
}

async function load(address, takesFocus = true) {
  await window.htmx.ajax("GET", address, { target: place, swap: "innerHTML" });
  if (takesFocus) focusInside();
}

function focusInside() {
  const heading = place.querySelector("h2");
  heading?.setAttribute("tabindex", "-1");
  const target = wantsMove ? place.querySelector("[data-calendar-move] input[name=time]") : heading;
  wantsMove = false;
  (target ?? heading)?.focus();
}

function empty() {
  place.replaceChildren();
  if (opener) focusOn(opener);
}

export function close() {
  const wasBlock = shown === "block";
  shown = "";
  empty();
  if (!wasBlock) go({ visit: null });
}

export function start() {
  place.addEventListener("click", (event) => {
    if (!event.target.closest(".k-drawer > header > a")) return;
    event.preventDefault();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown && !document.querySelector("dialog[open], details[data-menu][open]")) close();
  });
  document.addEventListener("calendar-close", close);
}
