// htmx with idiomorph (hx-ext="morph"), the CSRF header, and a bar when an answer takes longer than a second.
// A menu that somebody opened stays open when the page around it is brought afresh.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";

window.htmx = htmx;

htmx.defineExtension("morph", {
  isInlineSwap: (style) => style.startsWith("morph"),
  handleSwap(style, target, fragment) {
    if (!style.startsWith("morph")) return [];
    const morphStyle = style.includes("innerHTML") ? "innerHTML" : "outerHTML";
    const callbacks = { beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details")) };
    return Idiomorph.morph(target, fragment.childNodes ?? fragment, { morphStyle, ignoreActiveValue: true, callbacks });
  },
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token && detail.verb !== "get") detail.headers["X-CSRFToken"] = token;
});

let running = 0;
const bar = () => document.querySelector("[data-loading]");
document.addEventListener("htmx:beforeRequest", () => {
  running += 1;
  bar()?.classList.add("is-on");
});
document.addEventListener("htmx:afterRequest", () => {
  running = Math.max(0, running - 1);
  if (!running) bar()?.classList.remove("is-on");
});
