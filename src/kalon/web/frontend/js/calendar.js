// The calendar of a branch. The address says what is shown, the feed answers it, the grid draws it.
import "@event-calendar/core/index.css";
import "../css/calendar.css";
import { icon, make, say } from "./parts/dom.js";
import { isPhone, onGo, params, root, go } from "./calendar/address.js";
import * as bar from "./calendar/bar.js";
import * as drawer from "./calendar/drawer.js";
import { load, model, Unreachable } from "./calendar/feed.js";
import { readIcons } from "./calendar/glyphs.js";
import * as grid from "./calendar/grid.js";
import * as keys from "./calendar/keys.js";
import { print, showList } from "./calendar/list.js";
import { countHolds } from "./calendar/look.js";
import { listenFor, live } from "./calendar/live.js";
import * as moves from "./calendar/moves.js";
import { longDay } from "./calendar/wall.js";

const trouble = root.querySelector("[data-calendar-trouble]");
const hint = root.querySelector("[data-block-hint]");
const blockMode = root.querySelector("[data-block-mode]");
const isBlocking = () => blockMode?.getAttribute("aria-pressed") === "true";

const on = { opened: drawer.openVisit, moved: move, empty, drawn: keys.decorate, mounted: keys.link };

const icons = readIcons();

async function refresh() {
  try {
    await Promise.all([load(), icons]);
    trouble.querySelector("[data-unreachable]")?.remove();
    draw();
  } catch (fault) {
    if (fault.name !== "AbortError") unreachable(fault);
  }
}

function draw() {
  const facts = model();
  if (!facts) return;
  bar.tell(facts);
  listenFor(facts);
  if (isPhone()) showList(facts, on);
  else grid.show(facts, on);
}

function unreachable(fault) {
  if (!(fault instanceof Unreachable)) throw fault;
  if (trouble.querySelector("[data-unreachable]")) return;
  const again = make("button", { class: "btn btn-line btn-sm", type: "button" }, "Try again");
  again.addEventListener("click", refresh);
  tell(make("div", { class: "k-note is-gold", role: "alert", "data-unreachable": true }, icon("triangle-alert"),
    make("div", {}, make("strong", { class: "block" }, "The visits cannot be read at the moment"), fault.message || "What you see may be old. It is tried again by itself."), again));
}

// -- moving

function move(visit, changes) {
  trouble.replaceChildren();
  return moves.propose(visit, changes);
}

function refused(visit, problem, target) {
  const ways = moves.alternatives(visit, problem, target);
  const close = make("button", { class: "btn btn-ghost btn-sm btn-square ms-auto", type: "button", "aria-label": "Close this notice" }, icon("x"));
  const note = make("div", { class: "k-note is-gold", role: "alert", tabindex: "-1", "data-refusal": true }, icon("triangle-alert"),
    make("div", { class: "min-w-0" }, make("strong", { class: "block" }, `${visit.name} stays where it was`), problem.detail ?? "",
      ways.length ? make("div", { class: "flex flex-wrap items-center gap-2 mt-2" }, "Free instead:", ...ways) : null), close);
  note.addEventListener("click", (event) => event.target.closest("button") && note.remove());
  tell(note);
  (ways[0] ?? note).focus();
}

function tell(node) {
  trouble.replaceChildren(node);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-calendar-move]");
  if (!form) return;
  event.preventDefault();
  const { date, time, doctor, room, minutes, reason } = Object.fromEntries(new FormData(form));
  const visit = model().visits.find(({ id }) => id === form.dataset.calendarMove);
  if (!visit) return;
  move(visit, { start: `${date}T${time}`, doctor, room, minutes: Number(minutes), reason });
  if (date < model().first || date > model().last) say(`The visit goes to ${longDay(date)}.`);
});

// -- empty places

function empty({ start, end, column, isDay }) {
  if (isDay) return go({ view: null, date: start.slice(0, 10) });
  if (isBlocking()) return block({ start, end, column });
  if (!("mayBook" in root.dataset)) return undefined;
  const kind = grid.kindOf(column) === "room" ? "room" : "doctor";
  location.assign(`${root.dataset.book}?${new URLSearchParams({ branch: root.dataset.branch, start, ...(end && { end }), ...(column && { [kind]: column }) })}`);
  return undefined;
}

function block({ start, end, column }) {
  const who = { person: { doctor: column }, room: { room: column } }[grid.kindOf(column)] ?? {};
  drawer.openBlock(new URLSearchParams({ branch: root.dataset.branch, start, ...(end && { end }), ...who }));
}

function toggleBlocking(isOn) {
  blockMode.setAttribute("aria-pressed", String(isOn));
  hint.hidden = !isOn;
  root.classList.toggle("is-blocking", isOn);
}

root.addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest("[data-block-mode]")) toggleBlocking(!isBlocking());
  if (target.closest("[data-block-end]")) toggleBlocking(false);
  if (target.closest("[data-block-form]")) {
    event.preventDefault();
    drawer.openBlock(new URLSearchParams({ branch: root.dataset.branch }));
  }
  const opener = target.closest("[data-open]");
  if (opener) drawer.openVisit(opener.dataset.open);
  const pause = target.closest("[data-pause]");
  if (pause) openAgain(pause.dataset.pause);
});

function openAgain(id) {
  window.htmx.ajax("POST", `${root.dataset.block}/${id}/open`, { swap: "none", source: trouble });
}

// -- everything together

function follow() {
  bar.follow();
  drawer.follow();
  return refresh();
}

window.Alpine?.stopObservingMutations(); // nothing here is Alpine's, and it would look at each of some thousand pieces
bar.start();
drawer.start();
keys.start({ opened: drawer.openVisit });
moves.listen({ told: refused, redraw: draw, saved: refresh });
live({ refresh, isBusy: grid.isBusy });
onGo(follow);
document.addEventListener("day-changed", async () => { await refresh(); drawer.reload(); });
window.addEventListener("beforeprint", () => model() && print(model()));
setInterval(() => countHolds(grid.gridPlace), 1000);
bar.follow();
refresh().then(() => params().has("visit") && drawer.follow());
// icons: triangle-alert
// icons: x
