/* A sheet over the measures: what is looked at by itself, with a head, tools, and a body that scrolls. */

import { button, el, head } from "../../common/dom.js"
import { t } from "../../common/words.js"

export class Sheet {
  /**
   * @param {string} name the class of the sheet
   * @param {string} title
   * @param {string} note
   * @param {() => void} shut
   */
  constructor(name, title, note, shut) {
    const top = head(title, note)
    top.end.append(button("all", shut, t("oversight.shut")))
    this.small = top.small
    this.tools = el("div", "tools")
    this.state = el("p", "none")
    this.state.role = "status"
    this.body = el("div", "body")
    this.body.tabIndex = 0
    this.body.role = "group"
    this.body.ariaLabel = title
    this.node = el("section", `sheet ${name}`, top.node, this.tools, this.state, this.body)
    this.node.ariaLabel = title
    this.node.tabIndex = -1
    this.node.hidden = true
  }

  /** @param {boolean} open */
  turn(open) {
    const fresh = open && this.node.hidden
    this.node.hidden = !open
    if (fresh) this.node.focus({ preventScroll: true })
  }
}
