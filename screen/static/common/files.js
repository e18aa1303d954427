/* Where the files of ours are that belong to this very module, whatever version it is of. */

/**
 * The address of a file of ours, `fonts/a.woff2`.
 * @param {string} name
 */
export const file = (name) => new URL(`../${name}`, import.meta.url).href
