/* What the key figures of the wall say: name, number, unit, limit, and the colour in which one past its limit is drawn. Pure. */

import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** Annunciations in 10 minutes from which operators cannot follow: ANSI/ISA-18.2-2016, alarm flood. */
export const FLOOD = 10

/** Fewer alarms than this may stand for more than 24 h: ANSI/ISA-18.2-2016, stale alarms on any day, with plans to address. */
const STALE = 5

/** Limits of this wall, by choice: unacknowledged alerts, mean minutes to an acknowledgement. */
const LIMITS = { unacknowledged: 30, waited: 15 }
const MINUTE = 60_000

/** Places for figures of the domains' own. */
const OWN = 2

/** @typedef {"" | "sys" | Sent.Severity} Colour */
/** @typedef {[name: string, value: string | number, unit: string, limit: string, colour: Colour]} Shown */

/**
 * The eight figures. In the view of a domain its own figures come first; the others follow in the order of the domains.
 * @param {Sent.Figures} found
 * @param {string | null} view
 * @returns {Shown[]}
 */
export function keyFigures(found, view) {
  const oldest = found.oldest === null ? t("figure.none") : words.duration(found.oldest).split(" ").slice(0, 2).join(" ")
  const own = [...found.headline.filter(({ domain }) => domain === view), ...found.headline.filter(({ domain }) => domain !== view)]
  return [
    [t("figure.unacknowledged"), found.unacknowledged, t("unit.count"), `${t("figure.most")} ${LIMITS.unacknowledged} · ${t("figure.oldest")} ${oldest}`, found.unacknowledged > LIMITS.unacknowledged ? "red" : ""],
    [t("figure.red"), found.red, t("unit.count"), `${t("figure.red_limit")} ${found.red_unacknowledged}`, found.red ? "red" : ""],
    [t("figure.recent"), found.recent, t("unit.count"), t("figure.recent_limit"), found.recent >= FLOOD ? "sys" : ""],
    [t("figure.stale"), found.stale, t("unit.count"), t("figure.stale_limit"), found.stale >= STALE ? "yellow" : ""],
    ...Array.from({ length: OWN }, (_, n) => headline(own[n])),
    [t("figure.bad"), words.number(found.bad), t("unit.count"), t("figure.bad_limit"), ""],
    waited(found),
  ]
}

/**
 * A figure of a domain's own; an empty place without one.
 * @param {Sent.Headline | undefined} figure
 * @returns {Shown}
 */
function headline(figure) {
  if (!figure) return ["", "—", "", "", ""]
  const { title, value, unit, note, fold, subject, online, all, severity } = figure
  const share = fold === "online"
  const [shown, of] = value === null ? ["—", ""] : [share ? value.toFixed(1) : words.number(value), unit]
  const beside = share ? `${online}/${all}` : fold === "max" ? words.pick(subject) : String(all)
  return [words.pick(title), shown, of, `${words.pick(note)} · ${beside}`, severity ?? ""]
}

/**
 * @param {Sent.Figures} found
 * @returns {Shown}
 */
function waited({ waited: ms, signed }) {
  const [value, unit] = ms === null ? ["—", ""] : [words.number(ms / MINUTE, 0), t("unit.minute")]
  return [t("figure.waited"), value, unit, `${t("figure.due")} ${LIMITS.waited} · ${t("figure.waited_limit")} ${signed} ${t("unit.times")}`, ms !== null && ms > LIMITS.waited * MINUTE ? "yellow" : ""]
}
