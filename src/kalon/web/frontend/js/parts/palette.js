// ⌘K / Ctrl K: one box for patients, visits, bills and places. The server answers with a list of options.
const DELAY = 160;
const mac = /mac|iphone|ipad/i.test(navigator.platform);
let box, input, list, count, timer, asked = 0;

const options = () => [...list.querySelectorAll("[role=option]")];
const current = () => list.querySelector("[aria-selected=true]");

function choose(option) {
  current()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
}

async function look() {
  const mine = ++asked;
  const address = `${box.dataset.palette}?${new URLSearchParams({ q: input.value })}`;
  try {
    const answer = await fetch(address, { headers: { "X-Palette": "1" } });
    if (mine !== asked) return;
    if (!answer.ok) throw new Error(answer.status);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    list.replaceChildren(...found.childNodes);
  } catch {
    if (mine !== asked) return;
    list.replaceChildren(Object.assign(document.createElement("p"), { className: "p-4 text-muted", textContent: "Search did not answer. Check the connection and type again." }));
  }
  options().forEach((option, at) => (option.id = `k-hit-${at}`));
  choose(options()[0]);
  const number = options().length;
  count.textContent = number ? `${number} found` : "Nothing found";
}

function open(event) {
  event?.preventDefault();
  if (box.open) return;
  box.showModal();
  input.select();
  look();
}

function onKey(event) {
  const all = options();
  const at = all.indexOf(current());
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && all.length) {
    event.preventDefault();
    choose(all[(at + step + all.length) % all.length]);
  } else if (event.key === "Enter" && current()) {
    event.preventDefault();
    current().click();
  }
}

export const palette = {
  start() {
    box = document.querySelector("[data-palette]");
    for (const key of document.querySelectorAll("[data-palette-key]")) key.textContent = mac ? "⌘ K" : "Ctrl K";
    if (!box) return;
    input = box.querySelector("[data-palette-input]");
    list = box.querySelector("[data-palette-hits]");
    count = box.querySelector("[data-palette-count]");
    document.addEventListener("click", (event) => event.target.closest("[data-palette-open]") && open(event));
    document.addEventListener("k-search", () => open());
    document.addEventListener("keydown", (event) => (event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && open(event));
    input.addEventListener("keydown", onKey);
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, DELAY); });
  },
};
