// The switch for notifications on this device: asks the browser, then tells the clinic where to send them.
import { csrf } from "./parts/dom.js";

const button = document.querySelector("[data-push-toggle]");
const state = document.querySelector("[data-push-state]");
const words = button?.querySelector("span");

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function tell(subscription, wanted) {
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch(button.dataset.pushUrl, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
    body: JSON.stringify({ endpoint, keys, wanted }),
  });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? "The clinic could not be reached. Try again.");
}

function show(isOn) {
  words.textContent = isOn ? "Turn off" : "Turn on";
  button.setAttribute("aria-pressed", String(isOn));
  state.textContent = isOn ? "Notifications are on." : "Reminders and changes, without an app.";
}

async function turn(registration) {
  const held = await registration.pushManager.getSubscription();
  if (held) {
    await tell(held, "off");
    await held.unsubscribe();
    return show(false);
  }
  if ((await Notification.requestPermission()) !== "granted") {
    state.textContent = "Your browser does not allow notifications from here. Change it in the settings of the browser.";
    return undefined;
  }
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(button.dataset.pushKey) });
  try {
    await tell(made, "on");
  } catch (error) {
    await made.unsubscribe();
    throw error;
  }
  return show(true);
}

async function start() {
  if (!("serviceWorker" in navigator && "PushManager" in window)) {
    state.textContent = "This browser cannot show notifications. We write to you by e-mail or SMS.";
    return;
  }
  const registration = await navigator.serviceWorker.register(button.dataset.pushWorker);
  show(Boolean(await registration.pushManager.getSubscription()));
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await turn(registration);
    } catch (error) {
      state.textContent = error.message;
    }
    button.disabled = false;
  });
}

if (button) start();
