// data-seconds: counts down what the server says is left; at zero it says so and tells the page (`k-expired`).
// The browser's own clock only measures the distance, so it may be wrong.
import { all, say } from "./dom.js";

const running = new Map(); // timer -> when it ends, on this browser's clock
const words = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function tick() {
  for (const [timer, ends] of running) {
    if (!timer.isConnected) { running.delete(timer); continue; }
    const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
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

const endOf = (timer) => ("seconds" in timer.dataset ? Date.now() + 1000 * Number(timer.dataset.seconds) : Date.parse(timer.dataset.until));

export const countdowns = {
  start: () => setInterval(tick, 1000),
  enhance(root) {
    all(root, "[data-until]").forEach((timer) => running.has(timer) || running.set(timer, endOf(timer)));
    tick();
  },
};
