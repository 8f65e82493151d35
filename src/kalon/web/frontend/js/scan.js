// [data-scan]: reads a code with the camera and sends the form it stands beside. The browser's own reader is used
// (BarcodeDetector); where it does not read all that is wanted, ours is fetched once the camera is open: one for QR codes,
// another for those of packs, which data-scan-formats names. Without a camera the page says so, and hand scanners and
// typing do the same. With data-scan-lines each code is added on a line of its own, and nothing is sent.
// A place that htmx brings anew is found again.
function attach(place) {
  const view = place.querySelector("[data-scan-view]");
  const video = view?.querySelector("video");
  const field = place.querySelector("[data-scan-field], textarea, [name=code]");
  const wanted = place.dataset.scanFormats?.split(" ") ?? ["qr_code"];
  const packs = wanted.some((format) => format !== "qr_code");
  const collects = place.hasAttribute("data-scan-lines");
  let stream;
  let asked = false; // the camera: a second press meanwhile opens no second one

  const say = (words) => { view.querySelector("[data-scan-say]").textContent = words; };

  async function reader() {
    const able = (await window.BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
    if (wanted.every((format) => able.includes(format))) return new window.BarcodeDetector({ formats: wanted });
    if (packs) return new (await import("./parts/packs.js")).PackReader();
    const { BarcodeDetector } = await import("qr/decode.js");
    return new BarcodeDetector({ formats: ["qr_code"] });
  }

  function shut() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
  }

  function close() {
    shut();
    view.hidden = true;
  }

  async function watch(eye) {
    while (stream) {
      const [found] = await eye.detect(video).catch(() => []);
      if (found?.rawValue && stream && collects) {
        const lines = field.value.split("\n").filter(Boolean);
        if (!lines.includes(found.rawValue)) {
          field.value = `${[...lines, found.rawValue].join("\n")}\n`;
          field.dispatchEvent(new Event("input", { bubbles: true }));
          say(`${lines.length + 1} scanned. Hold the next pack before the camera.`);
        }
      } else if (found?.rawValue && stream) {
        close();
        field.value = found.rawValue;
        field.form.requestSubmit();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  async function open() {
    if (asked || stream) return;
    asked = true;
    view.hidden = false;
    try {
      const sharp = packs ? { width: { ideal: 1280 } } : {}; // the code of a pack is small
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...sharp } });
      video.srcObject = stream;
      await video.play();
      asked = false;
      await watch(await reader());
    } catch {
      asked = false;
      shut();
      say("The camera cannot be used. Allow it in the browser, or type what stands there.");
    }
  }

  const able = Boolean(navigator.mediaDevices?.getUserMedia);
  place.querySelector("[data-scan-start]").hidden = !able;
  place.querySelector("[data-scan-none]").hidden = able;
  place.querySelector("[data-scan-start]").addEventListener("click", open);
  place.querySelector("[data-scan-stop]").addEventListener("click", close);
  window.addEventListener("pagehide", close);
}

const attached = new WeakSet();
function find(root) {
  for (const place of root.querySelectorAll("[data-scan]")) {
    if (!attached.has(place)) attach(place);
    attached.add(place);
  }
}

find(document);
document.addEventListener("htmx:load", () => find(document));
