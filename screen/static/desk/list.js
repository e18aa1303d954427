/* The list: only the rows that can be seen are in the document, each keyed by its alert. Under the pointer it stands still, and says
   how many new ones wait. */

import { measured, remaining, sealing, titled } from "../common/alert/alert.js"
import { arrange, el, fill, say } from "../common/dom.js"
import { glyphOf } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { HEAD, ROW, partAt, parts, placeAt, topOf } from "./places.js"

/** Rows above and below the visible ones that are held ready. */
const MARGIN = 12

export class List {
  /** @type {import("./bulk.js").Marks} */
  marks
  /** @type {string[]} */
  ids = []
  /** @type {number} */
  first = 0
  /** @type {number} */
  total = 0
  /** @type {Record<string, number>} */
  groups = {}
  /** @type {number | null} */
  number = null
  /** @type {boolean} */
  frozen = false
  /** @type {boolean} */
  refreeze
  /** @type {number} */
  waiting
  /** @type {string | null} */
  selected = null
  /** @type {number | null} */
  place = null
  /** @type {number | null} the place of a move that is under way: its row has not come from the server yet */
  goal = null
  /** @type {number | undefined} */
  anchor
  /** @type {{ first: number, rows: number } | null} */
  asked
  /** @type {string} */
  drawn
  /** @type {number | null} */
  now
  /** @type {import("../common/alert/acts.js").Acts} */
  acts
  unsealed = new Set()
  /** @type {Map<string, Row>} */
  rows = new globalThis.Map()
  /** @type {Map<string, Sent.Row>} */
  alerts = new globalThis.Map()

  /**
   * `ask(changes, over)` speaks to the server, `open(id, awaited)` shows an alert, to which a move may have been under way, `marks`
   * is the choice for bulk acts.
   * @param {import("./filters.js").Filters} filters
   * @param {import("./bulk.js").Marks} marks
   * @param {(changes: object, over?: boolean) => void} ask
   * @param {(id: string, awaited?: boolean) => void} open
   */
  constructor(filters, marks, ask, open) {
    this.marks = marks
    this.ask = ask
    this.open = open
    const columns = el("div", "lr columns", ...["severity", "rule", "value", "state", "age"].map((name) => el("span", name === "age" ? "a" : "", t(`desk.column_${name}`))))
    columns.ariaHidden = "true"
    this.ice = el("span", "r")
    this.ice.role = "status"
    this.top = { name: el("b"), count: el("span") }
    this.sticky = el("div", "lg sticky", this.top.name, this.top.count, this.ice)
    this.heads = el("div", "heads")
    this.body = el("div", "body")
    this.space = el("div", "space", this.heads, this.body)
    this.none = el("p", "none", t("desk.none"))
    this.view = el("div", "view", this.sticky, this.space, this.none)
    Object.assign(this.body, { role: "listbox", ariaMultiSelectable: "true", ariaLabel: t("desk.list") })
    this.body.tabIndex = 0
    this.node = el("section", "list", filters.node, columns, this.view)
    this.node.ariaLabel = t("desk.list")
    this.view.addEventListener("scroll", () => this.window())
    this.view.addEventListener("pointerenter", () => this.freeze())
    this.view.addEventListener("pointerleave", () => this.thaw())
    this.body.addEventListener("click", (event) => this.click(event))
    this.resized = new ResizeObserver(() => this.window())
    this.resized.observe(this.view)
  }

  /** The list stands still as it is now, until `thaw`. */
  freeze() {
    if (this.frozen) return
    this.frozen = true
    this.ask({ frozen: this.number }, true)
    this.draw()
  }

  thaw() {
    if (!this.frozen) return
    Object.assign(this, { frozen: false, refreeze: false, waiting: 0 })
    this.ask({ frozen: null }, true)
    this.draw()
  }

  /** Let those in that wait, and stand still again. */
  release() {
    if (!this.frozen) return
    this.refreeze = true
    this.ask({ frozen: null }, true)
  }

  /**
   * Something else is asked for: from its top.
   * @param {import("./query.js").Query} query
   */
  restart(query) {
    this.view.scrollTop = 0
    this.asked = null
    if (this.frozen) this.refreeze = true
    this.ask({ query, first: 0, frozen: null }, true)
  }

