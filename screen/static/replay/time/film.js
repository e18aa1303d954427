/* One replay as the job worker wrote it: an index, and chunks that are fetched when they are needed, then all of them in the background. */

import { get } from "../../common/server/get.js"
import { pause } from "../../common/pause.js"
import { moment, numberOf } from "./timeline.js"

/** Alerts of keyframes and changes that are kept in memory; of more, the chunks that were used longest ago are let go (some 100 MB). */
const KEPT = 60_000

/** Milliseconds after which a chunk that did not come is asked for again, and after which one that is on its way is looked for. */
const [AGAIN, SOON] = [2000, 50]

/**
 * A file of a job's result, or null where the server does not have it.
 * @param {string} job
 * @param {string} name
 */
export async function file(job, name) {
  const { status, body } = await get(`job/${encodeURIComponent(job)}/${name}`)
  return status === 200 ? body : null
}

/**
 * The replay of a finished job, or null where its files are gone; `changed()` is called whenever a chunk has come.
 * @param {Sent.Job} job
 * @param {() => void} changed
 */
export async function openFilm(job, changed) {
  const [index, subjects] = await Promise.all([file(job.id, "index.json"), file(job.id, "subjects.json.gz")])
  return index && subjects ? new Film(job, index, subjects, changed) : null
}

/** @typedef {{ domain: string, name: Sent.Text, lon: number, lat: number }} Subject */

export class Film {
  /** @type {Map<number, Sent.Chunk>} */
  chunks = new Map()
  /** @type {Set<number>} */
  underway = new Set()
  /** @type {Set<number>} */
  seen = new Set()
  /** @type {Map<string, Map<string, [at: number, row: any]>>} of alerts, orders and lines */
  lives = new Map()
  /** @type {Map<string, Map<number, any>>} of alerts and orders */
  trails = new Map()
  /** @type {Map<string, Set<string>>} the ids of an order's lines */
  lines = new Map()
  /** @type {Map<string, Set<string>>} the ids of an alert's orders */
  orders = new Map()
  /** @type {import("./timeline.js").State | undefined} */
  state
  /** @type {boolean} */
  closed

  /**
   * @param {Sent.Job} job
   * @param {Sent.Index_} index
   * @param {Record<string, Subject>} subjects
   * @param {() => void} changed
   */
  constructor(job, index, subjects, changed) {
    this.job = job
    this.index = index
    this.subjects = subjects
    this.changed = changed
    this.weight = 0
    this.fill()
  }

  get from() {
    return this.index.from
  }

  /** Nothing is known after this. */
  get until() {
    return Math.min(this.index.until, this.index.to)
  }

  /** Whether every chunk has been read once: then all that came later is known. */
  get whole() {
    return this.seen.size === this.index.chunks.length
  }

  /**
   * The state at a moment, or null while its chunk is on its way.
   * @param {number} at
   */
  at(at) {
    const n = numberOf(this.index.chunks, at)
    const chunk = this.chunks.get(n)
    if (!chunk) {
      this.load(n)
      return null
    }
    this.chunks.delete(n) // the last one used stands last
    this.chunks.set(n, chunk)
    this.state = moment(this.state, chunk, at)
    return this.state
  }

  /**
   * Every revision of an alert, an order or a line that has been read: [moment, row], in order.
   * @param {string} id
   */
  life(id) {
    return [...(this.lives.get(id)?.values() ?? [])].sort(([one, row], [other, after]) => one - other || (row.entry ?? 0) - (after.entry ?? 0))
  }

  /**
   * Every entry of its trail that has been read, in order.
   * @param {string} id
   */
  trail(id) {
    return [...(this.trails.get(id)?.values() ?? [])].sort((one, other) => one.n - other.n)
  }

  /**
   * The ids of an order's lines.
   * @param {string} order
   */
  linesOf(order) {
    return [...(this.lines.get(order) ?? [])]
  }

  /**
   * The ids of the orders about an alert.
   * @param {string} alert
   */
  ordersOf(alert) {
    return [...(this.orders.get(alert) ?? [])]
  }

  /** @param {number} n */
  async load(n) {
    if (this.underway.has(n) || this.closed) return
    this.underway.add(n)
    const chunk = await file(this.job.id, this.index.chunks[n].file)
    if (chunk === null) await pause(AGAIN)
    else this.keep(n, chunk)
    this.underway.delete(n)
    if (!this.closed) this.changed()
  }

  /**
   * @param {number} n
   * @param {Sent.Chunk} chunk
   */
  keep(n, chunk) {
    if (!this.seen.has(n)) this.read(chunk)
    this.seen.add(n)
    this.chunks.set(n, chunk)
    this.weight += weigh(chunk)
    for (const [old, its] of this.chunks) {
      if (this.weight <= KEPT || old === n || its === this.state?.chunk) continue
      this.chunks.delete(old)
      this.weight -= weigh(its)
    }
  }

  /**
   * Note what a chunk says of each alert's life.
   * @param {Sent.Chunk} chunk
   */
  read({ from, state, changes }) {
    for (const row of [...Object.values(state.alerts), ...Object.values(state.orders ?? {}), ...Object.values(state.lines ?? {})]) this.note(from, row)
    for (const act of state.audit) this.enter(act.alert, act)
    for (const entry of state.order_audit ?? []) this.enter(entry.order, entry)
    for (const [at, kind, value] of changes) {
      if (kind === "alert" || kind === "order" || kind === "line") this.note(at, value)
      if (kind === "audit") this.enter(value.alert, value)
      if (kind === "entry") this.enter(value.order, value)
    }
  }

  /**
   * @param {number} at
   * @param {Sent.Past | Sent.PastOrder | Sent.PastLine} row
   */
  note(at, row) {
    const life = this.lives.get(row.id) ?? new Map()
    this.lives.set(row.id, life)
    const name = `${row.rev}/${row.state}/${"severity" in row ? row.severity : row.entry}`
    const known = life.get(name)
    if (!known || at < known[0]) life.set(name, [at, row])
    if ("order" in row) tie(this.lines, row.order, row.id)
    if ("alerts" in row) for (const alert of row.alerts) tie(this.orders, alert, row.id)
  }

  /**
   * @param {string} id
   * @param {Sent.Act | Sent.PastEntry} entry
   */
  enter(id, entry) {
    const trail = this.trails.get(id) ?? new Map()
    trail.set(entry.n, entry)
    this.trails.set(id, trail)
  }

  /** Read all chunks once, from where the picture stands to the end, then from the beginning. */
  async fill() {
    while (!this.closed && !this.whole) {
      const here = this.state ? numberOf(this.index.chunks, this.state.at) : 0
      const order = this.index.chunks.map((_, n) => (here + n) % this.index.chunks.length)
      const next = order.find((n) => !this.seen.has(n) && !this.underway.has(n))
      if (next === undefined) await pause(SOON)
      else await this.load(next)
    }
  }

  close() {
    this.closed = true
  }
}

/**
 * @param {Map<string, Set<string>>} table
 * @param {string} key
 * @param {string} id
 */
const tie = (table, key, id) => table.set(key, (table.get(key) ?? new Set()).add(id))

/** @param {Sent.Chunk} chunk */
const weigh = ({ state, changes }) => Object.keys(state.alerts).length + Object.keys(state.orders ?? {}).length + Object.keys(state.lines ?? {}).length + changes.length
