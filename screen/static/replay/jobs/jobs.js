/* The long work that people have asked for: what is known of it, and how it is asked for and called off. Another one does it. */

import { get } from "../../common/server/get.js"
import { draw, post } from "../../common/server/press.js"
import { el, say } from "../../common/dom.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"

/** States in which something may still come. */
const UNDERWAY = new Set(["queued", "running"])

/** @param {Sent.Job | undefined} job */
export const underway = (job) => UNDERWAY.has(job?.state ?? "")

export class Jobs {
  /** @type {Map<string, Sent.Job>} */
  known = new Map()

  /**
   * `changed()` is called whenever something new is known.
   * @param {() => void} changed
   */
  constructor(changed) {
    this.changed = changed
    this.loaded = false
  }

  /**
   * All of a kind, newest first.
   * @param {string} kind
   */
  of(kind) {
    return [...this.known.values()].filter((job) => job.kind === kind)
  }

  /**
   * The newest one of a kind that is wanted, and has not failed.
   * @param {string} kind
   * @param {(params: Sent.Params) => boolean} wanted
   */
  find(kind, wanted) {
    return this.of(kind).find((job) => (underway(job) || job.state === "done") && wanted(job.params))
  }

  /**
   * Take the feed's newest statuses; ask for the rest where it tells of another job or another state.
   * @param {Sent.Job[]} statuses
   */
  take(statuses) {
    const news = statuses.filter(({ id, state }) => this.known.get(id)?.state !== state)
    for (const status of statuses) {
      const known = this.known.get(status.id)
      if (known) Object.assign(known, status)
    }
    if (news.length || !this.loaded) this.refresh()
    this.changed()
  }

  async refresh() {
    const { status, body } = await get("jobs")
    if (status !== 200) return
    this.known = new Map(body.jobs.map((/** @type {Sent.Job} */ job) => [job.id, job]))
    this.loaded = true
    this.changed()
  }

  /**
   * Ask for a job; the answer is its id, or in `error` why it was not taken.
   * @param {string} kind
   * @param {Sent.Params} params
   * @returns {Promise<{ id?: string, error?: string }>}
   */
  async ask(kind, params) {
    const answer = await post("job", { kind, params, key: draw() })
    const body = await answer?.json().catch(() => null)
    if (answer?.status === 429) return { error: t(`job.most_${body.why}`).replace("{}", body.most) }
    if (answer?.status !== 202) return { error: body?.error ?? t("job.unanswered") }
    const asked = { id: body.job, kind, params, state: "queued", progress: 0, reason: "", files: [], mine: true, by: null, asked_at: null }
    this.known = new Map([[asked.id, this.known.get(asked.id) ?? asked], ...this.known])
    this.changed()
    return { id: body.job }
  }

  /** @param {string} id */
  async cancel(id) {
    const answer = await post("job/cancel", { job: id })
    if (answer?.status === 202) this.refresh()
  }
}

/** How far a job is, with the way to call it off; in words why it failed. It keeps its elements. */
export class Progress {
  /** @type {Sent.Job | null | undefined} */
  job

  /** @param {Jobs} jobs */
  constructor(jobs) {
    this.jobs = jobs
    this.state = el("span", "state")
    this.done = el("i")
    this.bar = el("div", "progress", this.done)
    this.bar.role = "progressbar"
    this.stop = el("button", "plain", t("job.cancel"))
    this.stop.type = "button"
    this.stop.onclick = () => this.job && this.jobs.cancel(this.job.id)
    this.node = el("div", "job", this.state, this.bar, this.stop)
    this.node.role = "status"
  }

  /** @param {Sent.Job | null | undefined} job */
  show(job) {
    this.job = job
    this.node.hidden = !job
    if (!job) return
    const percent = Math.round(100 * (job.progress ?? 0))
    say(this.state, [t(`job.${job.state}`), job.state === "running" ? `${percent} %` : "", words.pick(job.reason)].filter(Boolean).join(" · "))
    this.bar.hidden = this.stop.hidden = !underway(job)
    this.bar.ariaValueNow = String(percent)
    this.bar.ariaLabel = t(`job.${job.state}`)
    this.done.style.width = `${percent}%`
    this.node.classList.toggle("failed", job.state === "failed")
  }
}
