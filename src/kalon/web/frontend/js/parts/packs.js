// Reads the codes of packs and labels where the browser does not: DataMatrix and Code 128, GS1's among them, and QR. The
// same face as BarcodeDetector. A GS1 code is told as hand scanners tell it: ]d2 or ]C1 before it.
import BinaryBitmap from "@zxing/library/esm/core/BinaryBitmap";
import DecodeHintType from "@zxing/library/esm/core/DecodeHintType";
import RGBLuminanceSource from "@zxing/library/esm/core/RGBLuminanceSource";
import GlobalHistogramBinarizer from "@zxing/library/esm/core/common/GlobalHistogramBinarizer";
import HybridBinarizer from "@zxing/library/esm/core/common/HybridBinarizer";
import DataMatrixReader from "@zxing/library/esm/core/datamatrix/DataMatrixReader";
import Code128Reader from "@zxing/library/esm/core/oned/Code128Reader";
import { BarcodeDetector as QrReader } from "qr/decode.js";

const WIDEST = 1280;
const LIGHTS = [GlobalHistogramBinarizer, HybridBinarizer]; // one threshold for all, and one for each place; in turn
const HINTS = new Map([[DecodeHintType.TRY_HARDER, true], [DecodeHintType.ASSUME_GS1, true]]);
// A square code is looked for from the middle of a window outwards: the middle of the picture, then around it.
const WINDOWS = [[0, 0, 1], [0.2, 0.2, 0.6], [0, 0, 0.6], [0.4, 0, 0.6], [0, 0.4, 0.6], [0.4, 0.4, 0.6]];

function attempt(reader, picture) {
  try {
    return reader.decode(picture(), HINTS).getText();
  } catch {
    return null; // nothing there, or not whole: the next picture comes
  }
}

// Black and white; what is dark and reaches the edge (the hand, the room, the print around) is wiped off, so that a code
// held askew stands alone.
function alone(binarizer) {
  const bitmap = new BinaryBitmap(binarizer);
  const bits = bitmap.getBlackMatrix();
  const [width, height] = [bits.getWidth(), bits.getHeight()];
  const waiting = [];
  const wipe = (x, y) => {
    if (x < 0 || y < 0 || x >= width || y >= height || !bits.get(x, y)) return;
    bits.flip(x, y);
    waiting.push(x, y);
  };
  for (let x = 0; x < width; x += 1) { wipe(x, 0); wipe(x, height - 1); }
  for (let y = 0; y < height; y += 1) { wipe(0, y); wipe(width - 1, y); }
  while (waiting.length) {
    const [y, x] = [waiting.pop(), waiting.pop()];
    wipe(x - 1, y); wipe(x + 1, y); wipe(x, y - 1); wipe(x, y + 1);
  }
  return bitmap;
}

function square(source, Binarizer) {
  const reader = new DataMatrixReader();
  const [width, height] = [source.getWidth(), source.getHeight()];
  for (const [left, top, part] of WINDOWS) {
    const window = source.crop(width * left | 0, height * top | 0, width * part | 0, height * part | 0);
    const text = attempt(reader, () => alone(new Binarizer(window)));
    if (text) return text.replace(/^\x1d/, "]d2");
  }
  return null;
}

function bars(source, Binarizer) {
  const bitmap = new BinaryBitmap(new Binarizer(source));
  if (Binarizer === HybridBinarizer) bitmap.getBlackRow = (y, row) => bitmap.getBlackMatrix().getRow(y, row);
  return attempt(new Code128Reader(), () => bitmap);
}

// What the picture holds, as grey values.
function grey(picture) {
  const values = new Uint8ClampedArray(picture.width * picture.height);
  for (let at = 0; at < values.length; at += 1) {
    const [red, green, blue] = [picture.data[4 * at], picture.data[4 * at + 1], picture.data[4 * at + 2]];
    values[at] = (red + 2 * green + blue) / 4;
  }
  return new RGBLuminanceSource(values, picture.width, picture.height);
}

export class PackReader {
  constructor() {
    this.turn = 0;
    this.qr = new QrReader({ formats: ["qr_code"] });
    this.pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  }

  async detect(video) {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    const [width, height] = [video.videoWidth * scale | 0, video.videoHeight * scale | 0];
    Object.assign(this.pen.canvas, { width, height });
    this.pen.drawImage(video, 0, 0, width, height);
    const source = grey(this.pen.getImageData(0, 0, width, height));
    this.turn = 1 - this.turn;
    const rawValue = square(source, LIGHTS[this.turn]) ?? bars(source, LIGHTS[this.turn]);
    return rawValue ? [{ rawValue }] : this.qr.detect(video);
  }
}
