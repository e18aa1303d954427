/* Beside the list: the key figures of the moment, the districts, the incidents, and what people and the system did last. */

import { change, el, fill, head, say } from "../common/dom.js"
import { SEVERITIES, glyph } from "../common/marks.js"
import { what } from "../common/alert/trail.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/**
 * Figures, and from what on each is out of bounds: ISA-18.2 for rate and stale alarms; a red alarm is always.
 * @type {Record<string, number>}
 */
const FIGURES = { unacknowledged: Infinity, red: 1, recent: 10, stale: 5, incidents: Infinity }

export class Figures {
  constructor() {
    this.values = Object.fromEntries(Object.keys(FIGURES).map((name) => [name, el("b")]))
    const cells = Object.entries(this.values).map(([name, value]) => el("div", `figure of-${name}`, el("span", "", t(`replay.figure_${name}`)), value))
    this.own = el("div", "own")
    this.node = el("div", "figures", ...cells, this.own)
  }

  /**
   * @param {Record<string, number>} found
   * @param {ReturnType<typeof import("./reading.js").ownFigures>} own
   */
  show(found, own) {
    for (const [name, value] of Object.entries(this.values)) {
      say(value, found[name])
      value.parentElement?.classList.toggle("beyond", found[name] >= FIGURES[name])
    }
    change(this.own, ...own.map(({ title, unit, share, value, beyond }) => {
      const [told, of] = value === null ? ["—", ""] : [share ? value.toFixed(1) : words.number(value), unit]
      return el("div", `figure ${beyond ? "beyond" : ""}`, el("span", "", words.pick(title)), el("b", "", told, of ? el("small", "", ` ${of}`) : null))
    }))
  }
}

/** @typedef {import("./city.js").Land} Land */

export class Ranking {
  /** @type {string} */
  look

  /** @param {Land[]} districts */
  constructor(districts) {
    this.districts = districts
    this.body = el("tbody")
    const marks = SEVERITIES.map((severity) => Object.assign(el("th", "", glyph(severity, { size: 14 })), { ariaLabel: t(`severity.${severity}`) }))
    const table = el("table", "rank", el("thead", "", el("tr", "", el("th", "", t("panel.open")), ...marks)), this.body)
    this.node = el("section", "ranking", head(t("panel.ranking")).node, table)
  }

  /**
   * `found`: counts by adcode. The worst first, then in the order of the file.
   * @param {Map<string, { counts: Sent.Counts }>} found
   */
  show(found) {
    /** @param {string} adcode */
    const counts = (adcode) => found.get(adcode)?.counts ?? [0, 0, 0, 0]
    /** @type {(one: Sent.Counts, other: Sent.Counts) => number} */
    const worse = (one, other) => one.map((count, n) => other[n] - count).find((difference) => difference) ?? 0
    const ranked = [...this.districts].sort((one, other) => worse(counts(one.adcode), counts(other.adcode)))
    const look = ranked.map(({ adcode }) => `${adcode}${counts(adcode)}`).join()
    if (look === this.look) return
    this.look = look
    fill(this.body, ...ranked.map((district) => row(district[words.language], counts(district.adcode))))
  }
}

/**
 * @param {string} name
 * @param {Sent.Counts} counts
 */
function row(name, counts) {
  const cells = counts.map((count, n) => el("td", count ? (n < 2 ? SEVERITIES[n] : "") : "z", count ? String(count) : "·"))
  return el("tr", "", el("td", "", name), ...cells)
}

const INCIDENTS = 9

export class Incidents {
  /** @type {string} */
  look

  /** @param {(id: string) => void} open */
  constructor(open) {
    this.open = open
    this.head = head(t("replay.incidents"))
    this.body = el("div", "lines")
    this.node = el("section", "incidents", this.head.node, this.body)
  }

  /**
   * Incidents of more than one alert: the worst first, then the greatest.
   * @param {Map<string, Sent.PastIncident>} incidents
   */
  show(incidents) {
    const found = [...incidents.values()].filter(({ count }) => count > 1)
    found.sort((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) || other.open - one.open || one.opened - other.opened)
    const look = found.map(({ id, rev, open }) => `${id}${rev}${open}`).join()
    if (look === this.look) return
    this.look = look
    say(this.head.small, `${found.length} ${t("incident.unit")}`)
    say(this.head.end, found.length > INCIDENTS ? `${t("panel.more")} ${found.length - INCIDENTS}` : "")
    const lines = found.slice(0, INCIDENTS).map((each) => {
      const told = `${t("incident.open")} ${each.open} · ${t("incident.whole")} ${each.count}`
      const node = el("button", "line", glyph(each.severity, { state: "B", size: 15 }), el("b", "", words.pick(each.title)), el("span", "", told))
      node.type = "button"
      node.onclick = () => this.open(each.members[0])
      return node
    })
    fill(this.body, ...(lines.length ? lines : [el("p", "none", t("replay.no_incidents"))]))
  }
}

/** Entries that are listed. */
const ENTRIES = 40

export class Acts {
  /** @type {string} */
  look

  /** @param {(id: string) => void} open */
  constructor(open) {
    this.open = open
    this.body = el("div", "lines")
    this.node = el("section", "acts", head(t("replay.acts"), t("replay.acts_by")).node, this.body)
  }

  /**
   * The newest entries of all trails; `title(id)` says what an alert is.
   * @param {Sent.Act[]} acts
   * @param {(id: string) => string} title
   */
  show(acts, title) {
    const newest = acts.slice(-ENTRIES).reverse()
    const look = newest.map(({ alert, n }) => `${alert}${n}`).join()
    if (look === this.look) return
    this.look = look
    fill(this.body, ...newest.map((act) => this.line(act, title(act.alert))))
    if (!newest.length) fill(this.body, el("p", "none", t("replay.no_acts")))
  }

  /**
   * @param {Sent.Act} act
   * @param {string} title
   */
  line(act, title) {
    const node = el("button", "line", el("time", "", words.clock(act.at)), glyph(act.severity, { state: act.after[0] === "A" ? "C" : act.after[0], size: 14 }), el("b", "", happened(act)), el("span", "", [title, ...said(act)].filter(Boolean).join(" · ")))
    node.type = "button"
    node.onclick = () => this.open(act.alert)
    return node
  }
}

/**
 * Who did it and why, in a person's words; the system's reasons are what happened, told again.
 * @param {{ actor: Sent.Actor | null, reason: Sent.Text }} entry
 */
export const said = ({ actor, reason }) => (actor ? [words.who(actor), words.pick(reason)] : [])

/**
 * What an entry of a trail says has happened, and from which state to which.
 * @param {{ event: string, verb: string, before: string, after: string }} entry
 */
export function happened(entry) {
  const { before, after } = entry
  return before === after ? what(entry) : `${what(entry)} ${before} → ${after}`
}
