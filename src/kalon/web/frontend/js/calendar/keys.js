// The calendar without a mouse. One visit of the grid is in the order of Tab; the arrows go from there to the next one
// in that direction, Enter opens it, v goes to its form "Move…".
import { gridPlace, visitOf, columnIds, kindOf } from "./grid.js";

let current = null; // the visit on which the focus was last
let stop = null; // its element, or the first of all: the one stop of Tab
let hadFocus = false; // whether the focus was in the grid last
let hooks = { opened: () => {} };

export function start(on) {
  hooks = on;
  gridPlace.addEventListener("keydown", onKey);
  gridPlace.addEventListener("focusin", ({ target }) => {
    const visit = visitOf(target.closest("article"));
    if (visit) choose(target.closest("article"));
  });
  for (const kind of ["focusin", "pointerdown"]) document.addEventListener(kind, ({ target }) => { hadFocus = gridPlace.contains(target); });
}

const all = () => [...gridPlace.querySelectorAll("article.ec-event")];
const seen = () => all().filter((element) => visitOf(element) && !element.matches(".ec-preview, .ec-ghost, .ec-pointer") && element.offsetParent);

// After each drawing: one stop for Tab, the room's side of a visit marked as such, and no half of a table: the library
// calls its cells a table, its visits stand beside them, and a screen reader would find a table without content.
export function decorate() {
  if (!stop?.isConnected) {
    const visits = all().filter(visitOf);
    stop = visits.find((element) => visitOf(element).id === current) ?? visits[0];
    if (stop) stop.tabIndex = 0;
    if (hadFocus && document.activeElement === document.body) stop?.focus({ preventScroll: true }); // it was drawn anew
  }
  for (const part of gridPlace.querySelectorAll(TABLE)) bare(part);
  gridPlace.setAttribute("aria-busy", "false");
}

const TABLE = ["table", "rowgroup", "row", "cell", "columnheader", "rowheader"].map((role) => `[role=${role}]`).join();

function bare(part) {
  part.removeAttribute("role");
  part.removeAttribute("aria-colindex");
}

// A visit stands in its doctor's column; in its room's it is the same visit seen from there.
export function link(element) {
  const visit = visitOf(element);
  if (!visit) { plain(element); return; }
  element.tabIndex = -1;
  const column = element.closest(".ec-resource.ec-time-grid") ? columnIds()[parseInt(element.style.gridColumn, 10) - 1] : ""; // elsewhere a column is a day
  element.toggleAttribute("data-linked", kindOf(column) === "room" && visit.doctorId !== "");
}

// Nothing to open: a hold, a pause, closed hours, the minutes around a visit.
function plain(element) {
  if (element.matches(".ec-bg-event")) element.setAttribute("role", "presentation");
  else element.removeAttribute("role");
  element.removeAttribute("tabindex");
}

function choose(element) {
  if (stop) stop.tabIndex = -1;
  stop = element;
  stop.tabIndex = 0;
  current = visitOf(element).id;
}

export function focusOn(id) {
  const element = all().find((one) => visitOf(one)?.id === id);
  element?.focus({ preventScroll: false });
  return element != null;
}

const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function onKey(event) {
  const here = event.target.closest?.("article.ec-event");
  if (!here || !visitOf(here) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "v") {
    event.preventDefault();
    event.stopPropagation();
    hooks.opened(visitOf(here).id, { toMove: true });
  }
  const direction = DIRECTIONS[event.key];
  const to = direction ? nearest(here, direction) : ends(event.key);
  if (!to) return;
  event.preventDefault();
  to.focus();
}

function ends(key) {
  const elements = seen();
  if (key === "Home") return elements[0];
  if (key === "End") return elements.at(-1);
  return null;
}

// The next one in a direction: straight ahead counts once, aside counts three times.
function nearest(here, [x, y]) {
  const from = middle(here);
  let best = null;
  let least = Infinity;
  for (const other of seen()) {
    if (other === here) continue;
    const to = middle(other);
    const ahead = x ? (to.x - from.x) * x : (to.y - from.y) * y;
    const aside = x ? Math.abs(to.y - from.y) : Math.abs(to.x - from.x);
    if (ahead <= 1) continue;
    const far = ahead + 3 * aside;
    if (far < least) [best, least] = [other, far];
  }
  return best;
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + Math.min(10, box.height / 2) };
}
