/* Rows of a form: a person adds more of them, and takes some out. */

import { button, el } from "../../common/dom.js"
import { t } from "../../common/words.js"

/** Rows at most: the job worker takes more, but nobody reads them here. */
const MOST = 12

/** @typedef {Record<string, HTMLInputElement | HTMLSelectElement>} Fields */

export class FormRows {
  /** @type {Fields[]} */
  rows = []

  /**
   * `make()` gives the fields of a row, in their order.
   * @param {() => Fields} make
   */
  constructor(make) {
    this.make = make
    this.more = button("btn small", () => this.add().focus(), t("oversight.duties_add"))
    this.node = el("div", "drows", this.more)
    this.add()
  }

  /** One more row; its first field. */
  add() {
    const fields = this.make()
    const node = el("div", "drow", ...Object.values(fields))
    if (this.rows.length) node.append(this.taking(fields, node))
    this.rows.push(fields)
    this.more.before(node)
    this.more.hidden = this.rows.length >= MOST
    return Object.values(fields)[0]
  }

  /**
   * The button that takes a row out.
   * @param {Fields} fields
   * @param {HTMLElement} node
   */
  taking(fields, node) {
    const out = button("btn small", () => {
      this.rows = this.rows.filter((each) => each !== fields)
      node.remove()
      this.more.hidden = false
      this.more.focus()
    }, "×")
    out.ariaLabel = t("oversight.duties_remove")
    return out
  }

  /** What is written in each row, by field. */
  get values() {
    return this.rows.map((fields) => Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value])))
  }
}