  /**
   * The server's answer.
   * @param {any} message
   */
  take(message) {
    Object.assign(this, { ids: message.ids, first: message.first, total: message.total, groups: message.groups, number: message.number, waiting: message.waiting, place: message.place })
    for (const [id, alert] of Object.entries(message.set)) this.alerts.set(id, alert)
    for (const id of this.alerts.keys()) if (!message.ids.includes(id)) this.alerts.delete(id)
    this.marks.renew(message.set)
    if (this.refreeze) {
      this.refreeze = false
      this.ask({ frozen: this.number }, true)
    }
    if (this.goal !== null && this.goal >= this.total) this.goal = null
    if (this.goal !== null && this.at(this.goal)) this.choose(this.goal)
    this.draw()
    this.window()
  }

  /** Ask for the rows that can be seen, where they are others than those that were asked for. */
  window() {
    const first = Math.max(0, placeAt(this.parts, this.view.scrollTop) - MARGIN)
    const rows = Math.min(200, Math.ceil(this.view.clientHeight / ROW) + 2 * MARGIN)
    this.headline()
    if (first === this.asked?.first && rows === this.asked.rows) return
    this.asked = { first, rows }
    this.ask({ first, rows })
  }

  get parts() {
    return parts(this.groups)
  }

  /**
   * The alert at a place, where it is known.
   * @param {number} place
   */
  at(place) {
    return this.alerts.get(this.ids[place - this.first])
  }

  /** Where the chosen alert stands, as far as it is known. */
  current() {
    const here = this.ids.indexOf(this.selected ?? "")
    return here >= 0 ? this.first + here : this.place
  }

  /**
   * Go `step` rows on.
   * @param {number} step
   */
  move(step) {
    const now = this.goal ?? this.current()
    if (this.total) this.choose(now === null ? 0 : Math.min(this.total - 1, Math.max(0, now + step)))
  }

  /** Go to the next alert that nobody has acknowledged, from the top where there is none below. */
  next() {
    const count = this.groups.unacknowledged ?? 0
    /** @param {number} place */
    const waits = (place) => "BD".includes(this.at(place)?.state[0] ?? "B")
    const now = this.current()
    const below = now === null ? 0 : now + 1
    for (let n = 0; n < count; n += 1) {
      const place = (below < count ? below + n : n) % count
      if (waits(place)) return this.choose(place)
    }
  }

  /** @param {number} place */
  choose(place) {
    const alert = this.at(place)
    const awaited = this.goal === place
    this.goal = alert ? null : place
    this.bring(place)
    if (alert) this.open(alert.id, awaited)
  }

  /** @param {number} place */
  bring(place) {
    const top = topOf(this.parts, place)
    if (top - HEAD < this.view.scrollTop) this.view.scrollTop = top - HEAD
    else if (top + ROW > this.view.scrollTop + this.view.clientHeight) this.view.scrollTop = top + ROW - this.view.clientHeight
  }

  /** @param {MouseEvent} event */
  click(event) {
    const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".lr"))
    const id = row?.dataset.alert
    if (!id) return
    if (event.shiftKey && this.anchor !== undefined) this.ask({ reach: [this.anchor, this.first + this.ids.indexOf(id)] })
    else if (event.ctrlKey || event.metaKey) this.mark(id)
    else {
      this.anchor = this.first + this.ids.indexOf(id)
      this.open(id)
    }
  }

  /** @param {string} id */
  mark(id) {
    const alert = this.alerts.get(id)
    if (!alert) return
    this.anchor = this.first + this.ids.indexOf(id)
    this.marks.toggle(alert)
    this.draw()
  }

  /**
   * `now`: the log's time, null where it is not known; `acts`: what a person has done here; `unsealed`: what bears that mark.
   * @param {number | null} now
   * @param {import("../common/alert/acts.js").Acts} acts
   * @param {string | null} selected
   * @param {Set<string>} unsealed
   */
  show(now, acts, selected, unsealed) {
    Object.assign(this, { now, acts, selected, unsealed })
    this.draw()
  }

  draw() {
    const all = this.parts
    this.space.style.height = `${all.length * HEAD + this.total * ROW}px`
    this.none.hidden = this.total > 0 || this.number === null
    this.sticky.hidden = this.total === 0
    const later = all.slice(1).map((part) => {
      const node = el("div", "lg", el("b", "", t(`desk_group.${words.key(part.group)}`)), el("span", "", `${words.number(part.count)} ${t("desk.count")}`))
      node.style.top = `${part.top}px`
      return node
    })
    const key = JSON.stringify(all)
    if (key !== this.drawn) fill(this.heads, ...later)
    this.drawn = key
    arrange(this.body, this.ids.flatMap((id, n) => this.row(id, this.first + n, all) ?? []))
    for (const id of this.rows.keys()) if (!this.ids.includes(id)) this.rows.delete(id)
    this.body.setAttribute("aria-activedescendant", this.ids.includes(this.selected ?? "") ? `row-${this.selected}` : "")
    this.headline()
  }

  headline() {
    const part = partAt(this.parts, this.view.scrollTop)
    if (part) {
      say(this.top.name, t(`desk_group.${words.key(part.group)}`))
      say(this.top.count, `${words.number(part.count)} ${t("desk.count")}${part.group === "unacknowledged" ? ` · ${t("desk.by_waiting")}` : ""}`)
    }
    const frozen = this.frozen && this.number !== null
    if (frozen && this.ice.childElementCount === 0) fill(this.ice, el("span"), " ", el("kbd", "", words.language === "zh" ? "空格" : "Space"), ` ${t("desk.release")}`)
    const [told] = this.ice.children
    if (frozen && told) say(told, `${t("desk.frozen")}${this.waiting ? ` · ${t("desk.waiting")} ${words.number(this.waiting)} ${t("desk.count")}` : ""}`)
    else fill(this.ice)
  }

  /**
   * @param {string} id
   * @param {number} place
   * @param {import("./places.js").Part[]} all
   */
  row(id, place, all) {
    const alert = this.alerts.get(id)
    if (!alert) return null
    const row = this.rows.get(id) ?? new Row(id)
    this.rows.set(id, row)
    row.show(alert, this.now ?? null, this.acts?.of(alert), { top: topOf(all, place), place, selected: id === this.selected, marked: this.marks.has(id), unsealed: this.unsealed.has(id) })
    return row.node
  }

  close() {
    this.resized.disconnect()
  }
}

