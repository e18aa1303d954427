/* The quiet panels: districts by open alerts, stations by index, bad data by reason and owner. */

import { domainName } from "./domains.js"
import { change, el, fill, head, say } from "../common/dom.js"
import { SEVERITIES, glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

export class Ranking {
  constructor() {
    this.body = el("tbody")
    const marks = SEVERITIES.map((severity) => el("th", "", glyph(severity, { size: 16 })))
    const table = el("table", "rank", el("thead", "", el("tr", "", el("th", "", t("panel.open")), ...marks)), this.body)
    this.needs = ["ranking"]
    this.node = el("section", "ranking", head(t("panel.ranking")).node, table)
  }

  /** @param {Pick<Sent.Sections, "ranking">} sections */
  show({ ranking }) {
    this.node.style.setProperty("--rows", String(ranking.length)) // more than twelve districts stand closer
    change(this.body, ...ranking.map(([district, names]) => this.row(district.counts, names)))
  }

  /**
   * @param {Sent.Counts} counts
   * @param {[zh: string, en: string]} names
   */
  row(counts, names) {
    const name = words.language === "zh" ? names[0] : names[1]
    const cells = counts.map((count, n) => el("td", count ? (n < 2 ? SEVERITIES[n] : "") : "z", count ? String(count) : "·"))
    return el("tr", "", el("td", "", name), ...cells)
  }
}

const STATIONS = 12

/** The places of the domain that is shown: by the value that it shows of them, or those with the most open alerts. */
export class Stations {
  /** @type {string} */
  key

  constructor() {
    this.title = el("span")
    this.head = head(this.title)
    this.grid = el("div", "grid")
    this.node = el("section", "stations", this.head.node, this.grid)
  }

  /**
   * @param {Pick<Sent.Sections, "stations" | "domains">} sections
   * @param {{ view: string | null }} seen
   */
  show({ stations, domains }, { view }) {
    this.node.hidden = view === null
    const domain = domains.find(({ name }) => name === view)
    if (!domain) return
    const valued = view === null ? undefined : stations[view]
    const key = JSON.stringify([view, valued ?? domain])
    if (key === this.key) return
    this.key = key
    say(this.title, valued ? words.pick(valued.about.title) : `${domainName(domain)} · ${t("panel.sites")}`)
    say(this.head.small, valued ? words.pick(valued.about.by) : t("panel.sites_by"))
    const boxes = valued ? valued.rows.slice(0, STATIONS).map((/** @type {Sent.Station} */ row) => station(row, valued.about)) : domain.worst.slice(0, STATIONS).map(site)
    const more = (valued ? valued.count : domain.sites) - boxes.length
    say(this.head.end, more > 0 ? `${t("panel.more")} ${more} ${valued ? words.pick(valued.about.unit) : t("unit.site")}` : "")
    change(this.grid, ...boxes)
  }
}

/**
 * @param {Sent.Station} found
 * @param {Sent.Places} about
 */
function station({ name, value, level }, { over, full, none }) {
  const bar = el("i", value !== null && value > over ? "over" : "")
  bar.style.width = `${value === null ? 0 : Math.max(0, Math.min(100, (100 * value) / full))}%`
  const told = el("span", "value", el("small", "", value === null ? words.pick(none) : t(`level.${level}`)), el("b", "", value === null ? "—" : words.number(value)))
  return el("div", "station", el("div", "top", el("span", "name", words.pick(name)), told), el("div", "bar", bar))
}

/** @param {{ name: Sent.Text, counts: Sent.Counts }} found */
function site({ name, counts }) {
  const marks = counts.flatMap((count, n) => (count ? [glyph(SEVERITIES[n], { size: 15 }), el("span", "", String(count))] : []))
  return el("div", "station", el("div", "top", el("span", "name", words.pick(name)), el("span", "value", ...marks)), el("div", "bar"))
}

const REASONS = 4

export class Quality {
  /** @type {string} */
  key

  constructor() {
    this.head = head(t("panel.quality"), t("panel.quality_by"))
    this.body = el("div", "body")
    this.node = el("section", "quality", this.head.node, this.body)
  }

  /**
   * @param {Pick<Sent.Sections, "quality">} sections
   * @param {{ view: string | null }} seen
   */
  show(sections, { view }) {
    this.node.hidden = view === null
    const quality = sections.quality.filter(([domain]) => domain === view)
    const key = JSON.stringify([view, quality])
    if (key === this.key) return
    this.key = key
    const more = quality.length - REASONS
    say(this.head.end, more > 0 ? `${t("panel.more")} ${more}` : "")
    const rows = quality.slice(0, REASONS).map(([, reason, owner, count, at]) =>
      el("div", "line", el("span", "", t(`reason.${reason}`)), el("span", "who", words.pick(owner)), el("b", "", words.number(count)), el("span", "at", words.minute(at))),
    )
    fill(this.body, ...(rows.length ? rows : [el("div", "none", t("panel.quality_none"))]))
  }
}
