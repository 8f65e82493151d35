// data-saves="#selector" on a form: a part of it saves itself by htmx as it is typed (its hx-trigger names "k-save").
// Sending the form waits until the last words are saved, so that no late save finds the form already taken.
const states = new WeakMap(); // form → what it still has to save, and who pressed send meanwhile

const partOf = (form) => form.querySelector(form.dataset.saves);
const formOf = (target) => target.closest?.("form[data-saves]");

function stateOf(form) {
  if (!states.has(form)) states.set(form, { typed: 0, saving: null, saved: 0, sender: undefined, leaving: false });
  return states.get(form);
}

const isSaved = (state) => state.saving === null && state.saved === state.typed;

export const saving = {
  start() {
    for (const kind of ["input", "change"]) {
      document.addEventListener(kind, ({ target }) => {
        const form = formOf(target);
        if (form && partOf(form)?.contains(target)) stateOf(form).typed += 1;
      });
    }
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (!form.matches("[data-saves]")) return;
      const state = stateOf(form);
      if (isSaved(state)) {
        state.leaving = true;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      state.sender = event.submitter;
      if (state.saving === null) window.htmx.trigger(partOf(form), "k-save");
    }, true);
    document.addEventListener("htmx:beforeRequest", (event) => {
      const form = formOf(event.target);
      if (!form || event.target !== partOf(form)) return;
      const state = stateOf(form);
      if (state.leaving) event.preventDefault(); // everything is saved, and the page is about to go
      else state.saving = state.typed;
    });
    document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
      const form = formOf(target);
      if (!form || target !== partOf(form)) return;
      const state = stateOf(form);
      if (detail.successful) state.saved = state.saving ?? state.saved;
      state.saving = null;
      if (state.sender === undefined) return;
      const { sender } = state;
      if (!detail.successful) state.sender = undefined; // what stands in the way is said beside the note
      else if (!isSaved(state)) setTimeout(() => window.htmx.trigger(target, "k-save"));
      else {
        state.sender = undefined;
        setTimeout(() => form.requestSubmit(sender ?? undefined)); // the answer has brought the new edition by then
      }
    });
    window.addEventListener("pageshow", () => {
      for (const form of document.querySelectorAll("form[data-saves]")) stateOf(form).leaving = false;
    });
  },
};
