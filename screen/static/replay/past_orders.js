/* What a replay tells of orders at a moment, read from its state and from their lives. Pure. */

import { latest } from "./life.js"

/** @typedef {import("./time/timeline.js").State} State */

/**
 * The clocks by which the whole is measured: its own, and those of who answers for it. A late helper is not the order's red.
 * @param {Sent.PastOrder} order
 * @param {Sent.PastLine | undefined} main
 */
export const clocksOf = (order, main) => [...order.clocks, ...(main && !main.ended ? main.clocks : [])]

/** @param {Sent.PastClock} clock */
export const runs = ({ met, dropped }) => !met && !dropped

/**
 * Of the clocks that run the one that ends first.
 * @param {Sent.PastClock[]} clocks
 */
export const pressing = (clocks) => clocks.filter(runs).sort((one, other) => Date.parse(one.due) - Date.parse(other.due)).at(0)

/**
 * Orders in hand at the moment with the clock that presses, the late ones first, then by their ends.
 * @param {Pick<State, "orders" | "lines">} state
 */
export function inHand({ orders, lines }) {
  const found = [...orders.values()].map((order) => {
    const clocks = clocksOf(order, lines.get(`${order.id}/${order.main}`))
    return { order, clock: pressing(clocks), late: clocks.some((clock) => runs(clock) && clock.late) }
  })
  /** @param {{ clock: Sent.PastClock | undefined }} each */
  const due = ({ clock }) => (clock ? Date.parse(clock.due) : Infinity)
  return found.sort((one, other) => Number(other.late) - Number(one.late) || due(one) - due(other) || (one.order.id < other.order.id ? -1 : 1))
}

/**
 * An order and its lines as they stood at a moment, whether they have ended or not; nothing where there was none yet.
 * @param {string} id
 * @param {number} at
 * @param {{ life: (id: string) => import("./life.js").Life<any>, linesOf: (id: string) => string[] }} film
 */
export function stood(id, at, film) {
  /** @type {Sent.PastOrder | undefined} */
  const order = known(film.life(id), at)
  if (!order) return null
  /** @type {Sent.PastLine[]} */
  const lines = film.linesOf(id).flatMap((line) => known(film.life(line), at) ?? [])
  return { order, lines: lines.sort((one, other) => byNumber(one.n, other.n)) }
}

/**
 * @param {import("./life.js").Life<any>} life
 * @param {number} at
 */
const known = (life, at) => (life.length && life[0][0] <= at ? latest(life, at) : undefined)

/**
 * `1.10` comes after `1.9`.
 * @param {string} one
 * @param {string} other
 */
export function byNumber(one, other) {
  const [left, right] = [one, other].map((n) => n.split(".").map(Number))
  for (let n = 0; n < Math.max(left.length, right.length); n++) if (left[n] !== right[n]) return (left[n] ?? -1) - (right[n] ?? -1)
  return 0
}
