/* Which entries of the wall's list are shown: those that belong to the view, as far as there is room. Pure. */

import { SEVERITIES } from "../../common/marks.js"

/** @typedef {{ "in-process": Sent.Listed[], "post-event": Sent.Listed[] }} Shown */

/** Rows of the list; of these, rows that what is after the fact has at least; rows that the flood's band takes. */
const ROOM = 13
const POST_ROOM = 4
const BAND = 2

/**
 * Whether a view has an entry. Red alerts are in every view, so that none is overlooked because another domain is shown.
 * @param {string | null} view a domain, or null for all
 * @returns {(entry: Sent.Listed) => boolean}
 */
export const seenIn = (view) => (entry) => view === null || entry.domain === view || entry.severity === "red"

/**
 * The entries of both phases that are shown.
 * @param {Sent.Listed[]} inside in process, in order
 * @param {Sent.Listed[]} post after the fact, in order
 * @param {Set<string>} fresh what is new and red, by `group`
 * @param {{ long: boolean, flood: boolean, room?: number }} how whether a person has unfolded the list; whether the flood's band stands over it; its rows
 * @returns {Shown}
 */
export function shown(inside, post, fresh, { long, flood, room: rows = ROOM }) {
  const room = long ? Infinity : rows - (flood ? BAND : 0)
  const postRoom = Math.min(post.length, long ? Infinity : Math.max(POST_ROOM, room - inside.length))
  return { "in-process": first(inside, long ? Infinity : room - postRoom, fresh), "post-event": first(post, postRoom, fresh) }
}

/**
 * The first entries for which there is room (rows); those that are new and red are among them, in the place of the last.
 * @param {Sent.Listed[]} rows
 * @param {number} room
 * @param {Set<string>} fresh
 */
export function first(rows, room, fresh) {
  const fitting = fits(rows, room)
  if (fitting === rows.length) return rows
  const marked = rows.slice(fitting).filter((entry) => fresh.has(group(entry)))
  const kept = marked.slice(0, fits(marked, room))
  return [...rows.slice(0, fits(rows, room - kept.reduce((sum, entry) => sum + tall(entry), 0))), ...kept]
}

/**
 * How many alerts stand in these entries.
 * @param {Sent.Listed[]} entries
 */
export const alerts = (entries) => entries.reduce((sum, entry) => sum + (entry.waiting ?? 1), 0)

/**
 * What an entry is known by: its incident, or the alert that stands alone.
 * @param {Sent.Listed} entry
 */
export const group = (entry) => entry.incident?.id ?? entry.id

/**
 * Rows that an entry takes: its own, and those of its red alerts in a flood.
 * @param {Sent.Listed} entry
 */
const tall = (entry) => 1 + (entry.reds?.length ?? 0)

/**
 * How many entries fit into so many rows.
 * @param {Sent.Listed[]} entries
 * @param {number} room
 */
function fits(entries, room) {
  let left = room
  const over = entries.findIndex((entry) => (left -= tall(entry)) < 0)
  return over < 0 ? entries.length : over
}

/**
 * How many alerts of each severity stand in no row that is shown, the worst first.
 * @param {Sent.Counts} severities of all
 * @param {Sent.Listed[]} entries those that are shown
 */
export const left = (severities, entries) =>
  severities.map((count, n) => count - entries.reduce((sum, entry) => sum + (entry.severities?.[n] ?? Number(entry.severity === SEVERITIES[n])), 0))
