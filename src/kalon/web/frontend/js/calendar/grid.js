// The calendar library, told what to draw; what a person does on it is passed on. A day may have eight hundred pieces:
// only those that changed are given to the library anew, and what stands in a piece is drawn once, when it appears.
import { createCalendar, DayGrid, Interaction, ResourceTimeGrid, ResourceTimeline, TimeGrid } from "@event-calendar/core";
import { day, root, view } from "./address.js";
import { classesOf, clockTimes, columnOf, contentOf, fill } from "./look.js";
import { piecesOf } from "./pieces.js";
import { wall } from "./wall.js";

const KINDS = { day: "resourceTimeGridDay", week: "timeGridWeek", month: "dayGridMonth", timeline: "resourceTimelineDay" };
const LOCALE = "en-GB"; // 24 hours; the words of the page are the page's own
const FEW = 40; // pieces that are changed one by one; of more, all are drawn again at once
const place = document.querySelector("[data-calendar-grid]");

let calendar = null;
let columns = new Map();
let isDragging = false;

export const isBusy = () => isDragging;
export const gridPlace = place;
export const columnIds = () => [...columns.keys()];
export const kindOf = (id) => columns.get(id)?.kind;

// `on`: opened(visit id), moved(visit, changes, revert), empty({start, end, column}), drawn(), mounted(element)
export function show(model, on) {
  columns = new Map(model.columns.map((column) => [column.id, column]));
  const options = changing(model);
  const pieces = piecesOf(model, columns);
  if (calendar) {
    const areOthers = Object.entries(options).map(([name, value]) => change(name, value)).some(Boolean);
    draw(pieces, areOthers);
  } else {
    for (const [name, value] of Object.entries(options)) known.set(name, keyOf(value));
    drawn = written(pieces);
    place.replaceChildren();
    calendar = createCalendar(place, [ResourceTimeGrid, TimeGrid, DayGrid, ResourceTimeline, Interaction], { ...fixed(on), ...options, events: pieces });
  }
  setTimeout(on.drawn);
}

// -- only what changed

const known = new Map(); // options by name
let drawn = new Map(); // pieces by name, as they were given to the library

const keyOf = (value) => (typeof value === "object" ? JSON.stringify(value) : value);
const written = (pieces) => new Map(pieces.map((piece) => [piece.id, JSON.stringify(piece)]));

// Setting what is set already makes the library draw everything again. Answers whether the columns are others now.
function change(name, value) {
  const key = keyOf(value);
  if (known.get(name) === key) return false;
  known.set(name, key);
  calendar.setOption(name, value);
  return name === "resources";
}

function draw(pieces, areColumnsOthers) {
  const wanted = written(pieces);
  const others = pieces.filter(({ id }) => drawn.get(id) !== wanted.get(id));
  const gone = [...drawn.keys()].filter((id) => !wanted.has(id));
  if (areColumnsOthers || others.length + gone.length > FEW) calendar.setOption("events", pieces);
  else {
    for (const id of gone) calendar.removeEventById(id);
    for (const piece of others) calendar.updateEvent(piece) ?? calendar.addEvent(piece);
  }
  drawn = wanted;
}

// The library has put a piece elsewhere by itself; where it belongs is said again at the next drawing.
const misplaced = (id) => drawn.set(id, "");

function changing(model) {
  return {
    timeZone: model.offset,
    slotMinTime: `${model.from}:00`,
    slotMaxTime: `${model.until}:00`,
    scrollTime: scrollTime(model),
    view: KINDS[view()],
    date: day(),
    resources: model.columns.map(({ id, title, ...more }) => ({ id, title, extendedProps: more })),
  };
}

function fixed(on) {
  return {
    locale: LOCALE,
    firstDay: 1,
    height: "100%",
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    slotDuration: "00:15",
    snapDuration: "00:15",
    slotHeight: 20,
    slotWidth: 40,
    slotLabelInterval: "01:00",
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventTimeFormat: clockTimes,
    columnWidth: "minmax(8rem, 1fr)",
    slotEventOverlap: false,
    eventGap: 2,
    nowIndicator: true,
    dayMaxEvents: true,
    dayHeaderFormat: { weekday: "short", day: "numeric", month: "short" },
    views: { dayGridMonth: { dayHeaderFormat: { weekday: "short" }, columnWidth: undefined }, timeGridWeek: { columnWidth: "minmax(6rem, 1fr)" } },
    selectable: "mayBook" in root.dataset || "mayBlock" in root.dataset,
    selectMinDistance: 8,
    eventLongPressDelay: 400,
    selectLongPressDelay: 600,
    eventClassNames: classesOf,
    eventContent: contentOf,
    resourceLabelContent: columnOf,
    eventAllUpdated: () => on.drawn(),
    eventDidMount: ({ el, event, view: shown }) => {
      marks.set(el, event.extendedProps);
      fill(el, event, shown.type);
      on.mounted(el);
    },
    eventClick: ({ event }) => event.extendedProps.visit && on.opened(event.extendedProps.visit.id),
    eventDragStart: () => { isDragging = true; },
    eventDragStop: () => { isDragging = false; },
    eventResizeStart: () => { isDragging = true; },
    eventResizeStop: () => { isDragging = false; },
    dragConstraint: mayGo,
    eventDrop: ({ event, newResource }) => moved(on, event, { start: wall(event.start), ...put(newResource) }),
    eventResize: ({ event }) => moved(on, event, { minutes: Math.round((event.end - event.start) / 60_000) }),
    dateClick: ({ date, resource, allDay }) => on.empty({ start: wall(date), column: resource?.id, isDay: allDay }),
    select: ({ start, end, resource, allDay }) => { calendar.unselect(); on.empty({ start: wall(start), end: wall(end), column: resource?.id, isDay: allDay }); },
  };
}

function moved(on, { id, extendedProps }, changes) {
  misplaced(id);
  on.moved(extendedProps.visit, changes);
}

// Which element shows which visit; the library gives them no attribute of ours.
const marks = new WeakMap();
export const visitOf = (element) => marks.get(element)?.visit;

// A visit goes from doctor to doctor and from room to room; who of the team comes is found by the clinic.
function mayGo({ event, oldResource, newResource }) {
  if (!newResource) return true;
  const { doctorId, roomId } = event.extendedProps.visit;
  return [doctorId, roomId].includes(oldResource?.id) && kindOf(oldResource.id) === kindOf(newResource.id);
}

const put = (to) => (to ? { [kindOf(to.id) === "room" ? "room" : "doctor"]: to.id } : {});

function scrollTime(model) {
  const isToday = model.date === model.now.slice(0, 10);
  const hour = isToday ? Number(model.now.slice(11, 13)) - 1 : model.opens;
  return `${Math.max(model.from, hour)}:00`;
}
