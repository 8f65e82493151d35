// What is drawn, as the calendar library takes it. Each piece has a name of its own, so that what did not change is left
// alone.
import { waited } from "./look.js";
import { placed } from "./moves.js";
import { later } from "./wall.js";

// `columns`: by id, as the feed describes them.
export const piecesOf = (model, columns) => [...visits(model, columns), ...holds(model), ...background(model, columns)];

function visits(model, columns) {
  const titleOf = (id, otherwise) => columns.get(id)?.title ?? otherwise;
  return model.visits.map((visit) => {
    const drawn = { ...placed(visit), since: waited({ sinceWall: visit.since }, model.now) };
    if (drawn.isPending) [drawn.doctor, drawn.room] = [titleOf(drawn.doctorId, drawn.doctor), titleOf(drawn.roomId, drawn.room)];
    return {
      id: visit.id,
      start: drawn.start,
      end: drawn.end,
      resourceIds: drawn.resources,
      startEditable: visit.movable,
      durationEditable: visit.movable,
      extendedProps: { visit: drawn },
    };
  });
}

function holds(model) {
  return model.holds.filter((hold) => !hold.mine).map((hold) => ({
    id: hold.id, start: hold.start, end: hold.end, resourceIds: [hold.column], startEditable: false, durationEditable: false, extendedProps: { hold },
  }));
}

// Closed hours, pauses, and what a visit needs before and after it. A week of everybody shows only what holds for
// everybody: the pauses of ten people on top of each other say nothing.
function background(model, columns) {
  const everybody = [...columns.keys()];
  const hasColumns = ["day", "timeline"].includes(model.view);
  const shown = (column) => hasColumns || everybody.length === 1 || !column;
  const closed = model.closed.filter((gap) => shown(gap.column)).map((gap) => ({
    id: `closed ${gap.column} ${gap.start}`, ...span(gap), resourceIds: [gap.column], display: "background", classNames: ["k-cal-closed"], extendedProps: { closed: true },
  }));
  const pauses = model.pauses.filter((pause) => shown(pause.column)).map((pause) => ({
    id: `pause ${pause.id ?? pause.kind} ${pause.column} ${pause.start}`, ...span(pause), resourceIds: pause.column ? [pause.column] : everybody, display: "background", extendedProps: { pause },
  }));
  const buffers = hasColumns ? model.visits.flatMap((visit) => edges(visit, columns)) : [];
  return [...closed, ...pauses, ...buffers];
}

const span = ({ start, end }) => ({ start, end });

// A room, a device and the team are taken a little before and after; the doctor for the visit itself.
function edges(visit, columns) {
  const { start, end, resources, doctorId } = placed(visit);
  const hatched = (word, column, from, to) => ({ id: `${word} ${visit.id} ${column}`, resourceIds: [column], start: from, end: to, display: "background", classNames: ["k-cal-buffer"], extendedProps: { buffer: true } });
  return resources.filter((id) => id !== doctorId && columns.has(id)).flatMap((id) => {
    const after = Math.max(visit.after, columns.get(id).buffer);
    return [
      ...(visit.before ? [hatched("before", id, later(start, -visit.before), start)] : []),
      ...(after ? [hatched("after", id, end, later(end, after))] : []),
    ];
  });
}
