// Days and times as the clock on the clinic's wall shows them: "2026-11-24", "2026-11-24T15:00". The zone of the
// browser plays no part: arithmetic is done as if the wall were in UTC, where no hour is skipped.
const two = (number) => String(number).padStart(2, "0");

export const clockOf = (wall) => wall.slice(11, 16);
export const dayOf = (wall) => wall.slice(0, 10);
const utc = (wall) => new Date(`${wall.length === 10 ? `${wall}T00:00` : wall}:00Z`);

// From a Date of the calendar library, whose local fields are the wall clock.
export function wall(date) {
  const on = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${on}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

export const minutesBetween = (start, end) => Math.round((utc(end) - utc(start)) / 60_000);
export const later = (start, minutes) => new Date(utc(start).getTime() + minutes * 60_000).toISOString().slice(0, 16);
export const nextDay = (on, days) => later(on, days * 1440).slice(0, 10);

export function nextMonth(on, months) {
  const date = utc(`${on.slice(0, 8)}01`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 10);
}

const format = (options) => {
  const intl = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
  return (on) => intl.format(utc(on)).replace(",", "");
};
export const shortDay = format({ weekday: "short", day: "numeric", month: "short" });
export const longDay = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const monthName = format({ month: "long", year: "numeric" });
const dayMonth = format({ day: "numeric", month: "short" });

export function title(view, on, first, last) {
  if (view === "month") return monthName(on);
  if (view === "week") return `${dayMonth(first)} – ${dayMonth(last)}`;
  return shortDay(on);
}
