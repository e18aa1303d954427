/* A page of ours in a component's root: fonts and styles, then the words, then the page itself. */

import { file } from "./files.js"
import { forgetToken, stay } from "./server/session.js"
import * as words from "./words.js"

/**
 * Show what `make()` gives, an object with `node` and `close()`, in these sheets; the answer takes it away again.
 * @param {ShadowRoot} root
 * @param {string[]} sheets
 * @param {() => { node: Node, close: () => void }} make
 */
export async function mountPage(root, sheets, make) {
  forgetToken()
  await style(document.head, "common/page.css")
  await Promise.all([words.load(), ...["common/tokens.css", ...sheets].map((sheet) => style(root, sheet))])
  const page = make()
  root.append(page.node)
  const leave = stay()
  return () => {
    leave()
    page.close()
  }
}

/**
 * The element that holds a component's root, or the root itself where it stands in another one's.
 * @param {ShadowRoot} root
 */
export const hostOf = (root) => /** @type {HTMLElement} */ (root.host ?? /** @type {ShadowRoot} */ (/** @type {Node} */ (root).getRootNode()).host)

/**
 * Load a style sheet of ours into the document's head or a root.
 * @param {ParentNode} parent
 * @param {string} sheet
 * @returns {Promise<unknown>}
 */
export function style(parent, sheet) {
  return new Promise((resolve) => {
    const node = document.createElement("link")
    node.rel = "stylesheet"
    node.href = file(sheet)
    node.onload = resolve
    parent.append(node)
  })
}
