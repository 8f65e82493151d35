// Photographs: taking them under the ghost of an earlier one ([data-shoot]), the line between two ([data-compare]), and
// points set by hand ([data-points]). Without a camera a picture is chosen; without this script forms and words do it.
const shoot = document.querySelector("[data-shoot]");
const part = (name) => shoot.querySelector(`[data-shoot-${name}]`);

function shooting() {
  const [video, still, say, file] = ["video", "still", "say", "file"].map(part);
  const [shutter, again, ghost] = ["take", "again", "ghost"].map(part);
  const send = part("form").querySelector("[type=submit]");
  let stream;

  const show = (words) => { say.textContent = words; say.hidden = !words; };
  const stop = () => { for (const track of stream?.getTracks() ?? []) track.stop(); };

  async function start() {
    if (!navigator.mediaDevices?.getUserMedia) return show("No camera here. Choose a picture.");
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: 4032 }, height: { ideal: 3024 } },
      });
      video.srcObject = stream;
      await video.play();
      video.hidden = shutter.hidden = false;
      return show("");
    } catch {
      return show("The camera cannot be used. Allow it in the browser, or choose a picture.");
    }
  }

  // Nothing is kept while the picture is still being written.
  function writing(on) {
    shutter.disabled = on;
    if (send) send.disabled = on;
  }

  function keep(blob) {
    writing(false);
    const held = new DataTransfer();
    held.items.add(new File([blob], "photograph.jpg", { type: "image/jpeg" }));
    file.files = held.files;
    preview();
  }

  function preview() {
    const [chosen] = file.files;
    if (!chosen) return;
    URL.revokeObjectURL(still.src);
    still.src = URL.createObjectURL(chosen);
    still.hidden = again.hidden = false;
    video.hidden = shutter.hidden = true;
    show("Sharp, and in line with the ghost? Then keep it.");
  }

  shutter.addEventListener("click", () => {
    writing(true);
    const canvas = document.createElement("canvas");
    // what stands in the frame, which is 3 to 4
    const wide = Math.min(video.videoWidth, (video.videoHeight * 3) / 4);
    const high = (wide * 4) / 3;
    [canvas.width, canvas.height] = [wide, high];
    const [left, top] = [(video.videoWidth - wide) / 2, (video.videoHeight - high) / 2];
    canvas.getContext("2d").drawImage(video, left, top, wide, high, 0, 0, wide, high);
    canvas.toBlob(keep, "image/jpeg", 0.95);
  });
  again.addEventListener("click", () => {
    file.value = "";
    still.hidden = again.hidden = true;
    video.hidden = shutter.hidden = !stream;
    show(stream ? "" : "Choose a picture.");
  });
  file.addEventListener("change", preview);
  part("lines").addEventListener("change", ({ target }) => { part("guides").style.display = target.checked ? "" : "none"; });
  part("opacity")?.addEventListener("input", ({ target }) => { ghost.style.opacity = target.value / 100; });
  window.addEventListener("pagehide", stop);
  start();
}

for (const place of document.querySelectorAll("[data-compare]")) {
  const slide = place.querySelector("[data-compare-slide]");
  slide.addEventListener("input", () => {
    const at = `${slide.value}%`;
    place.querySelector("[data-compare-part]").setAttribute("x", at);
    for (const end of ["x1", "x2"]) place.querySelector("[data-compare-line]").setAttribute(end, at);
  });
}

const form = document.querySelector("[data-points-form]");
for (const svg of form ? document.querySelectorAll("[data-points]") : []) {
  const field = form.elements[svg.dataset.points];
  const picture = svg.querySelector("image");
  const draw = () => {
    for (const old of svg.querySelectorAll("circle, text")) old.remove();
    const size = svg.viewBox.baseVal.width / 60;
    const lies = picture.transform.baseVal.consolidate()?.matrix ?? svg.createSVGMatrix();
    for (const [number, [, x, y]] of [...field.value.matchAll(/([\d.]+)\s*,\s*([\d.]+)/g)].entries()) {
      const at = new DOMPoint(Number(x), Number(y)).matrixTransform(lies);
      const dot = document.createElementNS(svg.namespaceURI, "circle");
      for (const [name, value] of Object.entries({ cx: at.x, cy: at.y, r: size / 2, "stroke-width": size / 5 })) dot.setAttribute(name, value);
      const word = document.createElementNS(svg.namespaceURI, "text");
      for (const [name, value] of Object.entries({ x: at.x + size, y: at.y, "font-size": size * 2, "stroke-width": size / 3 })) word.setAttribute(name, value);
      word.textContent = number + 1;
      svg.append(dot, word);
    }
  };
  svg.addEventListener("click", (event) => {
    // in points of that picture, wherever it lies
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
    field.value = `${field.value} ${Math.max(0, at.x).toFixed(1)},${Math.max(0, at.y).toFixed(1)}`.trim();
    draw();
  });
  field.addEventListener("input", draw);
  draw();
}

if (shoot) shooting();
