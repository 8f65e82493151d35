// The icons of the pieces. A browser builds each <use> of the house's sheet of icons as a document of its own; eight
// hundred of them are slow. Here the sheet is read once, and its drawings are copied.
import { icon } from "../parts/dom.js";

const drawings = new Map();

// Reads the sheet; where it cannot be read, icons are drawn as everywhere else.
export async function readIcons() {
  const answer = await fetch(document.body.dataset.icons).catch(() => null);
  if (!answer?.ok) return;
  const sheet = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
  for (const symbol of sheet.querySelectorAll("symbol")) drawings.set(symbol.id, drawingOf(symbol));
}

function drawingOf(symbol) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("viewBox", symbol.getAttribute("viewBox"));
  for (const shape of symbol.children) svg.append(document.importNode(shape, true));
  return svg;
}

export const glyph = (name) => drawings.get(name)?.cloneNode(true) ?? icon(name, "");
