// A visit that was dropped somewhere: its new time is kept by the clinic, and for ten seconds the move can be undone
// at no cost. Then, or when the page is left, it is saved. One move at a time: the next one saves the one before.
import { csrf, icon, make, say } from "../parts/dom.js";
import { root } from "./address.js";
import { dayOf, later, minutesBetween, shortDay, clockOf } from "./wall.js";

const UNDO_WITHIN = 10; // seconds
const KEPT_FOR = 8_000; // milliseconds after which a hold is renewed while somebody hesitates
let pending = null;
let told = () => {}; // (visit, problem, target): set by the page
let redraw = () => {};
let saved = () => {};

export function listen(hooks) {
  ({ told, redraw, saved } = hooks);
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && pending && !event.target.closest("input, textarea")) {
      event.preventDefault();
      undo();
    }
  });
}

export const isPending = () => pending != null;

// Where a visit is drawn: where it stands, or where it is being moved.
export function placed(visit) {
  if (pending?.visit.id !== visit.id) return visit;
  const { target } = pending;
  return { ...visit, ...target, isPending: true };
}

// `changes`: start, minutes, doctor, room, reason; what is left out stays.
export async function propose(visit, changes) {
  if (pending) await save();
  const mine = (pending = { visit, target: targetOf(visit, changes), hold: "", timer: null, card: null });
  redraw();
  const answer = await post(`${root.dataset.visits}${visit.id}/calendar/hold`, mine.target.fields);
  if (pending !== mine) return;
  if (!answer.ok) return refuse(answer.problem);
  mine.hold = answer.body.hold;
  mine.heldAt = Date.now();
  mine.target.resources = answer.body.resources; // the clinic may have found another room
  redraw();
  mine.card = card(answer.body.told);
  document.querySelector("[data-toasts]").append(mine.card);
  say(`${answer.body.told}. Undo within ${UNDO_WITHIN} seconds.`);
  run(mine);
}

function targetOf(visit, { start = visit.start, minutes, doctor, room, reason = "" }) {
  const length = minutes ?? minutesBetween(visit.start, visit.end);
  const [was, wasRoom] = [visit.doctorId, visit.roomId];
  const fields = { start, minutes: length === minutesBetween(visit.start, visit.end) ? "" : length, reason };
  fields.doctor = doctor && doctor !== was ? doctor : "";
  fields.room = room && room !== wasRoom ? room : "";
  const swapped = { [was]: fields.doctor, [wasRoom]: fields.room };
  const resources = visit.resources.map((id) => swapped[id] || id);
  for (const id of [fields.doctor, fields.room]) if (id && !resources.includes(id)) resources.push(id);
  return { start, end: later(start, length), resources, doctorId: fields.doctor || was, roomId: fields.room || wasRoom, fields };
}

function run(mine) {
  const count = mine.card.querySelector("[data-left]");
  let left = UNDO_WITHIN * 1000;
  let last = Date.now();
  mine.timer = setInterval(() => {
    const passed = Date.now() - last;
    last += passed;
    if (mine.card.matches(":hover, :focus-within")) return keep(mine); // who is about to undo is given the time
    left -= passed;
    count.textContent = Math.max(0, Math.ceil(left / 1000));
    return left <= 0 ? save() : undefined;
  }, 500);
}

// The clinic keeps the time a little longer than ten seconds; for who takes longer it is asked again.
async function keep(mine) {
  if (Date.now() - mine.heldAt < KEPT_FOR) return;
  mine.heldAt = Date.now();
  const answer = await post(`${root.dataset.visits}${mine.visit.id}/calendar/hold`, mine.target.fields);
  if (pending === mine && answer.ok) mine.hold = answer.body.hold;
}

function card(words) {
  const count = make("span", { "aria-hidden": "true", class: "tabular-nums", "data-left": true }, String(UNDO_WITHIN));
  const button = make("button", { class: "btn btn-ghost btn-sm", type: "button", "data-undo-move": true }, icon("undo-2", ""), "Undo", count);
  button.addEventListener("click", undo);
  return make("div", { class: "k-toast", role: "group", "aria-label": words }, icon("check"), make("span", { class: "flex-1" }, words), button);
}

function end() {
  const mine = pending;
  clearInterval(mine.timer);
  mine.card?.remove();
  pending = null;
  return mine;
}

export async function undo() {
  if (!pending?.hold || pending.saving) return;
  const { hold } = end();
  redraw();
  say("Undone: the visit stays where it was.");
  await post(root.dataset.release.replace("00000000-0000-0000-0000-000000000000", hold), {});
}

export function save() {
  if (!pending) return Promise.resolve();
  pending.saving ??= write(pending);
  return pending.saving;
}

async function write(mine) {
  const { visit, target, hold } = mine;
  clearInterval(mine.timer);
  mine.card?.remove();
  const answer = await post(`${root.dataset.visits}${visit.id}/calendar/move`, { ...target.fields, hold });
  if (!answer.ok) return refuse(answer.problem);
  await saved(visit, answer.body);
  pending = null;
  redraw();
}

function refuse(problem) {
  const { visit, target } = end();
  redraw();
  told(visit, problem, target);
}

// The page is being left: the browser sends this though nobody waits for the answer.
function leave() {
  if (!pending?.hold || pending.saving) return;
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...pending.target.fields, hold: pending.hold })) form.append(name, value);
  form.append("csrfmiddlewaretoken", csrf());
  navigator.sendBeacon(`${root.dataset.visits}${pending.visit.id}/calendar/move`, form);
  end();
}

const LOST = { title: "No answer from the clinic's server", detail: "The visit stays where it was. Check the connection, then move it again." };

async function post(address, fields) {
  try {
    const answer = await fetch(address, { method: "POST", keepalive: true, headers: { "X-CSRFToken": csrf() }, body: new URLSearchParams(fields) });
    if (answer.status === 204) return { ok: true, body: {} };
    const body = await answer.json();
    return answer.ok ? { ok: true, body } : { ok: false, problem: body };
  } catch {
    return { ok: false, problem: LOST };
  }
}

// The free times of a refusal, as buttons.
export function alternatives(visit, problem, target) {
  return (problem.alternatives ?? []).map((way) => {
    const words = dayOf(way.local_start) === dayOf(visit.start) ? clockOf(way.local_start) : `${shortDay(dayOf(way.local_start))}, ${clockOf(way.local_start)}`;
    const button = make("button", { class: "btn btn-line btn-sm", type: "button" }, words);
    button.addEventListener("click", () => propose(visit, { ...target.fields, minutes: target.fields.minutes || undefined, start: way.local_start, doctor: way.doctor_id }));
    return button;
  });
}
// icons: check
// icons: undo-2
