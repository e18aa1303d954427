/* The cases behind a figure: a list with pages, by limit or by when it was sent; each opens its story; X exports the list. */

import { button, el, fill, head, option, say } from "../common/dom.js"
import { get } from "../common/server/get.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Objecting } from "./beside/objecting.js"
import { CaseExport } from "./exports.js"
import { days, limitOf, nameOf, stateOf, storyOf } from "./lists.js"
import { asked, caseQuery } from "./query.js"
import { named } from "./split.js"

/** Rows of a page. */
const PAGE = 50

/** @typedef {import("./query.js").Query} Query */
/** @typedef {import("./query.js").Opened} Opened */

export class Cases {
  /** @type {Opened | null} */
  opened = null
  offset = 0
  /** @type {Sent.OversightCases | null} */
  told = null
  asking = 0

  /**
   * `shut()` is called when a person closes the list, `said()` once a unit has objected to some of it.
   * @param {import("../replay/jobs/jobs.js").Jobs} jobs
   * @param {() => void} shut
   * @param {() => void} said
   */
  constructor(jobs, shut, said) {
    const top = head("")
    this.title = /** @type {Node} */ (top.node.firstChild)
    this.small = top.small
    top.end.append(button("all", shut, t("oversight.shut")))
    this.reason = el("select", "choice")
    this.reason.ariaLabel = t("oversight.why_left_out")
    this.reason.onchange = () => this.turn({ reason: this.reason.value })
    this.sort = el("select", "choice")
    this.sort.ariaLabel = t("oversight.sorted")
    fill(this.sort, ...["due", "begun"].flatMap((by) => ["", "-"].map((way) => option(`${way}${by}`, t(`oversight.sort_${by}${way ? "_down" : ""}`)))))
    this.sort.onchange = () => this.turn({})
    this.back = button("btn", () => this.page(-1), t("oversight.previous"))
    this.on = button("btn", () => this.page(1), t("oversight.next"))
    this.where = el("span", "where")
    this.exports = new CaseExport(jobs)
    this.objecting = new Objecting(() => this.told && this.draw(this.told), said)
    this.body = el("ol", "body")
    const heads = el("div", "heads crow", ...["order", "unit_", "where", "begun", "due_", "state"].map((name) => el("span", "", t(`oversight.col_${name}`))))
    this.state = el("p", "none", t("oversight.reading"))
    this.state.role = "status"
    this.node = el("section", "cases", top.node, el("div", "tools", this.reason, this.sort, this.back, this.where, this.on, this.objecting.node, this.exports.node), heads, this.state, this.body)
    this.node.ariaLabel = t("oversight.cases")
    this.node.tabIndex = -1
    this.node.hidden = true
  }

  /**
   * Open the cases of a figure, or what is open anew where that has changed.
   * @param {Opened | null} opened
   * @param {Query} query
   * @param {Sent.OversightBook} book
   */
  show(opened, query, book) {
    this.query = query
    this.book = book
    if (JSON.stringify(opened) !== JSON.stringify(this.opened)) {
      this.offset = 0
      this.told = null
      fill(this.body)
    }
    const fresh = Boolean(opened) && !this.opened
    this.opened = opened
    this.node.hidden = !opened
    if (!opened) return
    const measure = book.measures.find(({ id }) => id === opened.measure)
    this.title.textContent = this.name(opened, measure)
    this.reason.hidden = opened.behind !== "left-out"
    if (measure && opened.behind === "left-out") fill(this.reason, option("", t("oversight.all_reasons")), ...Object.entries(measure.reasons).map(([name, title]) => option(name, words.pick(title))))
    this.reason.value = opened.reason ?? ""
    this.exports.show(book, opened, { ...query })
    this.objecting.show(book, opened)
    this.ask()
    if (fresh) this.node.focus({ preventScroll: true })
  }

