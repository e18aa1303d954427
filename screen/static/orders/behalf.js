/* For whom a person acts: itself, or one that it stands in for (代理). Shown to nobody who stands in for nobody. */

import { el, fill, option } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

export class Behalf {
  /** @type {string} */
  drawn = ""

  /** @param {() => void} changed called when a person chooses another */
  constructor(changed) {
    this.choice = el("select")
    this.choice.onchange = changed
    this.node = el("label", "field behalf", el("span", "", t("orders.behalf")), this.choice)
    this.node.hidden = true
  }

  /** The accounts of the chain, the nearest first; nothing for oneself. */
  get value() {
    return this.choice.value
  }

  /** @param {Sent.Person | undefined} person */
  show(person) {
    const key = JSON.stringify([person?.id, person?.principals])
    if (!person || key === this.drawn) return
    this.drawn = key
    const { value } = this
    const all = person.principals.map((each) => option(each.behalf, told(person, each)))
    fill(this.choice, option("", `${person.name} · ${t(`role.${person.role}`)}`), ...all)
    this.choice.value = all.some((each) => each.value === value) ? value : ""
    this.node.hidden = !all.length
    if (value !== this.value) this.choice.onchange?.(new Event("change"))
  }
}

/**
 * `李 代 钱 · 单位审核人 · 至 03-31`.
 * @param {Sent.Person} person
 * @param {Sent.Principal} of
 */
function told({ id, name, role }, { behalf, until, ...of }) {
  return `${words.whom({ actor: { id, name, role }, behalf })} · ${t(`role.${of.role}`)} · ${t("orders.until")} ${until.slice(5)}`
}
