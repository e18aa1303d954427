/* Behind a district's figure: the streets of its sources, then these, the one silent longest first, and of the one that is pressed its newest records with their places. */

import { button, el, fill } from "../../common/dom.js"
import { get } from "../../common/server/get.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { ageOf } from "./reading.js"

/** @typedef {{ code: string, name: Sent.Text, count: number }} Street */

export class Behind {
  /** @type {string | null} */
  asked = null

  /** Which question is the newest: answers to older ones, which may come later, say nothing any more. */
  turn = 0

  constructor() {
    this.sources = el("div", "col sources")
    this.records = el("div", "col records")
    this.node = el("div", "behind", this.sources, this.records)
  }

  /**
   * Ask for the sources of a district, where another one is opened; null: none is.
   * @param {string} sign
   * @param {string | null} area
   * @param {number | null} now
   */
  async show(sign, area, now) {
    const key = area && `${sign}/${area}`
    this.node.hidden = key === null
    if (key === this.asked) return
    this.asked = key
    this.turn += 1
    fill(this.sources)
    fill(this.records)
    if (area !== null) await this.list(sign, area, now)
  }

  /**
   * The sources of a district, after the streets that these are registered in; or those of one of these streets.
   * @param {string} sign
   * @param {string} area
   * @param {number | null} now
   * @param {Street | null} street
   */
  async list(sign, area, now, street = null) {
    const turn = ++this.turn
    fill(this.records)
    const { status, body } = await get(`sign/${encodeURIComponent(sign)}/sources/${encodeURIComponent(street?.code ?? area)}`)
    if (this.turn !== turn) return
    if (status !== 200) return fill(this.sources, head(t("signs.sources"), ""), el("p", "none", body?.error ?? t("signs.away")))
    /** @type {{ subject: string, name: Sent.Text, at: number }[]} */
    const rows = body.rows
    /** @type {Street[]} */
    const streets = body.streets
    const count = rows.length < body.count ? `${rows.length} / ${body.count}` : String(body.count)
    const ways = streets.map((each) => this.street(words.pick(each.name), String(each.count), () => this.list(sign, area, now, each)))
    const back = street ? [this.street(`← ${t("signs.district")}`, words.pick(street.name), () => this.list(sign, area, now))] : ways
    fill(this.sources, head(t("signs.sources"), count), el("div", "rows", ...back, ...rows.map((row) => this.source(sign, row, now))))
  }

  /**
   * @param {string} name
   * @param {string} beside
   * @param {() => void} act
   */
  street(name, beside, act) {
    const node = button("li street", act)
    node.append(el("span", "", name), el("em", "", beside))
    return node
  }

  /**
   * @param {string} sign
   * @param {{ subject: string, name: Sent.Text, at: number }} row
   * @param {number | null} now
   */
  source(sign, { subject, name, at }, now) {
    const node = button("li", () => this.press(sign, subject, node))
    node.dataset.subject = subject
    node.title = subject
    node.append(el("span", "", words.pick(name)), el("em", "", ageOf({ newest: at }, now)))
    return node
  }

  /**
   * @param {string} sign
   * @param {string} subject
   * @param {HTMLElement} pressed
   */
  async press(sign, subject, pressed) {
    const turn = ++this.turn
    for (const each of this.sources.querySelectorAll(".li")) each.classList.toggle("on", each === pressed)
    fill(this.records, head(t("signs.records_head"), t("signs.reading")))
    const { status, body } = await get(`sign/${encodeURIComponent(sign)}/records/${encodeURIComponent(subject)}`)
    if (this.turn !== turn) return
    if (status !== 200) return fill(this.records, head(t("signs.records_head"), ""), el("p", "none", body?.error ?? t("signs.away")))
    /** @type {[at: number, offset: number][]} */
    const found = body.found
    const rows = found.map(([at, offset]) => el("div", "li", el("span", "", words.moment(at)), el("em", "", words.number(offset, 0))))
    const none = found.length ? null : el("p", "none", `${t("signs.no_records")} ${words.number(body.records, 0)}`)
    this.records.title = body.topic
    fill(this.records, head(t("signs.records_head"), `${body.topic.split(".").at(-1)} · ${body.partition}`), el("div", "rows", ...rows), none)
  }
}

/**
 * @param {string} title
 * @param {string} beside
 */
const head = (title, beside) => el("div", "h", el("b", "", title), el("span", "r", beside))
