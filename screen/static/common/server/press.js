/* What a person's press sends: once, with a name of its own, and only as a page of ours can send it. */

/** Milliseconds after which no answer is waited for. */
export const PATIENCE = 10_000
export const HEADERS = { "content-type": "application/json", "x-onescreen": "act" }

/**
 * What the status of an answer says of a press; any other: it was not accepted.
 * @type {Record<number, string>}
 */
export const ANSWERS = { 202: "pending", 403: "forbidden", 409: "conflict", 428: "second" }

/**
 * The words of a press on its way, or that went nowhere.
 * @type {Record<string, string>}
 */
export const SAYS = { sending: "act.sending", pending: "act.pending", unaccepted: "act.unaccepted_why", conflict: "act.conflict", forbidden: "act.forbidden", second: "act.second" }

/**
 * The answer, or null where none came.
 * @param {string} path
 * @param {object} fields
 */
export function post(path, fields) {
  const asked = { method: "POST", headers: HEADERS, body: JSON.stringify(fields), signal: AbortSignal.timeout(PATIENCE) }
  return fetch(`/screen/${path}`, asked).catch(() => null)
}

/** 128 bits by lot, as hex: the name of one press. */
export const draw = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
