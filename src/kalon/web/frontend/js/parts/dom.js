// Small helpers; elements are made in script, never from strings.
export const all = (root, selector) => [
  ...(root.matches?.(selector) ? [root] : []),
  ...root.querySelectorAll(selector),
];

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

export function icon(name, size = "icon-18") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", `icon ${size}`);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

export const csrf = () => document.querySelector("meta[name=csrf-token]")?.content ?? "";
export const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]") != null;

// Told to a screen reader once, without moving the focus.
export function say(text) {
  const region = document.querySelector("[data-say]") ?? document.body.appendChild(make("p", { class: "sr-only", role: "status", "data-say": true }));
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = text));
}
