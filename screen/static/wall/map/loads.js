/* The colours of the districts by one domain's load, in the words of deck.gl. Pure. */

/** Loads from which a district takes the next grey. */
export const STEPS = [1, 6, 12]

/**
 * The grey of a load: 0 for none, then one more at each step.
 * @param {number} load
 */
export const grey = (load) => STEPS.filter((least) => load >= least).length

/**
 * An expression of deck.gl: the red of districts with red alerts that nobody has acknowledged, else the grey of the load.
 * @param {Pick<Sent.Domain, "loads" | "red">} domain by adcode
 * @param {(name: string | number) => string} colour the colour of a name, red or a grey, as #rrggbb
 */
export function expression({ loads, red }, colour) {
  /** @param {string | number} name */
  const written = (name) => JSON.stringify(rgb(colour(name)))
  const cases = Object.entries(loads).map(([adcode, load]) => `properties.adcode=='${Number(adcode)}'?${written(red[adcode] ? "red" : grey(load))}:`)
  return `@@=${cases.join("")}${written(0)}`
}

/**
 * The colours that an expression of deck.gl names, by adcode, for a canvas; districts that it does not name have the `other` one.
 * @param {string} written as `expression` writes it, and screen/wall/deck.py
 * @returns {{ named: Record<string, string>, other: string }}
 */
export function fills(written) {
  /** @param {string} numbers */
  const css = (numbers) => `rgb(${numbers})`
  const named = Object.fromEntries([...written.matchAll(/adcode=='(\d+)'\?\[([\d, ]+)\]/g)].map(([, adcode, numbers]) => [adcode, css(numbers)]))
  return { named, other: css(written.match(/\[([\d, ]+)\]$/)?.[1] ?? "0, 0, 0") }
}

/** @param {string} hex */
const rgb = (hex) => [1, 3, 5].map((n) => parseInt(hex.slice(n, n + 2), 16))
