// Recording on a tablet ([data-recorder]): a few seconds at a time, kept here until the server says it has them, sent with
// their number and fingerprint. Pause and finish answer at once, with or without a network; after a reload it goes on.
import { csrf } from "./parts/dom.js";
import { microphone } from "./parts/microphone.js";
import { shelf } from "./parts/shelf.js";

const root = document.querySelector("[data-recorder]");
const { session } = root.dataset;
const part = (name) => root.querySelector(`[data-rec-${name}]`);
const [state, clock, main, word, say] = ["state", "clock", "main", "word", "say"].map(part);
const EVERY = 2_000; // milliseconds of a chunk
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const NEVER = ["not-ready", "illegal-move", "not-found"]; // refused for good: withdrawn, thrown away, ended elsewhere
const FINISH = -1; // the shelf's note that the recording is finished, with how many chunks

let stored;
let recorder;
let lock;
let next = Number(root.dataset.following);
let server = root.dataset.status;
let sending = false;
let more = false;
let over = false;
let asked = false; // the microphone: a second press meanwhile opens no second one
let refused = false;
let wait = 500;
let recorded = next * EVERY;
let since = 0;
let keeping = Promise.resolve();

const address = (path) => `/api/voice-sessions/${session}${path}`;
const is = (what) => recorder?.state === what;
const tell = (words) => { say.textContent = words; };

function show() {
  const on = is("recording");
  root.classList.toggle("is-on", on);
  part("dot").hidden = !on;
  state.textContent = on ? "Recording" : is("paused") || server !== "CONSENTED" ? "Paused" : "Not recording yet";
  word.textContent = on ? "Finish" : server === "CONSENTED" && !recorder ? "Record" : "Go on";
  part('icon="mic"').hidden = on;
  part('icon="square"').hidden = !on;
  part("pause").disabled = !on;
  part("finish").disabled = on || over || next === 0;
}

function tick() {
  const seconds = Math.floor((recorded + (since ? Date.now() - since : 0)) / 1000);
  clock.textContent = [Math.floor(seconds / 60), seconds % 60].map((number) => String(number).padStart(2, "0")).join(":");
}

async function ask(path, method = "POST", body = undefined, headers = {}) {
  const answer = await fetch(address(path), { method, body, headers: { "X-CSRFToken": csrf(), Accept: "application/json", ...headers } });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  throw Object.assign(new Error(said.detail ?? ""), { status: answer.status, code: said.code });
}

// What the server refuses for good is said, and stops the recording; everything else is tried again.
async function send() {
  if (refused) return;
  if (sending) { more = true; return; }
  sending = true;
  more = false;
  try {
    for (;;) {
      const indexes = await stored.indexes();
      const index = indexes.find((one) => one !== FINISH);
      if (index === undefined) { if (indexes.includes(FINISH)) await finished(); break; }
      if (server === "CONSENTED") server = (await ask("/start")).status;
      const chunk = await stored.get(index);
      await ask(`/chunks/${index}`, "PUT", chunk.content, { "Content-Type": chunk.kind, "X-Chunk-SHA256": chunk.sha256 });
      await stored.drop(index);
      wait = 500;
    }
    await settle();
    root.dataset.waiting = "0";
  } catch (error) {
    if (NEVER.includes(error.code)) await stored.clear(); // no sound stays on a tablet that nobody may send
    if ([403, 404, 409, 413, 422].includes(error.status)) { refused = true; stop(); tell(error.message); part("words").dispatchEvent(new Event("k-live")); }
    else { setTimeout(send, wait); wait = Math.min(wait * 2, 8_000); }
  } finally {
    sending = false;
    if (more && !refused) send(); // something came while the last of it was sent
  }
}

async function settle() {
  if (is("recording") && server !== "RECORDING") server = (await ask("/start")).status;
  if (is("paused") && server === "RECORDING") server = (await ask("/pause")).status;
}

async function finished() {
  const { parts } = await stored.get(FINISH);
  await ask("/finish", "POST", JSON.stringify({ parts }), { "Content-Type": "application/json" });
  await stored.drop(FINISH);
  location.reload();
}

function keep({ data }) {
  if (!data.size) return;
  const index = next++;
  const kind = recorder.mimeType;
  keeping = keeping.then(async () => {
    const content = await data.arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    await stored.put({ index, content, kind, sha256 });
    send();
  });
}