class Row {
  /** @type {string} */
  look

  /** @param {string} id */
  constructor(id) {
    this.parts = Object.fromEntries(["g", "t", "v", "s", "a"].map((name) => [name, el("span", name)]))
    this.name = el("span")
    this.subject = el("i")
    this.parts.t.append(this.name, this.subject)
    this.node = el("div", "lr", ...Object.values(this.parts))
    this.node.id = `row-${id}`
    this.node.role = "option"
    this.node.dataset.alert = id
  }

  /**
   * @param {Sent.Row} alert
   * @param {number | null} now
   * @param {import("../common/alert/acts.js").Act | undefined} act
   * @param {{ top: number, place: number, selected: boolean, marked: boolean, unsealed: boolean }} how
   */
  show(alert, now, act, { top, place, selected, marked, unsealed }) {
    const { g, v, s, a } = this.parts
    const state = alert.state[0]
    const look = `${alert.severity}-${state}-${alert.phase}-${marked}`
    if (look !== this.look) fill(g, glyphOf(alert, 16))
    this.look = look
    say(this.name, titled(alert))
    say(this.subject, [words.pick(alert.name), sealing(unsealed)].filter(Boolean).join(" · "))
    fill(v, ...value(alert, now))
    say(s, act && !["conflict", "done"].includes(act.state) ? "…" : state)
    s.title = t(`state.${words.key(alert.state)}`)
    say(a, now === null ? "—" : words.duration(now - alert.raised))
    const looks = { un: "BD".includes(state), "red-row": alert.severity === "red" && state === "B", sel: selected, marked, gone: alert.gone }
    this.node.className = ["lr", ...Object.entries(looks).flatMap(([name, so]) => (so ? [name] : []))].join(" ")
    this.node.style.transform = `translateY(${top}px)`
    this.node.ariaSelected = String(marked)
    this.node.ariaCurrent = selected ? "true" : null
    this.node.ariaPosInSet = String(place + 1)
    this.node.ariaLabel = [t(`severity.${alert.severity}`), this.name.textContent, this.subject.textContent, v.textContent, s.title, a.textContent].join(" · ")
  }
}

/**
 * What a row has to say: that its alert has ended, until when it is put aside, the time that is left, or the value.
 * @param {Sent.Row} alert
 * @param {number | null} now
 */
function value(alert, now) {
  const state = alert.state[0]
  const due = alert.case && alert.case.finding === null && state === "A" ? Date.parse(alert.case.due) : alert.due
  if (alert.gone) return [t("desk.gone")]
  if ("EFG".includes(state) && alert.aside) return [`${t("story.until")} `, el("b", "", words.moment(Date.parse(alert.aside.until)))]
  return due === null ? measured(alert) : remaining({ ...alert, due }, now)
}
