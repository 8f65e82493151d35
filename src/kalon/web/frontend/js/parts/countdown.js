// data-until="ISO instant": counts to the server's expiry; at zero it says so and tells the page (`k-expired`).
import { all, say } from "./dom.js";

const running = new Set();
const words = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function tick() {
  for (const timer of running) {
    if (!timer.isConnected) { running.delete(timer); continue; }
    const left = Math.max(0, Math.ceil((Date.parse(timer.dataset.until) - Date.now()) / 1000));
    const place = timer.querySelector("[data-left]") ?? timer;
    place.textContent = words(left);
    const ring = timer.querySelector("[data-ring]");
    ring?.setAttribute("stroke-dashoffset", 100 - Math.min(100, (100 * left) / (Number(timer.dataset.total) || left || 1)));
    if (left === 60) say(`One minute left`);
    if (!left) {
      running.delete(timer);
      say(timer.dataset.over);
      timer.dispatchEvent(new CustomEvent("k-expired", { bubbles: true }));
    }
  }
}

export const countdowns = {
  start: () => setInterval(tick, 1000),
  enhance(root) {
    all(root, "[data-until]").forEach((timer) => running.add(timer));
    tick();
  },
};
