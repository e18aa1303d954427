/* What the key figures of the wall say: number, unit, limit, and the colour in which one past its limit is drawn. Pure. */

import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** Annunciations in 10 minutes from which operators cannot follow: ANSI/ISA-18.2-2016, alarm flood. */
export const FLOOD = 10

/** Fewer alarms than this may stand for more than 24 h: ANSI/ISA-18.2-2016, stale alarms on any day, with plans to address. */
const STALE = 5

/** Limits of this wall, by choice: unacknowledged alerts, mean minutes to an acknowledgement. */
const LIMITS = { unacknowledged: 30, waited: 15 }

/** Places for figures of the domains' own. */
const OWN = 2
const MINUTE = 60_000

/** @typedef {"" | "sys" | Sent.Severity} Colour */
/** @typedef {[name: string, value: string | number, unit: string, limit: string, colour: Colour, title?: string]} Shown */

/**
 * The eight figures. In the view of a domain its own ones come first; the others follow in the order of the domains.
 * @param {Sent.Figures} found
 * @param {string | null} view
 * @returns {Shown[]}
 */
export function keyFigures(found, view = null) {
  const own = [...found.headline.filter(({ domain }) => domain === view), ...found.headline.filter(({ domain }) => domain !== view)]
  const oldest = found.oldest === null ? t("figure.none") : words.duration(found.oldest).split(" ").slice(0, 2).join(" ")
  return [
    ["unacknowledged", found.unacknowledged, t("unit.count"), `${t("figure.most")} ${LIMITS.unacknowledged} · ${t("figure.oldest")} ${oldest}`, found.unacknowledged > LIMITS.unacknowledged ? "red" : ""],
    ["red", found.red, t("unit.count"), `${t("figure.red_limit")} ${found.red_unacknowledged}`, found.red ? "red" : ""],
    ["recent", found.recent, t("unit.count"), t("figure.recent_limit"), found.recent >= FLOOD ? "sys" : ""],
    ["stale", found.stale, t("unit.count"), t("figure.stale_limit"), found.stale >= STALE ? "yellow" : ""],
    ...Array.from({ length: OWN }, (_, n) => headline(n, own[n])),
    ["bad", words.number(found.bad), t("unit.count"), t("figure.bad_limit"), ""],
    waited(found),
  ]
}

/**
 * A figure of a domain's own, in its n-th place; nothing where no domain has one.
 * @param {number} n
 * @param {Sent.Headline | undefined} figure
 * @returns {Shown}
 */
function headline(n, figure) {
  if (!figure) return [`own${n}`, "—", "", "", "", ""]
  const { title, value, unit, note, fold, subject, online, all, severity } = figure
  const share = fold === "online"
  const told = value === null ? "—" : share ? value.toFixed(1) : words.number(value)
  const beside = share ? `${online}/${all}` : fold === "max" ? words.pick(subject) : String(all)
  return [`own${n}`, told, value === null ? "" : unit, `${words.pick(note)} · ${beside}`, severity ?? "", words.pick(title)]
}

/**
 * How many of the sources that the domains count are online, and how many there are.
 * @param {Sent.Figures | undefined} found
 * @returns {{ online: number, all: number }}
 */
export function sources(found) {
  const counted = (found?.headline ?? []).filter(({ fold }) => fold === "online")
  return { online: counted.reduce((sum, { online }) => sum + online, 0), all: counted.reduce((sum, { all }) => sum + all, 0) }
}

/**
 * @param {Sent.Figures} found
 * @returns {Shown}
 */
function waited({ waited: ms, signed }) {
  const [value, unit] = ms === null ? ["—", ""] : [words.number(ms / MINUTE, 0), t("unit.minute")]
  return ["waited", value, unit, `${t("figure.due")} ${LIMITS.waited} · ${t("figure.waited_limit")} ${signed} ${t("unit.times")}`, ms !== null && ms > LIMITS.waited * MINUTE ? "yellow" : ""]
}
