/* The alerts that had not ended at the moment, in the desk's order. Only the rows that are in sight stand in the document; a row keeps
   its element as long as its alert is in sight. */

import { measured, placed, remaining, titled } from "../common/alert/alert.js"
import { arrange, button, el, fill, head, option, say } from "../common/dom.js"
import { SEVERITIES, glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { grouped } from "./reading.js"

const ROW = 28

/** Rows kept above and below those in sight. */
const SPARE = 4

/** @typedef {import("./city.js").Land} Land */
/** @typedef {{ id: string, name?: string, count?: number, alert?: Sent.Past }} Entry a group's head, or an alert */

export class Filter {
  /**
   * `changed()` is called when a person wants to see others.
   * @param {() => void} changed
   */
  constructor(changed) {
    this.value = { severities: /** @type {Set<string>} */ (new Set()), domain: "", district: "", search: "" }
    /** @param {Partial<import("./reading.js").Filtered>} fields */
    const change = (fields) => { Object.assign(this.value, fields); changed() }
    this.chips = SEVERITIES.map((severity) => {
      const count = el("b")
      const chip = button("chip", () => {
        const wanted = new Set(this.value.severities)
        if (!wanted.delete(severity)) wanted.add(severity)
        chip.ariaPressed = String(wanted.has(severity))
        change({ severities: wanted })
      })
      chip.append(glyph(severity, { size: 14 }), t(`short.${severity}`), " ", count)
      chip.ariaPressed = "false"
      return { severity, chip, count }
    })
    this.domain = choice(t("replay.domain"), (domain) => change({ domain }))
    this.district = choice(t("replay.district"), (district) => change({ district }))
    this.search = Object.assign(el("input", "search"), { type: "search", placeholder: t("replay.search"), ariaLabel: t("replay.search") })
    this.search.oninput = () => change({ search: this.search.value.trim().toLowerCase() })
    const chips = el("div", "chips", ...this.chips.map(({ chip }) => chip), this.domain, this.district)
    this.node = el("div", "filter", this.search, chips)
    this.know([], [])
  }

  /**
   * The districts by adcode, and the domains that there are.
   * @param {[adcode: string, name: string][]} districts
   * @param {string[]} domains
   */
  know(districts, domains) {
    choices(this.district, t("replay.district"), districts)
    choices(this.domain, t("replay.domain"), domains.map((name) => [name, t(`domain.${name}`)]))
  }

  /** @param {Map<string, Sent.Past>} alerts */
  show(alerts) {
    for (const { severity, count } of this.chips) say(count, [...alerts.values()].filter((alert) => alert.severity === severity).length)
  }
}

/**
 * @param {string} label
 * @param {(value: string) => void} changed
 */
function choice(label, changed) {
  const node = el("select")
  node.ariaLabel = label
  node.onchange = () => changed(node.value)
  return node
}

/**
 * @param {HTMLSelectElement} select
 * @param {string} all
 * @param {[key: string, text: string][]} entries
 */
function choices(select, all, entries) {
  const { value } = select
  fill(select, option("", all), ...entries.map(([key, text]) => option(key, text)))
  select.value = entries.some(([key]) => key === value) ? value : ""
}

export class List {
  /** @type {Map<string, Group | Row>} */
  rows = new Map()
  /** @type {Entry[]} */
  entries = []
  /** @type {number} */
  at
  /** @type {Map<string, Land>} */
  districts
  /** @type {string | null} */
  chosen

  /**
   * @param {Filter} filter
   * @param {(id: string) => void} open
   */
  constructor(filter, open) {
    this.filter = filter
    this.open = open
    this.head = head(t("replay.list"), "", t("replay.list_key"))
    this.count = el("span", "count")
    this.head.node.insertBefore(this.count, this.head.small)
    this.room = el("div", "room")
    this.scroll = el("div", "rows", this.room)
    this.scroll.role = "list"
    this.scroll.tabIndex = 0
    this.scroll.ariaLabel = t("replay.list")
    this.scroll.onscroll = () => this.draw()
    this.empty = el("p", "none", t("replay.none"))
    this.node = el("section", "list", filter.node, this.head.node, this.empty, this.scroll)
    this.seen = new ResizeObserver(() => this.draw())
    this.seen.observe(this.scroll)
  }

  /**
   * `news`: whether alerts or the filter have changed, and not only the moment.
   * @param {import("./time/timeline.js").State} state
   * @param {Map<string, Land>} districts
   * @param {string | null} chosen
   * @param {boolean} news
   */
  show(state, districts, chosen, news) {
    Object.assign(this, { at: state.at, districts, chosen })
    if (news) {
      const groups = grouped(state.alerts, this.filter.value)
      this.entries = groups.flatMap(({ name, alerts }) => [{ id: `group ${name}`, name, count: alerts.length }, ...alerts.map((alert) => ({ id: alert.id, alert }))])
      say(this.count, this.entries.filter(({ alert }) => alert).length)
      this.empty.hidden = this.entries.length > 0
      this.room.style.height = `${this.entries.length * ROW}px`
      this.filter.show(state.alerts)
    }
    this.draw()
  }

  draw() {
    const first = Math.max(0, Math.floor(this.scroll.scrollTop / ROW) - SPARE)
    const last = Math.ceil((this.scroll.scrollTop + this.scroll.clientHeight) / ROW) + SPARE
    const shown = this.entries.slice(first, last)
    const known = new Set(shown.map(({ id }) => id))
    for (const id of this.rows.keys()) if (!known.has(id)) this.rows.delete(id)
    const nodes = shown.map((entry, n) => {
      const row = this.rows.get(entry.id) ?? (entry.alert ? new Row(entry.id, this.open) : new Group(entry.name ?? ""))
      this.rows.set(entry.id, row)
      row.show(entry, this)
      row.node.style.top = `${(first + n) * ROW}px`
      return row.node
    })
    arrange(this.room, nodes)
  }

  close() {
    this.seen.disconnect()
  }
}

class Group {
  /** @param {string} name */
  constructor(name) {
    this.count = el("b")
    this.node = el("div", "gh", el("b", "", t(`group.${name}`)), " ", this.count)
    this.node.role = "listitem"
  }

  /** @param {Entry} entry */
  show({ count }) {
    say(this.count, count ?? 0)
  }
}

class Row {
  /** @type {Sent.Past | undefined} */
  alert
  /** @type {number} */
  minute

  /**
   * @param {string} id
   * @param {(id: string) => void} open
   */
  constructor(id, open) {
    this.parts = Object.fromEntries(["g", "t", "v", "s", "a"].map((name) => [name, el("span", name)]))
    this.title = el("b")
    this.subject = el("span", "s")
    this.parts.t.append(this.title, " ", this.subject)
    this.press = button("row", () => open(id))
    this.press.append(...Object.values(this.parts))
    this.press.dataset.alert = id
    this.node = el("div", "item", this.press)
    this.node.role = "listitem"
  }

  /**
   * @param {Entry} entry
   * @param {List} list
   */
  show({ alert }, { at, districts, chosen }) {
    if (!alert) return
    const { g, v, s, a } = this.parts
    if (alert !== this.alert) {
      fill(g, glyph(alert.severity, { state: alert.state[0], phase: alert.phase, size: 16 }))
      say(this.title, titled(alert))
      say(this.subject, placed(districts.get(alert.adcode)?.[words.language] ?? "", words.pick(alert.name)))
      say(s, alert.state[0])
      this.press.classList.toggle("r", alert.severity === "red" && alert.state[0] === "B")
      if (alert.due === null) fill(v, ...measured(alert))
    }
    if (alert.due !== null && (alert !== this.alert || minutes(at) !== this.minute)) fill(v, ...remaining({ ...alert, due: alert.due }, at))
    say(a, words.duration(Math.max(0, at - alert.raised)))
    this.press.classList.toggle("chosen", alert.id === chosen)
    this.press.ariaCurrent = String(alert.id === chosen)
    this.alert = alert
    this.minute = minutes(at)
  }
}

/** @param {number} at */
const minutes = (at) => Math.floor(at / 60_000)
