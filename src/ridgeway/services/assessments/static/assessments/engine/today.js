/* Which day it is for an assessment: days from 1970-01-01, in the time zone of the assessment, not of the device. */

import { parseDate } from "./expressions.js";

export function findToday(zone, now) {
  const parts = new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(now);
  const get = (type) => parts.find((part) => part.type === type).value;
  return parseDate(`${get("year").padStart(4, "0")}-${get("month")}-${get("day")}`)[0];
}

/* Whether the assessment may be used: "not_yet", "valid" or "ended"; both ends of the period count. */
export function stateOf(assessment, today) {
  const { from, until } = assessment.compiled.valid ?? {};
  if (from && today < parseDate(from)[0]) return "not_yet";
  return until && today > parseDate(until)[0] ? "ended" : "valid";
}
