// Charts of the face and body: a tap, or Enter at the cross, draws a point with what is in the syringe.
// Without this script every point is drawn by the name of its place, in the form beside the drawing.
const STEP = 4, LEAP = 16;
let cross = null; // where the cross stands, kept while htmx brings the drawing anew

const box = (map) => map.viewBox.baseVal;

function inside(map, at) {
  const { x, y, width, height } = box(map);
  return { x: Math.min(Math.max(at.x, x), x + width), y: Math.min(Math.max(at.y, y), y + height) };
}

function regionAt(map, at) {
  const point = map.createSVGPoint();
  Object.assign(point, at);
  const spot = point.matrixTransform(map.getScreenCTM());
  return document.elementsFromPoint(spot.x, spot.y).find((element) => element.dataset?.region)?.dataset.region ?? "";
}

function drawAt(map, at, region) {
  const form = document.querySelector("[data-chart-draw]");
  if (!form) return;
  form.elements.x.value = at.x.toFixed(1);
  form.elements.y.value = at.y.toFixed(1);
  form.elements.region.value = region;
  form.requestSubmit();
}

function showCross(map, at) {
  cross = inside(map, at);
  const mark = map.querySelector("[data-chart-cross]");
  mark.removeAttribute("hidden");
  mark.setAttribute("transform", `translate(${cross.x} ${cross.y})`);
}

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const charting = {
  start() {
    document.addEventListener("click", (event) => {
      const map = event.target.closest?.("[data-chart-map]");
      if (!map || event.target.closest("a")) return;
      const point = map.createSVGPoint();
      point.x = event.clientX;
      point.y = event.clientY;
      const at = inside(map, point.matrixTransform(map.getScreenCTM().inverse()));
      drawAt(map, at, event.target.dataset.region ?? "");
    });
    document.addEventListener("keydown", (event) => {
      const map = event.target;
      if (!map.matches?.("[data-chart-map]")) return;
      const { x, y, width, height } = box(map);
      const at = cross ?? { x: x + width / 2, y: y + height / 2 };
      if (event.key in MOVES) {
        const [right, down] = MOVES[event.key];
        const by = event.shiftKey ? LEAP : STEP;
        showCross(map, { x: at.x + right * by, y: at.y + down * by });
      } else if (event.key === "Enter" && cross) drawAt(map, cross, regionAt(map, cross));
      else return;
      event.preventDefault();
    });
  },
  enhance(root) {
    const map = root.querySelector?.("[data-chart-map]");
    if (map && cross && document.activeElement === map) showCross(map, cross);
  },
};
