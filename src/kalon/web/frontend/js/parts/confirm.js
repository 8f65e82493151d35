// data-confirm="sentence" on a form, button or link: asks in our own dialog, with the verb on the button.
let resolveNow = () => {};
let confirmed = new WeakSet();

const dialog = () => document.querySelector("[data-confirm-dialog]");

function ask(element) {
  const box = dialog();
  const danger = element.matches(".btn-error, .is-danger") || element.querySelector?.(".btn-error, .is-danger") != null;
  box.querySelector("[data-confirm-title]").textContent = element.dataset.confirm;
  box.querySelector("[data-confirm-text]").textContent = element.dataset.confirmText ?? "";
  const yes = box.querySelector("[data-confirm-yes]");
  yes.textContent = element.dataset.confirmWord || "Yes, do it";
  yes.classList.toggle("btn-error", danger);
  yes.classList.toggle("btn-primary", !danger);
  box.showModal();
  return new Promise((resolve) => (resolveNow = resolve));
}

async function onSubmit(event) {
  const element = event.submitter?.dataset.confirm ? event.submitter : event.target;
  if (!element.dataset.confirm || confirmed.has(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(element))) return;
  confirmed.add(event.target);
  event.target.requestSubmit(event.submitter);
  confirmed.delete(event.target);
}

export const confirming = {
  start() {
    document.addEventListener("submit", onSubmit, true);
    const box = dialog();
    box?.querySelector("[data-confirm-yes]").addEventListener("click", () => (resolveNow(true), box.close()));
    box?.querySelector("[data-confirm-no]").addEventListener("click", () => box.close());
    box?.addEventListener("close", () => resolveNow(false));
    document.addEventListener("htmx:confirm", (event) => {
      const element = event.target.closest("[data-confirm]");
      if (!element || element.matches("form")) return;
      event.preventDefault();
      ask(element).then((yes) => yes && event.detail.issueRequest(true));
    });
  },
};
