// The theatres by the hour: places the pieces by their minutes, keeps the now-line going, and lets a surgery be dragged
// to another time or theatre. Nothing moves by being dropped: the form "Move the surgery" opens with the new time in it,
// asks why, and the clinic answers. Without a mouse the key v opens the same form.
import { make } from "./parts/dom.js";

const STEP = 15; // minutes a dragged surgery goes at once
const FAR = 6; // points before a press is a drag
const grid = () => document.querySelector("[data-theatres]");
const lanes = () => [...document.querySelectorAll(".k-th-lane")];
const two = (number) => String(number).padStart(2, "0");
const clock = (minutes) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
const minutesOf = (words) => Number(words.slice(0, 2)) * 60 + Number(words.slice(3, 5));
let since = Date.now();
let begun = "";
let lifted = null;

function place(element) {
  element.style.setProperty("--at", element.dataset.at);
  if (element.dataset.long) element.style.setProperty("--long", element.dataset.long);
}

function lay() {
  const root = grid();
  if (!root) return;
  const { first, last } = root.dataset;
  root.style.setProperty("--from", first * 60);
  root.style.setProperty("--long", (last - first) * 60);
  root.querySelectorAll("[data-at]").forEach(place);
  document.documentElement.classList.add("has-theatres");
  now();
}

// The clock is the clinic's, as the page said it, and what has passed since.
function now() {
  const root = grid();
  if (!root) return;
  if (begun !== root.dataset.now) [begun, since] = [root.dataset.now, Date.now()];
  const at = minutesOf(begun) + Math.floor((Date.now() - since) / 60_000);
  root.querySelectorAll(".k-th-now, .k-th-clock").forEach((one) => one.remove());
  const today = root.querySelectorAll(`.k-th-lane[data-day="${root.dataset.today}"] > ol`);
  if (!today.length || at < root.dataset.first * 60 || at > root.dataset.last * 60) return;
  for (const lane of today) lane.prepend(put(make("li", { class: "k-th-now", "aria-hidden": "true", "data-at": at })));
  root.querySelector(".k-th-hours > div").append(put(make("span", { class: "k-th-clock", "data-at": at }, clock(at))));
}

function put(element) {
  place(element);
  return element;
}

// -- dragging

function lift(event) {
  const piece = event.target.closest?.("[data-move]");
  if (!piece || event.button !== 0 || event.pointerType === "touch" || getComputedStyle(piece).position !== "absolute") return;
  lifted = { piece, x: event.clientX, y: event.clientY, grip: event.clientY - piece.getBoundingClientRect().top, target: null };
}

function carry(event) {
  if (!lifted) return;
  if (!lifted.target && Math.hypot(event.clientX - lifted.x, event.clientY - lifted.y) < FAR) return;
  event.preventDefault();
  lifted.target ??= start();
  const lane = lanes().find((one) => { const box = one.getBoundingClientRect(); return event.clientX >= box.left && event.clientX < box.right; });
  if (!lane) return;
  const list = lane.querySelector("ol");
  const { first, last } = grid().dataset;
  const long = Number(lifted.piece.dataset.long);
  const down = (event.clientY - lifted.grip - list.getBoundingClientRect().top) * 3 / 4 + first * 60;
  const at = Math.min(Math.max(Math.round(down / STEP) * STEP, first * 60), last * 60 - long);
  Object.assign(lifted, { lane, at });
  lifted.target.dataset.at = at;
  lifted.target.dataset.long = long;
  const taken = isTaken(list, at, long);
  lifted.target.classList.toggle("is-taken", taken);
  lifted.target.textContent = `${clock(at)}–${clock(at + long)}${taken ? ", taken" : ""}`;
  list.append(put(lifted.target));
}

function start() {
  document.documentElement.classList.add("is-moving-surgery");
  lifted.piece.classList.add("is-lifted");
  return make("li", { class: "k-th-target", "aria-hidden": "true" });
}

const isTaken = (list, at, long) => [...list.querySelectorAll("[data-taken]")].some((one) => one !== lifted.piece
  && Number(one.dataset.at) < at + long && at < Number(one.dataset.at) + Number(one.dataset.long));

function drop() {
  const was = lifted;
  end();
  if (!was?.target || !was.lane) return;
  document.addEventListener("click", stopped, { capture: true });
  setTimeout(() => document.removeEventListener("click", stopped, { capture: true }));
  const same = was.lane.contains(was.piece) && Number(was.piece.dataset.at) === was.at;
  if (!same) open(was.piece, { date: was.lane.dataset.day, clock: clock(was.at), room: was.lane.dataset.room });
}

// The link under a dragged surgery is not followed.
function stopped(event) {
  event.preventDefault();
  event.stopPropagation();
}

function open(piece, to) {
  const address = new URL(piece.dataset.move, location.href);
  for (const [name, value] of Object.entries(to)) address.searchParams.set(name, value);
  location.assign(address);
}

function end() {
  lifted?.target?.remove();
  lifted?.piece.classList.remove("is-lifted");
  document.documentElement.classList.remove("is-moving-surgery");
  lifted = null;
}

function onKey(event) {
  if (event.key === "Escape" && lifted) end();
  if (event.key !== "v" || event.ctrlKey || event.metaKey || event.altKey) return;
  const piece = event.target.closest?.("[data-move]");
  if (piece) open(piece, {});
}

lay();
setInterval(now, 30_000);
document.addEventListener("htmx:afterSettle", lay);
document.addEventListener("pointerdown", lift);
document.addEventListener("pointermove", carry);
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", end);
document.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-move]")) event.preventDefault(); });
document.addEventListener("keydown", onKey);
scroll();

// The day is opened where it is going on, or where it begins.
function scroll() {
  const root = grid();
  const line = root?.querySelector(".k-th-now") ?? root?.querySelector(".k-ev");
  const box = root?.parentElement;
  if (line && box) box.scrollTop = Math.max(0, line.offsetTop - 160);
}
