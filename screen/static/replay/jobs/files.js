/* The ways to the files of a job that is done. */

import { el } from "../../common/dom.js"
import * as words from "../../common/words.js"

/**
 * A link to each of these files that the job has, in this order.
 * @param {Sent.Job} job
 * @param {string[]} names
 */
export function links(job, names) {
  const files = names.flatMap((name) => job.files.filter((each) => each.name === name))
  return files.map(({ name, bytes }) => {
    const node = el("a", "do", name, " ", el("small", "", size(bytes)))
    node.href = `/screen/job/${encodeURIComponent(job.id)}/${name}`
    node.download = name
    return node
  })
}

/** @param {number} bytes */
const size = (bytes) => (bytes < 1e6 ? `${words.number(bytes / 1e3)} kB` : `${words.number(bytes / 1e6)} MB`)
