/* The table of all keys, over the page while somebody looks at it. */

import { button, el } from "../common/dom.js"
import { t } from "../common/words.js"

/** @type {[keys: string[], what: string][]} */
const TABLE = [
  [["J", "K"], "move"],
  [["G"], "next"],
  [["A"], "acknowledge"],
  [["N"], "comment"],
  [["S"], "shelve"],
  [["C"], "confirm"],
  [["V", "L", "P", "H"], "record"],
  [["D"], "dispatch"],
  [["1", "2", "3"], "reason"],
  [["X", "Shift"], "mark"],
  [["E"], "evidence"],
  [["/"], "search"],
  [["F"], "filter"],
  [["Space"], "space"],
  [["?"], "help"],
  [["Esc"], "escape"],
]

export class Help {
  constructor() {
    const rows = TABLE.flatMap(([keys, what]) => [el("dt", "", ...keys.map((key) => el("kbd", "", key))), el("dd", "", t(`desk_key.${what}`))])
    this.shut = button("chip", () => this.node.close(), t("desk.close"))
    this.node = el("dialog", "help", el("h2", "", t("desk.keys")), el("dl", "", ...rows), this.shut)
    this.node.ariaLabel = t("desk.keys")
  }

  toggle() {
    if (this.node.open) this.node.close()
    else this.node.showModal()
  }
}

/**
 * The keys that are needed most, below the list.
 * @param {() => void} open
 */
export function footer(open) {
  /** @type {[keys: string[], what: string][]} */
  const keys = [[["J", "K"], "move"], [["/"], "search"], [["A"], "acknowledge"], [["E"], "evidence"], [["G"], "next"]]
  /** @param {string} text */
  const short = (text) => text.split(/[：:、,;；]/)[0]
  const parts = keys.map(([names, what]) => el("span", "", ...names.map((name) => el("kbd", "", name)), short(t(`desk_key.${what}`))))
  const more = button("all", open)
  more.append(el("kbd", "", "?"), t("desk.keys"))
  return el("footer", "keys", ...parts, more)
}
