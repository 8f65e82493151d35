// The calendar library, told what to draw; what a person does on it is passed on.
import { createCalendar, DayGrid, Interaction, ResourceTimeGrid, ResourceTimeline, TimeGrid } from "@event-calendar/core";
import { day, root, view } from "./address.js";
import { classesOf, columnOf, contentOf, waited } from "./look.js";
import { placed } from "./moves.js";
import { later, wall } from "./wall.js";

const KINDS = { day: "resourceTimeGridDay", week: "timeGridWeek", month: "dayGridMonth", timeline: "resourceTimelineDay" };
const LOCALE = "en-GB"; // 24 hours; the words of the page are the page's own
const place = document.querySelector("[data-calendar-grid]");

let calendar = null;
let columns = new Map();
let isDragging = false;

export const isBusy = () => isDragging;
export const gridPlace = place;
export const columnIds = () => [...columns.keys()];
export const kindOf = (id) => columns.get(id)?.kind;

// `on`: opened(visit id), moved(visit, changes, revert), empty({start, end, column}), drawn()
export function show(model, on) {
  columns = new Map(model.columns.map((column) => [column.id, column]));
  if (!calendar) {
    place.replaceChildren();
    calendar = createCalendar(place, [ResourceTimeGrid, TimeGrid, DayGrid, ResourceTimeline, Interaction], { ...fixed(on), ...changing(model) });
  } else {
    for (const [name, value] of Object.entries(changing(model))) change(name, value);
  }
  setTimeout(on.drawn);
}

const known = new Map();

// Setting what is set already makes the library draw everything again.
function change(name, value) {
  const key = typeof value === "object" ? JSON.stringify(value) : value;
  if (known.get(name) === key) return;
  known.set(name, key);
  calendar.setOption(name, value);
}

function changing(model) {
  return {
    timeZone: model.offset,
    slotMinTime: `${model.from}:00`,
    slotMaxTime: `${model.until}:00`,
    scrollTime: scrollTime(model),
    view: KINDS[view()],
    date: day(),
    resources: model.columns.map(({ id, title, ...more }) => ({ id, title, extendedProps: more })),
    events: [...visits(model), ...holds(model), ...background(model)],
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
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
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
    eventDidMount: ({ el, event }) => { marks.set(el, event.extendedProps); on.mounted(el); },
    eventClick: ({ event }) => event.extendedProps.visit && on.opened(event.extendedProps.visit.id),
    eventDragStart: () => { isDragging = true; },
    eventDragStop: () => { isDragging = false; },
    eventResizeStart: () => { isDragging = true; },
    eventResizeStop: () => { isDragging = false; },
    dragConstraint: mayGo,
    eventDrop: ({ event, newResource }) => on.moved(event.extendedProps.visit, { start: wall(event.start), ...put(newResource) }),
    eventResize: ({ event }) => on.moved(event.extendedProps.visit, { minutes: Math.round((event.end - event.start) / 60_000) }),
    dateClick: ({ date, resource, allDay }) => on.empty({ start: wall(date), column: resource?.id, isDay: allDay }),
    select: ({ start, end, resource, allDay }) => { calendar.unselect(); on.empty({ start: wall(start), end: wall(end), column: resource?.id, isDay: allDay }); },
  };
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

function visits(model) {
  return model.visits.map((visit) => {
    const drawn = placed(visit);
    if (drawn.isPending) [drawn.doctor, drawn.room] = [titleOf(drawn.doctorId, drawn.doctor), titleOf(drawn.roomId, drawn.room)];
    return {
      id: visit.id,
      start: drawn.start,
      end: drawn.end,
      resourceIds: drawn.resources,
      startEditable: visit.movable,
      durationEditable: visit.movable,
      extendedProps: { visit: { ...drawn, since: waited({ sinceWall: visit.since }, model.now) } },
    };
  });
}

const titleOf = (id, otherwise) => columns.get(id)?.title ?? otherwise;

function holds(model) {
  return model.holds.filter((hold) => !hold.mine).map((hold) => ({
    id: hold.id, start: hold.start, end: hold.end, resourceIds: [hold.column], startEditable: false, durationEditable: false, extendedProps: { hold },
  }));
}

// Closed hours, pauses, and what a visit needs before and after it. A week of everybody shows only what holds for
// everybody: the pauses of ten people on top of each other say nothing.
function background(model) {
  const everybody = model.columns.map((column) => column.id);
  const isOne = everybody.length === 1;
  const hasColumns = ["day", "timeline"].includes(model.view);
  const shown = (column) => hasColumns || isOne || !column;
  const closed = model.closed.filter((gap) => shown(gap.column)).map((gap) => ({
    ...span(gap), resourceIds: [gap.column], display: "background", classNames: ["k-cal-closed"], extendedProps: { closed: true },
  }));
  const pauses = model.pauses.filter((pause) => shown(pause.column)).map((pause) => ({
    ...span(pause), resourceIds: pause.column ? [pause.column] : everybody, display: "background", extendedProps: { pause },
  }));
  const buffers = hasColumns ? model.visits.flatMap(edges) : [];
  return [...closed, ...pauses, ...buffers];
}

const span = ({ start, end }) => ({ start, end });

// A room, a device and the team are taken a little before and after; the doctor for the visit itself.
function edges(visit) {
  const { start, end, resources, doctorId } = placed(visit);
  const hatched = (id, from, to) => ({ resourceIds: [id], start: from, end: to, display: "background", classNames: ["k-cal-buffer"], extendedProps: { buffer: true } });
  return resources.filter((id) => id !== doctorId && columns.has(id)).flatMap((id) => {
    const after = Math.max(visit.after, columns.get(id).buffer);
    return [
      ...(visit.before ? [hatched(id, later(start, -visit.before), start)] : []),
      ...(after ? [hatched(id, end, later(end, after))] : []),
    ];
  });
}

function scrollTime(model) {
  const isToday = model.date === model.now.slice(0, 10);
  const hour = isToday ? Number(model.now.slice(11, 13)) - 1 : model.opens;
  return `${Math.max(model.from, hour)}:00`;
}
