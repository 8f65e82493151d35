// Lists and grids without a mouse. data-arrows: the arrow keys walk through its links and buttons, Tab stops once.
// data-list="#list" on a search box: arrow down goes into the list, Enter takes the first; data-narrows: it also
// hides what does not fit.
import { all } from "./dom.js";

const inside = (box) => [...box.querySelectorAll("a[href], button")].filter((one) => one.offsetParent && one.getAttribute("aria-disabled") !== "true");
const middle = (one) => { const { left, top, width, height } = one.getBoundingClientRect(); return { x: left + width / 2, y: top + height / 2, height }; };

// Up and down: the nearest one that lies clearly above or below.
function beside(items, from, sign) {
  const here = middle(from);
  const far = (one) => { const there = middle(one); return Math.hypot((there.x - here.x) * 2, there.y - here.y); };
  return items.filter((one) => sign * (middle(one).y - here.y) > here.height / 2).sort((a, b) => far(a) - far(b))[0];
}

function next(items, from, key) {
  const at = items.indexOf(from);
  const back = getComputedStyle(from).direction === "rtl" ? "ArrowRight" : "ArrowLeft";
  if (key === "Home") return items[0];
  if (key === "End") return items.at(-1);
  if (key === "ArrowUp" || key === "ArrowDown") return beside(items, from, key === "ArrowUp" ? -1 : 1);
  return items[at + (key === back ? -1 : 1)];
}

function walk(event) {
  const box = event.target.closest?.("[data-arrows]");
  if (!box || !/^(Arrow|Home$|End$)/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  const to = next(inside(box), event.target, event.key);
  event.preventDefault();
  to?.focus();
}

function oneStop(box, stop) {
  for (const one of inside(box)) one.tabIndex = one === stop ? 0 : -1;
}

function fromBox(event) {
  const list = event.target.dataset?.list && document.querySelector(event.target.dataset.list);
  if (!list || !["ArrowDown", "Enter"].includes(event.key)) return;
  const first = inside(list)[0];
  const text = event.target.value.trim();
  if (event.key === "ArrowDown") { event.preventDefault(); first?.focus(); return; }
  // Enter takes the first only when the list answers what stands in the box now.
  if (text && first && (!("for" in list.dataset) || list.dataset.for === text)) { event.preventDefault(); first.click(); }
}

function narrow({ target }) {
  if (!target.matches?.("[data-narrows]")) return;
  const list = document.querySelector(target.dataset.list);
  const words = target.value.toLowerCase().split(/\s+/).filter(Boolean);
  const links = [...list.querySelectorAll("a[href]")];
  for (const one of links) one.hidden = !words.every((word) => one.textContent.toLowerCase().includes(word));
  const nothing = list.parentElement.querySelector("[data-nothing]");
  if (nothing) nothing.hidden = links.some((one) => !one.hidden);
  oneStop(list, inside(list)[0]);
}

export const arrows = {
  start() {
    document.addEventListener("keydown", walk);
    document.addEventListener("keydown", fromBox);
    document.addEventListener("input", narrow);
    document.addEventListener("focusin", ({ target }) => {
      const box = target.closest?.("[data-arrows]");
      if (box && target !== box) oneStop(box, target);
    });
  },
  enhance(root) {
    all(root, "[data-arrows]").forEach((box) => oneStop(box, box.querySelector("[aria-current]") ?? inside(box)[0]));
  },
};
