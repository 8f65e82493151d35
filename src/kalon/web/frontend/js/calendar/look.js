// How a visit, a pause and a column are drawn. Colour, icon and word: always the three together.
import { make } from "../parts/dom.js";
import { glyph } from "./glyphs.js";
import { clockOf, minutesBetween } from "./wall.js";

const SHORT = 30; // minutes under which everything stands on one line
const LONG = 45; // minutes from which there is room for the service

export function classesOf({ event }) {
  const { visit, pause, hold } = event.extendedProps;
  if (hold) return ["k-cal-ev", "is-gold", "is-hold"];
  if (pause) return ["k-cal-pause"];
  if (!visit) return [];
  const minutes = (event.end - event.start) / 60_000;
  return [
    "k-cal-ev", ...visit.css.split(" "),
    minutes < SHORT ? "is-short" : "",
    visit.overbooked ? "is-overbooked" : "",
    visit.isPending ? "is-pending" : "",
    visit.status === "COMPLETED" ? "is-past" : "",
    ["NO_SHOW", "CANCELLED", "RESCHEDULED"].includes(visit.status) ? "is-struck" : "",
  ].filter(Boolean);
}

// The library asks for what stands in a piece whenever anything changes anywhere, and would put it there anew. It gets an
// answer for the piece that follows the pointer; the others are filled once, when they appear.
const OURS = {};
export const contentOf = ({ event, timeText }) => (event.display === "preview" ? following(event, timeText) : OURS);

function following({ extendedProps: { visit } }, timeText) {
  const time = seen("time", timeText);
  return { domNodes: visit ? [time, make("b", {}, visit.name)] : [time] };
}

export function fill(element, event, view) {
  if (event.display !== "preview") element.querySelector(".ec-event-body").replaceChildren(...nodesOf(event, view));
}

// "15:00 – 15:45". Formatting by locale eight hundred times is slow, and the wall's clock is the same in all.
export const clockTimes = (start, end) => [start, end].filter(Boolean).map(clock).join(" – ");
const clock = (date) => [date.getHours(), date.getMinutes()].map((number) => String(number).padStart(2, "0")).join(":");

function nodesOf(event, view) {
  const { visit, pause, hold } = event.extendedProps;
  if (pause) return [pauseLabel(pause)];
  if (hold) return [make("b", {}, "Booking"), held(hold)];
  if (!visit) return [];
  const minutes = (event.end - event.start) / 60_000;
  const first = [heard(`${clockOf(visit.start)} to ${clockOf(visit.end)}, `), make("b", {}, visit.name)];
  const last = heard(`, ${said(visit)}`);
  if (view === "dayGridMonth") return [seen("time", clockOf(visit.start)), ...first, line(visit.icon, visit.word), last];
  const nodes = [...first, line(visit.icon, visit.since ? `${visit.word} ${visit.since}` : visit.word)];
  if (minutes >= LONG) nodes.push(seen("i", visit.service, "for-doctor"));
  if (minutes >= LONG && visit.doctor) nodes.push(seen("i", `with ${visit.doctor}`, "for-room"));
  if (visit.overbooked) nodes.push(line("layers", "Overbooked", "is-mark"));
  if (visit.urgent && minutes >= LONG) nodes.push(line("zap", "Urgent", "is-mark"));
  return [...nodes, last];
}

// What only a screen reader says, so that a visit is heard whole however small it is drawn; and what it need not repeat.
const heard = (words) => make("small", { class: "sr-only" }, words);
const seen = (tag, words, more = "") => make(tag, { class: more, "aria-hidden": "true" }, words);

function said({ service, doctor, room, urgent, isPending }) {
  return [service, doctor && `with ${doctor}`, room && `in ${room}`, urgent && "urgent", isPending && "being moved"].filter(Boolean).join(", ");
}

function line(name, words, more = "") {
  return make("span", { class: more }, glyph(name), make("em", {}, words));
}

function pauseLabel(pause) {
  const words = [glyph(pause.icon), pause.word];
  if (!pause.id) return make("em", { class: "k-cal-label" }, ...words);
  return make("button", { class: "k-cal-label", type: "button", "data-pause": pause.id, "aria-label": `${pause.word}: open this time again` }, ...words);
}

function held({ until }) {
  const words = line("hourglass", left(until));
  words.dataset.holdUntil = until;
  return words;
}

// How long others still keep a time; said again every second.
export function countHolds(place) {
  for (const words of place.querySelectorAll("[data-hold-until]")) words.querySelector("em").textContent = left(words.dataset.holdUntil);
}

function left(until) {
  const seconds = Math.max(0, Math.round((Date.parse(until) - Date.now()) / 1000));
  return `Hold ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function columnOf({ resource }) {
  const { note, load, kind } = resource.extendedProps;
  const bar = make("meter", { class: "k-cal-load", min: 0, max: 100, value: load, "aria-label": "Booked" }, `${load} %`);
  return { domNodes: [make("b", { "data-column": resource.id }, resource.title), make("span", {}, note || (kind === "room" ? "Room" : "")), bar] };
}

// Minutes somebody has waited, on the clinic's clock.
export function waited(visit, now) {
  return visit.sinceWall ? `${Math.max(0, minutesBetween(visit.sinceWall, now))} min` : "";
}
// icons: hourglass
// icons: layers
// icons: zap
