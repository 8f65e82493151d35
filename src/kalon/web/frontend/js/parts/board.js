// [data-board]: the arrow keys go from card to card, up and down in a column, left and right between columns.
const STEPS = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };

const cardsOf = (column) => [...column.querySelectorAll("[data-board-card]")];

function onKey(event) {
  const step = STEPS[event.key];
  const card = event.target.closest?.("[data-board-card]");
  if (!step || !card || event.ctrlKey || event.metaKey || event.altKey) return;
  const columns = [...card.closest("[data-board]").querySelectorAll("[data-board-column]")].filter((column) => cardsOf(column).length);
  const here = card.closest("[data-board-column]");
  const place = cardsOf(here).indexOf(card);
  const towards = document.documentElement.dir === "rtl" ? -step[0] : step[0];
  const column = columns[columns.indexOf(here) + towards];
  const next = column && cardsOf(column)[Math.min(place + step[1], cardsOf(column).length - 1)];
  if (!next) return;
  event.preventDefault();
  next.querySelector("a").focus();
}

// A button that was pressed is gone when its visit moved on: the focus stays with the visit.
let pressed;

function keepPlace() {
  if (document.activeElement !== document.body || !pressed) return;
  document.getElementById(pressed)?.querySelector("a").focus({ preventScroll: true });
  pressed = null;
}

export const board = {
  start() {
    document.addEventListener("keydown", onKey);
    document.addEventListener("focusin", ({ target }) => { pressed = target.closest("[data-board-card]")?.id; });
    document.addEventListener("htmx:afterSwap", ({ target }) => { if (target.closest?.("[data-board]")) keepPlace(); });
  },
};
