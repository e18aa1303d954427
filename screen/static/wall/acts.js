/* A person's acts: sent once, pending until the log's alert says what came of them. Nothing here is ever "done" by itself. */

const PATIENCE = 10_000
const HEADERS = { "content-type": "application/json", "x-onescreen": "act" }
const ANSWERS = { 202: "pending", 409: "conflict" }

export class Acts {
  /** `changed()` is called whenever an act's state changes. */
  constructor(changed) {
    this.changed = changed
    this.acts = new globalThis.Map()
  }

  /** The act on this occurrence: `state` is sending, pending, unaccepted, conflict or refused; undefined where there is none. */
  of(alert) {
    return this.acts.get(key(alert))
  }

  /** Whether another press would only repeat an act that is on its way. */
  underway(alert) {
    return ["sending", "pending"].includes(this.of(alert)?.state)
  }

  async send(alert, verb, reason) {
    if (this.underway(alert)) return
    const act = { state: "sending", offset: null }
    this.acts.set(key(alert), act)
    this.changed()
    const body = JSON.stringify({ alert: alert.id, occurrence: alert.occurrence, verb, reason })
    try {
      const answer = await fetch("/screen/act", { method: "POST", headers: HEADERS, body, signal: AbortSignal.timeout(PATIENCE) })
      act.state = ANSWERS[answer.status] ?? "unaccepted"
      if (answer.status === 202) act.offset = (await answer.json()).offset
    } catch {
      act.state = "unaccepted"
    }
    this.changed()
  }

  /** The alert as the log has it now: an act that was judged and left it waiting was refused; one on a past occurrence is over. */
  judged(alert) {
    const act = this.of(alert)
    if (act?.state === "pending" && alert.rev >= act.offset && alert.state[0] !== "C" && alert.state !== "A") act.state = "refused"
  }
}

const key = ({ id, occurrence }) => `${id}#${occurrence}`
