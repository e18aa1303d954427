/* What was asked for before: when, by whom, for which time, how far it is, and the way to it. Rows keep their elements. */

import { arrange, button, el, fill, head, say } from "../../common/dom.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { span } from "../time/period.js"
import { Progress } from "./jobs.js"

export class Results {
  /** @type {Map<string, Result>} */
  rows = new Map()

  /**
   * `title`: of the list; `about(job)`: what it was asked for, in words; `actions(job)`: the elements that lead to a finished one;
   * `listed(job)`: whether it is one of them.
   * @param {import("./jobs.js").Jobs} jobs
   * @param {string} kind
   * @param {string} title
   * @param {(job: Sent.Job) => string} about
   * @param {(job: Sent.Job) => HTMLElement[]} actions
   * @param {(job: Sent.Job) => boolean} [listed]
   */
  constructor(jobs, kind, title, about, actions, listed = () => true) {
    this.jobs = jobs
    this.kind = kind
    this.about = about
    this.actions = actions
    this.listed = listed
    this.head = head(title)
    this.body = el("div", "results")
    this.none = el("p", "none", t("job.none"))
    this.node = el("section", "earlier", this.head.node, this.none, this.body)
  }

  /** @param {string | null} [chosen] */
  show(chosen = null) {
    const found = this.jobs.of(this.kind).filter(this.listed)
    const known = new Set(found.map(({ id }) => id))
    for (const id of this.rows.keys()) if (!known.has(id)) this.rows.delete(id)
    const rows = found.map((job) => {
      const row = this.rows.get(job.id) ?? new Result(this)
      this.rows.set(job.id, row)
      row.show(job, chosen)
      return row.node
    })
    arrange(this.body, rows)
    this.none.hidden = found.length > 0
    say(this.head.small, found.length || "")
  }
}

class Result {
  /** @param {Results} list */
  constructor(list) {
    this.list = list
    this.time = el("b")
    this.about = el("span", "about")
    this.who = el("span", "who")
    this.progress = new Progress(list.jobs)
    this.ways = el("span", "ways")
    this.node = el("div", "result", this.time, this.about, this.who, el("div", "doing", this.ways, this.progress.node))
  }

  /**
   * @param {Sent.Job} job
   * @param {string | null} chosen
   */
  show(job, chosen) {
    this.node.dataset.job = job.id
    say(this.time, span(job.params))
    say(this.about, this.list.about(job))
    say(this.who, [job.by ? words.who(job.by) : "", job.asked_at ? words.moment(Date.parse(job.asked_at)) : ""].filter(Boolean).join(" · "))
    this.node.classList.toggle("chosen", job.id === chosen)
    const done = job.state === "done"
    this.progress.show(done ? null : job)
    if (done && !this.ways.children.length) fill(this.ways, ...this.list.actions(job))
    this.ways.hidden = !done
  }
}

/**
 * A way to something that has an address.
 * @param {string} text
 * @param {() => void} press
 */
export function opener(text, press) {
  return button("do", press, text)
}
