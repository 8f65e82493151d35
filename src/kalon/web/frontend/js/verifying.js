// A draft is verified ([data-verify]): each part decided by a press or a spoken word, counted until nothing is left.
import { csrf } from "./parts/dom.js";

const root = document.querySelector("[data-verify]");
const form = document.getElementById("verify"); // the page has a second one, which asks an engine outside
const [count, send, button, word, tell] = ["verify-count", "verify-send", "speak", "speak-word", "speak-say"].map((name) => root.querySelector(`[data-${name}]`));
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const LONGEST = 8_000;
const PATIENCE = 60_000;

const groups = () => [...new Set([...form.querySelectorAll("input[type=radio]")].map((one) => one.name))];
const chosen = (name) => form.querySelector(`input[name="${name}"]:checked`);

function counted() {
  const all = groups();
  const done = all.filter(chosen).length;
  count.textContent = `${done} of ${all.length} checked`;
  send.setAttribute("aria-disabled", String(done < all.length));
}

function choose(name, value) {
  const input = form.querySelector(`input[name="${name}"][value="${value}"]`);
  if (!input) return false;
  input.checked = true;
  input.closest("fieldset").scrollIntoView({ block: "nearest" });
  counted();
  return true;
}

// Every line of the draft, counted from one, as they stand on the screen.
const lines = () => [...form.querySelectorAll("[data-text]")];

function strike(number) {
  const line = lines()[number - 1];
  if (!line) return false;
  const part = line.closest("[data-part]");
  const text = part.querySelector("textarea");
  text.value = text.value.split("\n").filter((one) => one.trim() !== line.dataset.text.trim()).join("\n");
  line.dataset.struck = "";
  return choose(part.dataset.part, text.value.trim() ? "EDITED" : "REJECTED");
}

function everything() {
  for (const part of form.querySelectorAll("[data-part]")) if (!chosen(part.dataset.part)) choose(part.dataset.part, "ACCEPTED");
  for (const item of form.querySelectorAll("[data-item]:not([data-flagged])")) {
    const name = item.querySelector("input[type=radio]")?.name;
    if (name && !chosen(name)) choose(name, "TAKE");
  }
  return true;
}

function act({ action, what, number }) {
  const yes = action === "accept";
  if (what === "all") return everything();
  if (what === "line") {
    if (action === "reject") return strike(number);
    const source = lines()[number - 1]?.querySelector("[data-source]");
    source?.click();
    return Boolean(source);
  }
  if (what === "follow_up") return choose("follow_up", yes ? "TAKE" : "LEAVE");
  if (["diagnoses", "medicines", "allergies"].includes(what)) return choose(`${what}_${number - 1}`, yes ? "TAKE" : "LEAVE");
  const done = choose(what, { accept: "ACCEPTED", reject: "REJECTED", edit: "EDITED" }[action]);
  if (done && action === "edit") form.querySelector(`[name="${what}_text"]`)?.focus();
  return done;
}

// Read back by a voice that lives on this device; some browsers' others send every word to their maker. Without one it stands here.
function aloud(words) {
  tell.textContent = words;
  const voice = window.speechSynthesis?.getVoices().find((one) => one.localService && one.lang.startsWith("en"));
  if (!voice) return;
  speechSynthesis.cancel();
  speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(words), { voice, lang: voice.lang }));
}

async function understand(sound) {
  tell.textContent = "One moment.";
  try {
    const answer = await fetch(root.dataset.command, { method: "POST", body: sound, headers: { "X-CSRFToken": csrf(), "Content-Type": sound.type, Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
    const said = await answer.json();
    if (!answer.ok) aloud(said.detail ?? "That did not work. Use the buttons.");
    else if (!said.action) aloud(said.say);
    else aloud(act(said) ? said.say : `There is no such part. I heard “${said.heard}”.`);
  } catch (error) {
    tell.textContent = error.name === "TimeoutError" ? "It took too long to hear this. Use the buttons." : "No connection. Use the buttons.";
  }
}

let recorder;
let asked = false; // the microphone: a second press meanwhile opens no second one

async function listen() {
  if (asked) return;
  asked = true;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, channelCount: 1 } });
    const parts = [];
    recorder = new MediaRecorder(stream, { mimeType: KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) });
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      word.textContent = "Speak";
      understand(new Blob(parts, { type: recorder.mimeType.split(";")[0] }));
    });
    recorder.start();
    word.textContent = "Done";
    tell.textContent = "Listening: “accept plan”, “reject line two”, “accept everything”.";
    setTimeout(() => { if (recorder.state === "recording") recorder.stop(); }, LONGEST);
  } catch {
    tell.textContent = "The microphone cannot be used. Allow it in the browser, then press again.";
  } finally {
    asked = false;
  }
}

button.addEventListener("click", () => (recorder?.state === "recording" ? recorder.stop() : listen()));
form.addEventListener("change", counted);
send.addEventListener("click", (event) => {
  if (send.getAttribute("aria-disabled") !== "true") return;
  event.preventDefault();
  const open = groups().find((name) => !chosen(name));
  form.querySelector(`input[name="${open}"]`)?.closest("fieldset").scrollIntoView({ block: "center" });
  tell.textContent = "Decide each part first; this one is still open.";
});
form.addEventListener("click", (event) => {
  const source = event.target.closest("[data-source]");
  if (!source) return;
  const from = Number(source.dataset.from);
  for (const line of root.querySelectorAll("[data-hear-line]")) {
    const here = from >= Number(line.dataset.from) && from < Number(line.dataset.to);
    line.toggleAttribute("aria-current", here);
    if (here) line.scrollIntoView({ block: "center" });
  }
  document.dispatchEvent(new CustomEvent("k-hear", { detail: { from, to: Number(source.dataset.to) } }));
});
counted();
root.dataset.ready = "";
