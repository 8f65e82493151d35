// A one-time code: one real input (so that phones can fill it in), boxes drawn from it, sent when it is complete.
import { all } from "./dom.js";

function draw(box) {
  const input = box.querySelector("input");
  const cells = [...box.querySelectorAll("span")];
  const letters = [...input.value.toUpperCase()];
  cells.forEach((cell, at) => {
    cell.textContent = letters[at] ?? "";
    cell.classList.toggle("now", at === Math.min(letters.length, cells.length - 1));
  });
}

function attach(box) {
  const input = box.querySelector("input");
  const cells = box.querySelectorAll("span").length;
  box.classList.remove("is-plain");
  draw(box);
  input.addEventListener("input", () => {
    input.value = input.value.replace(/[^\p{L}\p{N}]/gu, "").slice(0, cells);
    draw(box);
    if (input.value.length === cells) input.form?.requestSubmit();
  });
}

export const otp = { enhance: (root) => all(root, "[data-otp].is-plain").forEach(attach) };
