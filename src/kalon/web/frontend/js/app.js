// The shell's script. Pages work without it; with it they keep their place, their words and their focus.
import "./parts/htmx.js";
import Alpine from "@alpinejs/csp";
import { board } from "./parts/board.js";
import { aloud } from "./parts/aloud.js";
import { arrows } from "./parts/arrows.js";
import { charting } from "./parts/charting.js";
import { confirming } from "./parts/confirm.js";
import { countdowns } from "./parts/countdown.js";
import { dialogs } from "./parts/dialogs.js";
import { drafts } from "./parts/drafts.js";
import { errors } from "./parts/errors.js";
import { fields } from "./parts/fields.js";
import { holds } from "./parts/holds.js";
import { jumps } from "./parts/jumps.js";
import { keyboard } from "./parts/keyboard.js";
import { lasting } from "./parts/lasting.js";
import { live } from "./live.js";
import { offline } from "./parts/offline.js";
import { once } from "./parts/once.js";
import { otp } from "./parts/otp.js";
import { palette } from "./parts/palette.js";
import { saving } from "./parts/saving.js";
import { signing } from "./parts/signing.js";
import { theme } from "./parts/theme.js";
import { toasts } from "./parts/toasts.js";

const behaviours = [board, charting, dialogs, confirming, saving, once, drafts, fields, otp, countdowns, lasting, theme, toasts, errors, palette, keyboard, arrows, holds, jumps, aloud, signing, live, offline];

for (const { start } of behaviours) start?.();

// `enhance(root)` runs on the page and again on every fragment that htmx brings.
function enhance(root) {
  for (const behaviour of behaviours) behaviour.enhance?.(root);
}

enhance(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) enhance(event.detail.elt);
});

window.Alpine = Alpine;
Alpine.start();
