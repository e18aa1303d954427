/* The keys of a page with a list, a search and what is chosen beside them. */

import { begunAt } from "./dom.js"

/**
 * j and k or the arrows go through the list, / to the search, Escape out of a field.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} search
 * @param {(by: 1 | -1) => void} step
 */
export function listKey(event, search, step) {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const writing = begunAt(event).matches?.("input, select, textarea")
  if (event.key === "Escape" && writing) return begunAt(event).blur()
  if (writing) return
  const by = STEPS[event.key]
  if (event.key === "/") search.focus()
  else if (by) step(by)
  else return
  event.preventDefault()
}

/** @type {Record<string, 1 | -1>} */
const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }
