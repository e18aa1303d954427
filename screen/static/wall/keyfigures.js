/* What the key figures of the wall say: number, unit, limit, and the colour in which one past its limit is drawn. Pure. */

import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** Annunciations in 10 minutes from which operators cannot follow: ANSI/ISA-18.2-2016, alarm flood. */
export const FLOOD = 10

/** Fewer alarms than this may stand for more than 24 h: ANSI/ISA-18.2-2016, stale alarms on any day, with plans to address. */
const STALE = 5

/** Limits of this wall, by choice: unacknowledged alerts, share of stations online (%), mean minutes to an acknowledgement. */
const LIMITS = { unacknowledged: 30, online: 95, waited: 15 }
const MINUTE = 60_000

/** @typedef {"" | "sys" | Sent.Severity} Colour */
/** @typedef {[name: string, value: string | number, unit: string, limit: string, colour: Colour]} Shown */

/**
 * The eight figures.
 * @param {Sent.Figures} found
 * @returns {Shown[]}
 */
export function keyFigures(found) {
  const oldest = found.oldest === null ? t("figure.none") : words.duration(found.oldest).split(" ").slice(0, 2).join(" ")
  return [
    ["unacknowledged", found.unacknowledged, t("unit.count"), `${t("figure.most")} ${LIMITS.unacknowledged} · ${t("figure.oldest")} ${oldest}`, found.unacknowledged > LIMITS.unacknowledged ? "red" : ""],
    ["red", found.red, t("unit.count"), `${t("figure.red_limit")} ${found.red_unacknowledged}`, found.red ? "red" : ""],
    ["recent", found.recent, t("unit.count"), t("figure.recent_limit"), found.recent >= FLOOD ? "sys" : ""],
    ["stale", found.stale, t("unit.count"), t("figure.stale_limit"), found.stale >= STALE ? "yellow" : ""],
    online(found),
    ["worst", found.worst ?? "—", "", `${t("figure.worst_limit")} · ${words.pick(found.worst_name)}`, airSeverity(found.worst)],
    ["bad", words.number(found.bad), t("unit.count"), t("figure.bad_limit"), ""],
    waited(found),
  ]
}

/**
 * @param {Sent.Figures} found
 * @returns {Shown}
 */
function online({ online: there, stations }) {
  const share = (100 * there) / stations
  const [value, unit] = stations ? [share.toFixed(1), "%"] : ["—", ""]
  return ["online", value, unit, `${t("figure.least")} ${LIMITS.online}.0 · ${there}/${stations}`, stations > 0 && share < LIMITS.online ? "orange" : ""]
}

/**
 * @param {Sent.Figures} found
 * @returns {Shown}
 */
function waited({ waited: ms, signed }) {
  const [value, unit] = ms === null ? ["—", ""] : [words.number(ms / MINUTE, 0), t("unit.minute")]
  return ["waited", value, unit, `${t("figure.due")} ${LIMITS.waited} · ${t("figure.waited_limit")} ${signed} ${t("unit.times")}`, ms !== null && ms > LIMITS.waited * MINUTE ? "yellow" : ""]
}

/**
 * The colour of an air quality index. HJ 633: above 100 light, 150 moderate, 200 heavy, 300 severe pollution.
 * @param {number | null} index
 * @returns {Colour}
 */
export function airSeverity(index) {
  if (index === null || index <= 100) return ""
  return index > 300 ? "red" : index > 200 ? "orange" : index > 150 ? "yellow" : "blue"
}
