// Growing text areas, shown passwords, choices that send their form, focus on the first field in need.
import { all } from "./dom.js";

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

export const fields = {
  start() {
    document.addEventListener("input", ({ target }) => target.matches?.("textarea[data-grow]") && grow(target));
    document.addEventListener("change", ({ target }) => target.closest?.("[data-submit-on-change]") && target.form?.requestSubmit());
    document.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-reveal]");
      const field = button && document.querySelector(button.dataset.reveal);
      if (!field) return;
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", shown);
    });
  },
  enhance(root) {
    all(root, "textarea[data-grow]").forEach(grow);
    all(root, "[data-reveal][hidden]").forEach((button) => (button.hidden = false));
    all(root, "[data-form-errors]").at(0)?.focus();
  },
};
