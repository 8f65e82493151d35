// A sentence said aloud ([data-say]): recorded here, heard again, and sent with the form as a file.
const root = document.querySelector("[data-say]");
const part = (name) => root.querySelector(`[data-say-${name}]`);
const [button, word, clock, again, tell, file] = ["record", "word", "clock", "again", "tell", "file"].map(part);
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const LONGEST = 55_000;

let recorder;
let began = 0;
let ticking;
let asked = false; // the microphone: a second press meanwhile opens no second one

function tick() {
  clock.textContent = `${Math.round((Date.now() - began) / 1000)} s`;
  if (Date.now() - began > LONGEST) recorder.stop();
}

function keep(parts, type) {
  const kind = type.split(";")[0];
  const box = new DataTransfer();
  box.items.add(new File(parts, `consent.${kind.split("/")[1]}`, { type: kind }));
  file.files = box.files;
  again.src = URL.createObjectURL(box.files[0]);
  again.hidden = false;
  word.textContent = "Record again";
  tell.textContent = "Recorded. Hear it once, then keep it.";
}

async function record() {
  if (asked) return;
  asked = true;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, channelCount: 1 } });
    const parts = [];
    recorder = new MediaRecorder(stream, { mimeType: KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)), audioBitsPerSecond: 48_000 });
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      clearInterval(ticking);
      for (const track of stream.getTracks()) track.stop();
      keep(parts, recorder.mimeType);
    });
    recorder.start();
    began = Date.now();
    ticking = setInterval(tick, 250);
    again.hidden = true;
    word.textContent = "Stop";
    tell.textContent = "Recording. Read the sentence out now.";
  } catch {
    tell.textContent = "The microphone cannot be used. Allow it in the browser, then press again.";
  } finally {
    asked = false;
  }
}

for (const field of document.querySelectorAll("[data-say-into]")) {
  const place = root.querySelector(`[data-say-fill="${field.dataset.sayInto}"]`);
  field.addEventListener("input", () => (place.textContent = field.value.trim() || "…"));
}
button.addEventListener("click", () => (recorder?.state === "recording" ? recorder.stop() : record()));
root.dataset.ready = "";
