// [data-aloud]: reads a part of the page aloud. Only voices that live on this device are used, so that no word leaves it;
// without one for the language there is no button.
import { all } from "./dom.js";

const speech = window.speechSynthesis;

const voiceFor = (language) => speech.getVoices().find((voice) => voice.localService && voice.lang.split(/[-_]/)[0] === language);

function attach(button) {
  if (!speech) return;
  const part = document.getElementById(button.dataset.aloud);
  const language = part.closest("[lang]")?.lang || "en";
  const look = () => { button.hidden = !voiceFor(language); };
  const stop = () => {
    speech.cancel();
    button.setAttribute("aria-pressed", "false");
  };
  look();
  speech.addEventListener?.("voiceschanged", look);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") return stop();
    speech.cancel();
    const words = new SpeechSynthesisUtterance(part.innerText);
    words.lang = language;
    words.voice = voiceFor(language);
    words.onend = stop;
    button.setAttribute("aria-pressed", "true");
    speech.speak(words);
  });
  window.addEventListener("pagehide", stop);
}

export const aloud = { enhance: (root) => all(root, "[data-aloud][hidden]").forEach(attach) };
