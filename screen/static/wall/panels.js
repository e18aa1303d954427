/* The quiet panels: districts by open alerts, stations by index, bad data by reason and owner. */

import { el, fill, head, say } from "../common/dom.js"
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

  show({ ranking }) {
    fill(this.body, ...ranking.map(([district, names]) => this.row(district.counts, names)))
  }

  row(counts, names) {
    const name = words.language === "zh" ? names[0] : names[1]
    const cells = counts.map((count, n) => el("td", count ? (n < 2 ? SEVERITIES[n] : "") : "z", count ? String(count) : "·"))
    return el("tr", "", el("td", "", name), ...cells)
  }
}

const STATIONS = 12

export class Stations {
  constructor() {
    this.head = head(t("panel.stations"), t("panel.stations_by"))
    this.grid = el("div", "grid")
    this.needs = ["stations"]
    this.node = el("section", "stations", this.head.node, this.grid)
  }

  show({ stations }) {
    const more = stations.count - Math.min(stations.rows.length, STATIONS)
    say(this.head.end, more > 0 ? `${t("panel.more")} ${more} ${t("unit.station")}` : "")
    fill(this.grid, ...stations.rows.slice(0, STATIONS).map((station) => this.cell(station)))
  }

  cell({ name, aqi, level, primary }) {
    const items = String(primary ?? "").split(",").filter(Boolean).map((item) => t(`item.${item}`))
    const known = typeof aqi === "number"
    const second = [known ? t(`level.${level}`) : t("level.unknown"), ...items.slice(0, 1)].join(" · ")
    const bar = el("i", known && aqi > 100 ? "over" : "")
    bar.style.width = `${Math.min(100, known ? aqi / 3 : 0)}%`
    const top = el("div", "top", el("span", "name", words.pick(name)), el("b", "", known ? String(aqi) : "—"))
    return el("div", "station", top, el("div", "bar", bar), el("div", "under", second))
  }
}

const REASONS = 4

export class Quality {
  constructor() {
    this.head = head(t("panel.quality"), t("panel.quality_by"))
    this.body = el("div", "body")
    this.needs = ["quality"]
    this.node = el("section", "quality", this.head.node, this.body)
  }

  show({ quality }) {
    const more = quality.length - REASONS
    say(this.head.end, more > 0 ? `${t("panel.more")} ${more}` : "")
    const rows = quality.slice(0, REASONS).map(([reason, owner, count, at]) =>
      el("div", "line", el("span", "", t(`reason.${reason}`)), el("span", "who", words.pick(owner)), el("b", "", words.number(count)), el("span", "at", words.minute(at))),
    )
    fill(this.body, ...(rows.length ? rows : [el("div", "none", t("panel.quality_none"))]))
  }
}