async function start() {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return tell("This browser cannot record. Use a current Safari or Chrome.");
  if (asked) return undefined;
  asked = true;
  try {
    const { stream, two } = await microphone();
    recorder = new MediaRecorder(stream, { mimeType: KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)), audioBitsPerSecond: two ? 64_000 : 32_000 });
    recorder.addEventListener("dataavailable", keep);
    recorder.start(EVERY);
    meter(stream);
    went(true);
    root.dataset.channels = two ? "2" : "1";
    tell(["Recording.", two && "Two microphones tell the voices apart.", "leaves" in root.dataset ? "The sound goes to Deepgram, as the patient agreed." : "What is said stays in this clinic."].filter(Boolean).join(" "));
  } catch {
    tell("The microphone cannot be used. Allow it in the browser, then press again.");
  } finally {
    asked = false;
  }
  return undefined;
}

function went(on) {
  if (on) since = Date.now();
  else if (since) { recorded += Date.now() - since; since = 0; }
  awake(on);
  show();
  send();
}

async function awake(on) {
  try {
    if (on) lock = await navigator.wakeLock?.request("screen");
    else await lock?.release();
  } catch { /* a tablet without it goes dark by its own setting */ }
}

function stop() {
  if (!recorder || is("inactive")) return Promise.resolve();
  const over = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
  recorder.stop();
  for (const track of recorder.stream.getTracks()) track.stop();
  went(false);
  return over;
}

async function finish() {
  over = true;
  main.disabled = part("finish").disabled = part("pause").disabled = true;
  await stop();
  await keeping;
  await stored.put({ index: FINISH, parts: next });
  state.textContent = "Finished";
  tell("The recording has ended. What is left is on its way.");
  send();
}

function meter(stream) {
  const place = part("meter");
  const bars = Array.from({ length: 32 }, () => place.appendChild(document.createElement("i")));
  const context = new AudioContext();
  const listener = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(listener);
  const wave = new Uint8Array(listener.fftSize);
  const draw = () => {
    if (!stream.active) return context.close();
    listener.getByteTimeDomainData(wave);
    const level = is("recording") ? Math.max(...wave.map((one) => Math.abs(one - 128))) / 128 : 0;
    place.setAttribute("aria-valuenow", Math.round(level * 100));
    bars.push(bars.shift());
    place.append(bars.at(-1));
    bars.at(-1).style.blockSize = `${4 + level * 44}px`;
    return setTimeout(draw, 80);
  };
  draw();
}

main.addEventListener("click", () => {
  if (is("recording")) return finish();
  if (!is("paused")) return start();
  recorder.resume();
  return went(true);
});
part("pause").addEventListener("click", () => { recorder.requestData(); recorder.pause(); went(false); tell("Paused. Nothing is recorded."); });
part("finish").addEventListener("click", finish);
document.addEventListener("visibilitychange", () => {
  if (is("recording")) { recorder.requestData(); awake(!document.hidden); }
});
// Whoever leaves stops recording first, so that the clinic's record never says that it goes on while nothing listens.
root.querySelector(".k-console-back").addEventListener("click", async (event) => {
  if (!is("recording")) return;
  event.preventDefault();
  const { href } = event.currentTarget;
  part("pause").click();
  await keeping;
  await send();
  location.assign(href);
});
window.addEventListener("beforeunload", (event) => { if (is("recording")) event.preventDefault(); });
// The live part of the page says when the patient has withdrawn: the microphone is closed at once.
new MutationObserver(async () => {
  if (part("words").hasAttribute("data-agreed")) return;
  const over = stop();
  main.disabled = part("pause").disabled = true;
  state.textContent = "Stopped";
  part("agreed").hidden = true;
  part("withdrawn").hidden = false;
  tell("The patient has withdrawn the consent. Nothing more is recorded.");
  await over;
  await keeping; // what was not sent until now stays nowhere
  for (const index of await stored.indexes()) await stored.drop(index);
}).observe(part("words"), { attributes: true });
window.addEventListener("online", send);
setInterval(tick, 250);

stored = await shelf(session);
const waiting = await stored.indexes();
next = Math.max(next, ...waiting.map((index) => index + 1));
recorded = next * EVERY;
main.disabled = !part("words").hasAttribute("data-agreed"); // until now nothing listened to the controls: no tap is lost
show();
tick();
if (waiting.includes(FINISH)) { main.disabled = true; state.textContent = "Finished"; send(); }
else if (server === "RECORDING" && !main.disabled) start();
else send();
root.dataset.ready = "";
