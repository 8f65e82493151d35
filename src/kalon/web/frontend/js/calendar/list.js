// The day as a list: one doctor's on a phone, and everybody's by doctor on paper.
import { icon, make } from "../parts/dom.js";
import { params } from "./address.js";
import { clockOf, dayOf, longDay } from "./wall.js";

const phone = document.querySelector("[data-calendar-list]");
const picker = document.querySelector("[data-phone-doctor]");
const paper = document.querySelector("[data-calendar-print]");

const NOBODY = "Without a doctor";

export function showList(model, on) {
  const chosen = params().get("doctor") || firstDoctor(model) || picker?.value || "";
  if (picker) picker.value = chosen;
  const visits = model.visits.filter((visit) => !chosen || visit.doctorId === chosen);
  if (!visits.length) return phone.replaceChildren(make("p", { class: "k-cal-none" }, "No visits on this day."));
  const items = visits.map((visit) => {
    const card = make("button", { class: "k-cal-card", type: "button", "data-id": visit.id },
      make("span", { class: "k-mono" }, clockOf(visit.start)),
      make("span", { class: "min-w-0 grow" }, make("b", { class: visit.status === "NO_SHOW" ? "line-through" : "" }, visit.name), make("small", {}, [visit.service, visit.room].filter(Boolean).join(" · "))),
      make("span", { class: `k-st ${visit.css}` }, icon(visit.icon, "icon-14"), visit.word));
    card.addEventListener("click", () => on.opened(visit.id));
    return make("li", {}, card);
  });
  phone.replaceChildren(make("ol", {}, ...items));
}

// Whoever has the first visit of the day, until somebody chooses.
const firstDoctor = (model) => model.visits.find((visit) => visit.doctorId)?.doctorId;

// A sheet for the desk: a table for each doctor, with room to write.
export function print(model) {
  const { clinic, here } = paper.dataset;
  const groups = new Map();
  for (const visit of model.visits) {
    const key = `${dayOf(visit.start)}|${visit.doctor || NOBODY}`;
    groups.set(key, [...(groups.get(key) ?? []), visit]);
  }
  const tables = [...groups].sort(([a], [b]) => a.localeCompare(b)).map(([key, visits]) => table(...key.split("|"), visits));
  const head = make("header", {}, make("h1", {}, `${clinic}, ${here}`), make("p", {}, `${model.counts.booked} booked · printed ${clockOf(model.now)}, ${longDay(dayOf(model.now))}`));
  paper.replaceChildren(head, ...(tables.length ? tables : [make("p", {}, `No visits on ${longDay(model.date)}.`)]));
}

// "+919846023071" as people write it; the numbers of other countries stay as they are dialled.
const readable = (phone) => phone.replace(/^(\+91)(\d{5})(\d{5})$/, "$1 $2 $3");

const HEADS = ["Time", "Patient", "Phone", "Visit", "Room", "State", "Note"];

function table(on, doctor, visits) {
  const cells = (visit) => [
    `${clockOf(visit.start)}–${clockOf(visit.end)}`,
    visit.mrn ? `${visit.name} (${visit.mrn})` : visit.name,
    readable(visit.phone),
    visit.service,
    visit.room,
    visit.overbooked ? `${visit.word}, overbooked` : visit.word,
    "",
  ];
  const rows = visits.map((visit) => make("tr", {}, ...cells(visit).map((text) => make("td", {}, text))));
  return make("table", {},
    make("caption", {}, `${doctor}, ${longDay(on)}: ${visits.length} visit${visits.length === 1 ? "" : "s"}`),
    make("thead", {}, make("tr", {}, ...HEADS.map((word) => make("th", { scope: "col" }, word)))),
    make("tbody", {}, ...rows));
}
