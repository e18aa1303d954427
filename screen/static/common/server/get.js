/* What a page reads of the server: an answer comes whole or not at all, so that one look afterwards tells whether it is still asked for. */

/**
 * The answer's status and its body; 0 and null where none came, or none that is whole.
 * @param {string} path below /screen, its parts already encoded
 * @returns {Promise<{ status: number, body: any }>}
 */
export async function get(path) {
  try {
    const answer = await fetch(`/screen/${path}`)
    return { status: answer.status, body: await answer.json() }
  } catch {
    return { status: 0, body: null }
  }
}
