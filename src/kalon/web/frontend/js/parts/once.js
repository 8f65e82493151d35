// data-once: a form is sent once. The button says that it works; an answer, an error or "back" frees it.
import { say } from "./dom.js";

// Also those that stand elsewhere on the page and name the form.
const senders = (form) => [...form.elements].filter((element) => element.matches("button:not([type=button])"));

function lock(form, submitter) {
  form.dataset.sending = "";
  const button = submitter ?? senders(form)[0];
  button?.setAttribute("aria-busy", "true");
  if (button?.dataset.busyLabel) say(button.dataset.busyLabel);
}

export function free(form) {
  if (!form) return;
  delete form.dataset.sending;
  for (const button of senders(form)) button.removeAttribute("aria-busy");
}

export const once = {
  start() {
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (!form.matches("[data-once]") || event.defaultPrevented) return;
      if ("sending" in form.dataset) event.preventDefault();
      else setTimeout(() => lock(form, event.submitter)); // after the fields were collected
    });
    document.addEventListener("htmx:beforeRequest", ({ target, detail }) => {
      const form = target.closest?.("form[data-once]");
      if (form && detail.requestConfig.verb !== "get") lock(form, detail.requestConfig.triggeringEvent?.submitter);
    });
    document.addEventListener("htmx:afterRequest", ({ target }) => free(target.closest?.("form")));
    window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(free));
  },
};
