// data-lasts: how long something goes on, counted on from the seconds that the server says; its own clock only measures.
import { all } from "./dom.js";

const running = new Map(); // element -> when it began, on this browser's clock
const words = (minutes) => [Math.floor(minutes / 60) && `${Math.floor(minutes / 60)} h`, (minutes % 60 || minutes < 60) && `${minutes % 60} min`].filter(Boolean).join(" ") || "0 min";

function tick() {
  for (const [place, began] of running) {
    if (!place.isConnected) { running.delete(place); continue; }
    const said = words(Math.max(0, Math.floor((Date.now() - began) / 60000)));
    if (place.textContent !== said) place.textContent = said;
  }
}

export const lasting = {
  start: () => setInterval(tick, 5000),
  enhance(root) {
    all(root, "[data-lasts]").forEach((place) => running.has(place) || running.set(place, Date.now() - 1000 * Number(place.dataset.lasts)));
    tick();
  },
};
