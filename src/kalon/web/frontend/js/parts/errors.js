// A refusal or a lost network is told where the person is; what was typed stays, the button is free again.
import { icon, make, say } from "./dom.js";
import { free } from "./once.js";

const LOST = { title: "No answer from the clinic's server", text: "Nothing you typed is lost. Check the connection, then send it again." };
const FAULT = { title: "Something went wrong on our side", text: "Nothing you typed is lost. Try again; if it happens twice, tell the person who looks after Kalon." };

function place(target) {
  const near = target?.closest?.("form, dialog, .k-drawer, .k-card")?.querySelector("[data-error-here]");
  const page = document.querySelector("main [data-error-here]");
  if (near) return near;
  const form = target?.closest?.("form");
  if (form) return form.insertBefore(make("div", { "data-error-here": true }), form.firstChild);
  return page ?? document.body.insertBefore(make("div", { "data-error-here": true }), document.body.firstChild);
}

function notice({ title, text }) {
  return make("div", { class: "k-note is-gold mb-3", role: "alert", "data-refusal": true, tabindex: "-1" },
    icon("triangle-alert"), make("div", {}, make("strong", { class: "block" }, title), text));
}

function put(target, node) {
  const spot = place(target);
  spot.replaceChildren(node);
  spot.scrollIntoView({ block: "nearest" });
}

function parsed(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  return body.querySelector("[data-refusal]");
}

function fromProblem(request) {
  try {
    const problem = JSON.parse(request.responseText);
    return notice({ title: problem.title ?? "This cannot be done", text: problem.detail ?? "" });
  } catch {
    return null;
  }
}

function refused(target, request) {
  const isHtml = request.getResponseHeader?.("Content-Type")?.includes("html");
  const node = isHtml ? parsed(request.responseText) : fromProblem(request);
  put(target, node ?? notice(FAULT));
}

export const errors = {
  start() {
    document.addEventListener("htmx:responseError", ({ target, detail }) => { refused(target, detail.xhr); free(target.closest?.("form")); });
    for (const lost of ["htmx:sendError", "htmx:timeout"])
      document.addEventListener(lost, ({ target }) => { put(target, notice(LOST)); free(target.closest?.("form")); });
    document.addEventListener("htmx:beforeRequest", ({ target }) => target.closest?.("form, main")?.querySelectorAll("[data-error-here]").forEach((spot) => spot.replaceChildren()));
    document.addEventListener("k-refused", ({ detail }) => put(null, parsed(detail.html) ?? notice(FAULT)));
    const banner = document.querySelector("[data-offline]");
    const network = () => { banner.hidden = navigator.onLine; if (!navigator.onLine) say(banner.textContent); };
    window.addEventListener("online", network);
    window.addEventListener("offline", network);
    // A page kept on the phone (sw.js) says so itself, whatever the phone believes of its network.
    if (banner && !("kept" in banner.dataset)) banner.hidden = navigator.onLine;
  },
};