  /**
   * What list it is, in words.
   * @param {Opened} opened
   * @param {Sent.MeasureTold | undefined} measure
   */
  name({ group, behind, since, until, way, key }, measure) {
    if (group) return t(`oversight.count_${group}`)
    const row = way && this.book ? named(/** @type {Sent.KeyedFigure} */ ({ key: key ?? "", name: this.book.units.find(({ id }) => way === "unit" && id === key)?.name ?? null }), this.book, way) : ""
    return [measure ? words.pick(measure.name) : "", row, t(`oversight.part_${words.key(behind ?? "rest")}`), since === until ? since : `${since} – ${until}`].filter(Boolean).join(" · ")
  }

  async ask() {
    const { opened, query } = this
    if (!opened || !query) return
    const mine = ++this.asking
    const by = this.sort.value
    const fields = { ...caseQuery(query, opened), sort: by.replace("-", ""), descending: by.startsWith("-"), offset: this.offset, count: PAGE }
    const { status, body } = await get(`oversight/cases?${asked(fields)}`)
    if (mine !== this.asking) return
    this.state.hidden = status === 200
    if (status !== 200) return say(this.state, status === 422 ? body.error : t("oversight.away"))
    this.told = /** @type {Sent.OversightCases} */ (body)
    this.draw(this.told)
  }

  /** @param {Sent.OversightCases} told */
  draw({ total, cases, state }) {
    const now = Date.parse(state.at)
    say(this.small, `${words.number(total)} ${t("oversight.cases_unit")}`)
    say(this.where, total ? `${words.number(this.offset + 1)}–${words.number(this.offset + cases.length)} / ${words.number(total)}` : "0")
    this.back.disabled = !this.offset
    this.on.disabled = this.offset + cases.length >= total
    this.exports.count = total
    this.node.classList.toggle("picking", this.objecting.on)
    fill(this.body, ...(cases.length ? cases.map((each) => el("li", "", this.objecting.on ? this.objecting.box(each) : null, this.row(each, now))) : [el("li", "none", t("oversight.none"))]))
  }

  /**
   * @param {Sent.CaseTold} each
   * @param {number} now
   */
  row(each, now) {
    const book = /** @type {Sent.OversightBook} */ (this.book)
    const kind = book.kinds[each.kind]
    const place = [each.district && words.pick(book.districts[each.district]), each.domain && words.pick(book.domains[each.domain])].filter(Boolean).join(" · ")
    const again = [each.reworked ? t("oversight.reworked").replace("{}", String(each.reworked)) : "", each.returns ? t("oversight.times").replace("{}", String(each.returns)) : ""].filter(Boolean).join(" · ")
    return storyOf(
      each,
      "crow row",
      el("span", "two", el("b", "", nameOf(each)), el("small", "", [each.number, kind && words.pick(kind.title), each.urgent ? t("oversight.urgent") : ""].filter(Boolean).join(" · "))),
      el("span", "two", el("span", "", words.pick(each.unit_name)), el("small", "", each.matter)),
      el("span", "two", el("span", "", place || "—"), el("small", "", again)),
      el("span", "two", el("span", "", words.moment(Date.parse(each.begun))), el("small", "", `${days(each.begun, each.done ? Date.parse(each.done) : now)} ${t("unit.day")}`)),
      el("span", "two", el("span", "", each.due ? words.due(Date.parse(each.due)) : "—"), limitOf(each, now)),
      el("span", "state", stateOf(each, book)),
    )
  }

  /** @param {Opened} fields */
  turn(fields) {
    if (!this.opened || !this.query || !this.book) return
    this.offset = 0
    this.opened = { ...this.opened, ...fields }
    this.exports.show(this.book, this.opened, this.query)
    this.ask()
  }

  /** @param {number} by */
  page(by) {
    const next = this.offset + by * PAGE
    if (next < 0 || next >= (this.told?.total ?? 0)) return
    this.offset = next
    this.ask()
  }

  /**
   * To the next case of the page, or the one before.
   * @param {number} by
   */
  step(by) {
    const rows = /** @type {HTMLElement[]} */ ([...this.body.querySelectorAll("a.crow")])
    const root = /** @type {ShadowRoot} */ (this.node.getRootNode())
    const at = rows.indexOf(/** @type {HTMLElement} */ (root.activeElement))
    rows[Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus()
  }
}
