// What was said, heard again ([data-hear]): a tap on a line plays it from its second, and marks the words as they come.
const root = document.querySelector("[data-hear]");
const player = root.querySelector("[data-hear-player]");
const lines = [...root.querySelectorAll("[data-hear-line]")];
const TAIL = 0.3; // seconds after the last word of a line
let until = Infinity;

export function hear(from, to) {
  until = to / 1000 + TAIL;
  player.currentTime = from / 1000;
  player.play().catch(() => {});
}

function mark() {
  const now = player.currentTime * 1000;
  const on = !player.paused;
  for (const line of lines) {
    const here = on && now >= Number(line.dataset.from) && now < Number(line.dataset.to);
    line.toggleAttribute("data-playing", here);
    let last;
    for (const word of line.querySelectorAll("[data-w]")) {
      word.toggleAttribute("data-said", false);
      if (here && Number(word.dataset.w) <= now) last = word;
    }
    last?.toggleAttribute("data-said", true);
  }
}

root.addEventListener("click", (event) => {
  const line = event.target.closest("[data-hear-line]");
  if (line) hear(Number(line.dataset.from), Number(line.dataset.to));
});
player.addEventListener("timeupdate", () => {
  if (player.currentTime > until) { until = Infinity; player.pause(); }
  mark();
});
for (const what of ["play", "pause", "seeked"]) player.addEventListener(what, mark);
player.addEventListener("seeking", () => { if (player.paused) until = Infinity; });
document.addEventListener("k-hear", ({ detail }) => hear(detail.from, detail.to));
root.dataset.ready = "";
