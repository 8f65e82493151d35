// Drawing over a photograph ([data-drawing]) by finger, pen or mouse, in points of the original: arrows, lines, circles,
// freehand and words. What is drawn goes as JSON with the form; the picture is never touched.
const place = document.querySelector("[data-drawing]");
const part = (name) => place.querySelector(`[data-drawing-${name}]`);
const [board, layer, form, words, text, say, undo] = ["board", "marks", "form", "words", "text", "say", "undo"].map(part);
const field = form.elements.marks;
const box = board.viewBox.baseVal;
const size = Math.max(box.width, box.height);
const HEAD = size / 40, WORDS = (size * 28) / 1000, NEAR = size / 200;
const colours = Object.fromEntries([...form.elements.colour].map((one) => [one.value, one.dataset.code]));

let marks = [];
let now = null; // the mark that is being drawn
try { marks = JSON.parse(field.value || "[]"); } catch { marks = []; }

function at(event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(board.getScreenCTM().inverse());
  const held = (value, most) => Math.round(Math.min(Math.max(value, 0), most) * 10) / 10;
  return [held(point.x, box.width), held(point.y, box.height)];
}

function element(name, attributes) {
  const made = document.createElementNS(board.namespaceURI, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function head([[x0, y0], [x, y]]) {
  const along = Math.atan2(y0 - y, x0 - x);
  const end = (turn) => [x + HEAD * Math.cos(along + turn), y + HEAD * Math.sin(along + turn)];
  return [end(0.45), [x, y], end(-0.45)];
}

function shapes({ kind, points, colour, words: said }) {
  if (kind === "words") {
    const made = element("text", { class: "k-drawn-words", x: points[0][0], y: points[0][1], "font-size": WORDS, fill: colours[colour] });
    made.textContent = said;
    return [made];
  }
  const both = (name, attributes) => [
    element(name, { ...attributes, class: "k-drawn-edge" }),
    element(name, { ...attributes, class: "k-drawn-line", stroke: colours[colour] }),
  ];
  if (kind === "circle") {
    const [[x, y], [edgeX, edgeY]] = points;
    return both("circle", { cx: x, cy: y, r: Math.hypot(edgeX - x, edgeY - y) });
  }
  const lines = kind === "arrow" ? [points, head(points)] : [points];
  return lines.flatMap((line) => both("polyline", { points: line.join(" ") }));
}

function draw() {
  layer.replaceChildren(...[...marks, ...(now ? [now] : [])].flatMap(shapes));
  field.value = JSON.stringify(marks);
  undo.disabled = !marks.length;
  say.textContent = marks.length ? `${marks.length} drawn, not kept yet.` : "Nothing drawn yet.";
}

const tool = () => form.elements.tool.value;

board.addEventListener("pointerdown", (event) => {
  if (event.button || now) return;
  event.preventDefault();
  const [kind, colour, point] = [tool(), form.elements.colour.value, at(event)];
  if (kind === "words") {
    const said = text.value.trim();
    if (!said) {
      say.textContent = "Write the words first, then tap their place.";
      text.focus();
      return;
    }
    marks.push({ kind, colour, points: [point], words: said });
    text.value = "";
    draw();
    return;
  }
  board.setPointerCapture(event.pointerId);
  now = { kind, colour, points: [point, point] };
});

board.addEventListener("pointermove", (event) => {
  if (!now) return;
  const point = at(event);
  const last = now.points.at(-1);
  if (now.kind !== "stroke") now.points = [now.points[0], point];
  else if (now.points.length < 2000 && Math.hypot(point[0] - last[0], point[1] - last[1]) > NEAR / 4) now.points.push(point);
  draw();
});

function done() {
  if (!now) return;
  const [first, ...rest] = now.points;
  if (rest.some(([x, y]) => Math.hypot(x - first[0], y - first[1]) > NEAR)) marks.push(now);
  now = null;
  draw();
}
board.addEventListener("pointerup", done);
board.addEventListener("pointercancel", () => { now = null; draw(); });
board.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // a finger that rests asks for no menu
undo.addEventListener("click", () => { marks.pop(); draw(); });
form.addEventListener("change", () => { words.hidden = tool() !== "words"; });
draw();
place.dataset.ready = "";
