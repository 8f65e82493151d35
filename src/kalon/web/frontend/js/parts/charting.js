// Charts of the face and body: a tap, or Enter at the cross, draws a point with what is in the syringe.
// Without this script every point is drawn by the name of its place, in the form beside the drawing.
const STEP = 4, LEAP = 16;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const BUTTONS = { "+": "more", "=": "more", "-": "less", Backspace: "undo", Delete: "undo" };

let cross = null; // where the cross stands, kept while htmx brings the drawing anew
let taps = []; // taps that came while the last one was still on its way
let sending = false;

const form = () => document.querySelector("[data-chart-draw]");
const drawing = () => document.querySelector("[data-chart-map]");
const box = (map) => map.viewBox.baseVal;

function inside(map, at) {
  const { x, y, width, height } = box(map);
  return { x: Math.min(Math.max(at.x, x), x + width), y: Math.min(Math.max(at.y, y), y + height) };
}

function onPage(map, at, matrix) {
  const point = map.createSVGPoint();
  point.x = at.x;
  point.y = at.y;
  return point.matrixTransform(matrix);
}

function regionAt(map, at) {
  const spot = onPage(map, at, map.getScreenCTM());
  return document.elementsFromPoint(spot.x, spot.y).find((element) => element.dataset?.region)?.dataset.region ?? "";
}

// A ring where the tap was, until the server has drawn the point.
function promise(map, at) {
  const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  ring.setAttribute("class", "k-pending");
  ring.setAttribute("cx", at.x);
  ring.setAttribute("cy", at.y);
  ring.setAttribute("r", 10);
  map.append(ring);
}

function drawAt(map, at, region) {
  if (!form()) return;
  taps.push({ at, region, view: map.dataset.chartMap });
  promise(map, at);
  sendNext();
}

function sendNext() {
  const to = form();
  if (sending || !taps.length || !to || "sent" in to.dataset) return; // each answer brings a form of its own
  const { at, region } = taps.shift();
  to.elements.x.value = at.x.toFixed(1);
  to.elements.y.value = at.y.toFixed(1);
  to.elements.region.value = region;
  if (to.checkValidity()) {
    sending = true;
    to.dataset.sent = "";
  } else forget();
  to.requestSubmit(to.querySelector("[data-chart-add]"));
}

function forget() {
  taps = [];
  drawing()?.querySelectorAll(".k-pending").forEach((ring) => ring.remove());
}

// What stands under the cross, in the words of the list of places, for those who do not see it.
function tell(map, at) {
  const region = regionAt(map, at);
  const places = [...(form()?.elements.place.options ?? [])].filter(({ value }) => value.startsWith(`${region}:`));
  const away = ({ value }) => Math.abs(Number(value.split(":")[1]) - at.x);
  const name = region ? places.sort((one, other) => away(one) - away(other))[0]?.text : "";
  const said = document.querySelector("#chart-said");
  if (said && said.textContent !== name) said.textContent = name ?? "";
}

function showCross(map, at) {
  cross = inside(map, at);
  const mark = map.querySelector("[data-chart-cross]");
  mark?.removeAttribute("hidden");
  mark?.setAttribute("transform", `translate(${cross.x} ${cross.y})`);
}

function onKey(event) {
  const map = event.target;
  if (!map.matches?.("[data-chart-map]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const { x, y, width, height } = box(map);
  const at = inside(map, cross ?? { x: x + width / 2, y: y + height / 2 });
  if (event.key in MOVES) {
    const [right, down] = MOVES[event.key];
    const by = event.shiftKey ? LEAP : STEP;
    showCross(map, { x: at.x + right * by, y: at.y + down * by });
    tell(map, cross);
  } else if (event.key === "Enter" && cross) drawAt(map, cross, regionAt(map, cross));
  else if (event.key in BUTTONS) document.querySelector(`[data-chart-button="${BUTTONS[event.key]}"]`)?.click();
  else return;
  event.preventDefault();
}

export const charting = {
  start() {
    document.addEventListener("click", (event) => {
      const map = event.target.closest?.("[data-chart-map]");
      if (!map || event.target.closest("a")) return;
      const at = onPage(map, { x: event.clientX, y: event.clientY }, map.getScreenCTM().inverse());
      drawAt(map, inside(map, at), event.target.dataset.region ?? "");
    });
    document.addEventListener("keydown", onKey);
    document.addEventListener("focusin", ({ target }) => {
      if (target.matches?.("[data-chart-map]:focus-visible") && cross) showCross(target, cross);
    });
    document.addEventListener("htmx:afterRequest", ({ detail }) => {
      const asked = detail.requestConfig.elt;
      if (!asked?.matches?.("[data-chart-draw]")) return;
      sending = false;
      if (!detail.successful) {
        delete asked.dataset.sent;
        forget();
      }
      sendNext();
    });
  },
  enhance() {
    const map = drawing();
    if (!map) return;
    if (cross && document.activeElement === map) showCross(map, cross);
    if (taps.length && taps[0].view !== map.dataset.chartMap) taps = [];
    for (const { at } of taps) promise(map, at);
    sendNext();
  },
};
