// The bar over the calendar and the tiles beside it: every choice goes into the address.
import { make } from "../parts/dom.js";
import { day, go, isPhone, params, root, today, view } from "./address.js";
import { nextDay, nextMonth, shortDay, title } from "./wall.js";

const form = document.querySelector("[data-calendar-filters]");
const one = (name) => root.querySelector(`[data-${name}]`);

const STEPS = { day: (on, by) => nextDay(on, by), timeline: (on, by) => nextDay(on, by), week: (on, by) => nextDay(on, 7 * by), month: nextMonth };

export function start() {
  for (const field of form.querySelectorAll("[data-noscript]")) field.remove();
  form.addEventListener("change", onChoice);
  form.addEventListener("submit", (event) => event.preventDefault());
  root.addEventListener("click", onClick);
  one("names").addEventListener("submit", ({ target }) => (target.elements.next.value = location.pathname + location.search));
}

function onChoice({ target }) {
  if (target.matches("[data-phone-doctor]")) return go({ doctor: target.value });
  if (target.name === "branch") return location.assign(`?${new URLSearchParams({ branch: target.value, date: day(), view: view() })}`);
  const typed = new FormData(form);
  go(Object.fromEntries(["columns", "doctor", "room", "status", "kind"].map((name) => [name, typed.getAll(name)])));
}

function onClick(event) {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { go: to, view: wanted, tile } = link.dataset;
  if (to) go({ date: to === "today" ? null : STEPS[view()](day(), to === "later" ? 1 : -1) });
  else if (wanted) go({ view: wanted });
  else if (tile) go({ status: tile === "booked" || params().get("status") === tile ? null : tile });
  else if (link.matches("[data-show-all]")) go({ columns: null, doctor: null, room: null, status: null, kind: null });
  else return;
  event.preventDefault();
}

// What the address says, on every control.
export function follow() {
  const wanted = params();
  for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = wanted.getAll(box.name).includes(box.value);
  for (const radio of form.querySelectorAll("input[type=radio]")) radio.checked = radio.value === (wanted.get("columns") ?? "all");
  for (const link of root.querySelectorAll("[data-view]")) mark(link, link.dataset.view === view());
  const states = wanted.getAll("status");
  for (const link of root.querySelectorAll("[data-tile]")) mark(link, states.includes(link.dataset.tile) || (link.dataset.tile === "booked" && !states.length));
  const columns = wanted.getAll("doctor").length + wanted.getAll("room").length;
  const filters = states.length + wanted.getAll("kind").length;
  one("columns-word").textContent = columns ? `${columns} column${columns > 1 ? "s" : ""}` : "Columns";
  one("filters-word").textContent = filters ? `Filter: ${filters}` : "Filter";
  form.querySelector("[data-show-all]").hidden = isPhone() || !(columns || filters || wanted.has("columns"));
  const book = one("book-link");
  if (book) book.href = `${book.pathname}?${new URLSearchParams({ date: day(), branch: root.dataset.branch })}`;
}

const mark = (link, isCurrent) => (isCurrent ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"));

export function tell(model) {
  one("calendar-title").textContent = title(model.view, model.date, model.first, model.last);
  one("tile-day").textContent = ["day", "timeline"].includes(model.view) && model.date === today() ? "Today" : title(model.view, model.date, model.first, model.last);
  document.title = document.title.replace(/^[^·]*/, `Calendar, ${shortDay(model.date)} `);
  for (const place of root.querySelectorAll("[data-count]")) place.textContent = model.counts[place.dataset.count];
  root.style.setProperty("--k-clock", JSON.stringify(model.now.slice(11)));
  one("calendar-empty").hidden = isPhone() || model.columns.length > 0;
  one("calendar-grid").hidden = !one("calendar-empty").hidden;
  waiting(model);
}

function waiting(model) {
  const here = model.visits.filter((visit) => visit.since).sort((a, b) => a.since.localeCompare(b.since));
  one("waiting").hidden = !here.length;
  one("waiting-list").replaceChildren(...here.slice(0, 8).map((visit) => {
    const name = make("button", { class: "t-13 font-medium block text-start cursor-pointer", type: "button", "data-open": visit.id }, visit.name);
    return make("li", {}, name, make("span", { class: "t-12 text-muted" }, visit.service));
  }));
}
