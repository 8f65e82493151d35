// <dialog> opened by data-dialog-open / data-drawer-open, menus in <details data-menu>, data-print, data-copy.
// showModal() keeps the focus inside and gives it back: nothing to trap by hand.
import { say } from "./dom.js";

function open(dialog, opener) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.addEventListener("close", () => opener?.focus(), { once: true });
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== except) menu.open = false;
}

function onClick(event) {
  const { target } = event;
  closeMenus(target.closest("details[data-menu]"));
  const opener = target.closest("[data-dialog-open], [data-drawer-open]");
  if (opener) {
    opener.closest("details[data-menu]")?.removeAttribute("open");
    open(document.getElementById(opener.dataset.dialogOpen ?? opener.dataset.drawerOpen), opener);
  }
  if (target.closest("[data-dialog-close]")) target.closest("dialog")?.close();
  if (target.matches("dialog[open]") && outside(target, event)) target.close();
  if (target.closest("[data-print]")) window.print();
  const copy = target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => say("Copied"));
  if (target.closest("[data-locked]")) event.preventDefault();
}

function outside(dialog, { clientX, clientY }) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

export const dialogs = {
  start() {
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", (event) => {
      const menu = event.target.closest?.("details[data-menu][open]");
      if (!menu) return;
      if (event.key === "Escape") {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const items = [...menu.querySelectorAll(".k-menu-list :is(a, button)")];
        const step = event.key === "ArrowDown" ? 1 : -1;
        items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
        event.preventDefault();
      }
    });
  },
};
