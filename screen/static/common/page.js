/* A page of ours in a component's root: fonts and styles, then the words, then the page itself. */

import * as words from "./words.js"

/** Show what `make()` gives, an object with `node` and `close()`, in these sheets; the answer takes it away again. */
export async function mountPage(root, sheets, make) {
  await style(document.head, "common/page.css")
  await Promise.all([words.load(), ...["common/tokens.css", ...sheets].map((sheet) => style(root, sheet))])
  const page = make()
  root.append(page.node)
  return () => page.close()
}

/** Load a style sheet of ours into the document's head or a root. */
export function style(parent, sheet) {
  return new Promise((resolve) => {
    const node = document.createElement("link")
    node.rel = "stylesheet"
    node.href = new URL(`../${sheet}`, import.meta.url).href
    node.onload = resolve
    parent.append(node)
  })
}
