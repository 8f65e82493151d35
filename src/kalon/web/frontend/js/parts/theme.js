// Light, dark or as the system is: changes at once; the server remembers it in a cookie.
import { all, csrf } from "./dom.js";

export const theme = {
  start() {
    document.addEventListener("submit", async (event) => {
      const form = event.target.closest("[data-theme-form]");
      const chosen = event.submitter?.value;
      if (!form || !chosen) return;
      event.preventDefault();
      if (chosen === "system") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = chosen;
      for (const button of all(form, "button")) button.setAttribute("aria-pressed", button.value === chosen);
      await fetch(form.action, { method: "POST", headers: { "X-CSRFToken": csrf() }, body: new URLSearchParams({ theme: chosen }), redirect: "manual" });
    });
  },
};
