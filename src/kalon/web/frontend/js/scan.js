// [data-scan]: reads a QR code with the camera and sends the form it stands beside. The browser's own reader is used
// (BarcodeDetector); where there is none, ours is fetched once the camera is open. Without a camera the page says so, and
// hand scanners and typing do the same.
const place = document.querySelector("[data-scan]");
const view = place?.querySelector("[data-scan-view]");
const video = view?.querySelector("video");
const field = place?.querySelector("[name=code]");
let stream;

const say = (words) => { view.querySelector("[data-scan-say]").textContent = words; };

async function reader() {
  const formats = await window.BarcodeDetector?.getSupportedFormats().catch(() => []);
  const { BarcodeDetector } = formats?.includes("qr_code") ? window : await import("qr/decode.js");
  return new BarcodeDetector({ formats: ["qr_code"] });
}

function close() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  view.hidden = true;
}

async function watch(eye) {
  while (stream) {
    const [found] = await eye.detect(video).catch(() => []);
    if (found?.rawValue && stream) {
      close();
      field.value = found.rawValue;
      field.form.requestSubmit();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function open() {
  view.hidden = false;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    await video.play();
    await watch(await reader());
  } catch {
    say("The camera cannot be used. Allow it in the browser, or type the number of the visit.");
  }
}

if (place) {
  const able = Boolean(navigator.mediaDevices?.getUserMedia);
  place.querySelector("[data-scan-start]").hidden = !able;
  place.querySelector("[data-scan-none]").hidden = able;
  place.querySelector("[data-scan-start]").addEventListener("click", open);
  place.querySelector("[data-scan-stop]").addEventListener("click", close);
  window.addEventListener("pagehide", close);
}
