// The microphone of a recording: both channels as they come where it has two (a voice on each side), else one, cleaned.
const ONE = { echoCancellation: true, noiseSuppression: true, channelCount: 1 };
// Browsers fold two channels into one while they clean the sound.
const TWO = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: { exact: 2 } };
const LISTENS = 300; // milliseconds

const opened = (audio) => navigator.mediaDevices.getUserMedia({ audio });
const close = (stream) => stream.getTracks().forEach((track) => track.stop());

// One microphone given as two sides is the same to the last bit; two never are. Where nothing is heard yet, they are two.
async function differ(stream) {
  const context = new AudioContext();
  try {
    const split = context.createChannelSplitter(2);
    context.createMediaStreamSource(stream).connect(split);
    const sides = [0, 1].map((side) => {
      const listener = new AnalyserNode(context, { fftSize: 4096 });
      split.connect(listener, side);
      return listener;
    });
    await new Promise((resolve) => { setTimeout(resolve, LISTENS); });
    if (context.state !== "running") return true;
    const [left, right] = sides.map((listener) => {
      const wave = new Float32Array(listener.fftSize);
      listener.getFloatTimeDomainData(wave);
      return wave;
    });
    return left.every((value) => value === 0) || left.some((value, at) => value !== right[at]);
  } finally {
    context.close();
  }
}

async function both(deviceId) {
  try {
    const stream = await opened({ ...TWO, deviceId: { exact: deviceId } });
    if (stream.getAudioTracks()[0].getSettings().channelCount === 2 && await differ(stream)) return stream;
    close(stream);
  } catch { /* it offers two and gives one */ }
  return undefined;
}

// The stream, and whether its two sides tell who speaks.
export async function microphone() {
  const stream = await opened(ONE);
  const [track] = stream.getAudioTracks();
  if (!(track.getCapabilities?.().channelCount?.max >= 2)) return { stream, two: false };
  const { deviceId } = track.getSettings();
  close(stream); // a device gives one format at a time
  const wide = await both(deviceId);
  return { stream: wide ?? (await opened(ONE)), two: Boolean(wide) };
}
