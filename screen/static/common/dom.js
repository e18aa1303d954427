/* Elements without markup: text of events goes through textContent and nothing else. */

const SVG = "http://www.w3.org/2000/svg"

/**
 * An element with a class and children; a string child is text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {(Node | string | null)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, className, ...children) {
  const node = document.createElement(tag)
  if (className) node.className = className
  node.append(...children.filter((child) => child !== null))
  return node
}

/**
 * An SVG element with attributes and children.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  node.append(...children)
  return node
}

/**
 * Change a node's text only where it differs, so that nothing is painted again for nothing.
 * @param {Node} node
 * @param {string | number} text
 */
export function say(node, text) {
  const wanted = String(text)
  if (node.textContent !== wanted) node.textContent = wanted
}

/**
 * Replace a node's children.
 * @param {Element} node
 * @param {(Node | string | null)[]} children
 */
export function fill(node, ...children) {
  node.replaceChildren(...children.filter((child) => child !== null))
}

/**
 * Replace those children of a node that look otherwise now; the others stay and are not painted again. For children that hear nothing.
 * @param {Element} node
 * @param {(Node | string | null)[]} children
 */
export function change(node, ...children) {
  const there = [...node.childNodes]
  const wanted = children.filter((child) => child !== null).map((child) => (typeof child === "string" ? document.createTextNode(child) : child))
  wanted.forEach((child, n) => {
    if (!there[n]) node.append(child)
    else if (!there[n].isEqualNode(child)) there[n].replaceWith(child)
  })
  for (const child of there.slice(wanted.length)) child.remove()
}

/**
 * A panel head: title, small text beside it, small text at the right; the last two may change.
 * @param {string | Node} title
 * @param {string} [beside]
 * @param {string} [right]
 */
export function head(title, beside = "", right = "") {
  const small = el("small", "", beside)
  const end = el("small", "r", right)
  return { node: el("div", "ph", title, small, end), small, end }
}

/**
 * A panel: its head, of which two small texts may change, and its body.
 * @param {string} title
 * @param {string} [beside]
 * @param {string} [right]
 */
export function panel(title, beside = "", right = "") {
  const { node: top, small, end } = head(title, beside, right)
  const body = el("div", "pb")
  const node = el("section", "panel", top, body)
  node.ariaLabel = title
  return { node, body, small, end }
}

/**
 * A button that sends no form.
 * @param {string} className
 * @param {(event: MouseEvent) => unknown} pressed
 * @param {string} [text]
 */
export function button(className, pressed, text = "") {
  const node = el("button", className, text)
  node.type = "button"
  node.onclick = pressed
  return node
}

/**
 * A choice of a select.
 * @param {string} value
 * @param {string} text
 */
export function option(value, text) {
  const node = el("option", "", text)
  node.value = value
  return node
}

/**
 * Put these elements there in this order. One that stays is never taken out of the document: a press on it is not lost.
 * @param {Element} parent
 * @param {Element[]} nodes
 */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes)
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove()
  nodes.forEach((node, n) => parent.children[n] !== node && parent.insertBefore(node, parent.children[n] ?? null))
}

/**
 * Where an event began, inside of a component's root too.
 * @param {Event} event
 */
export const begunAt = (event) => /** @type {HTMLElement} */ (event.composedPath()[0])

/**
 * The element in whose hand the keyboard is, in the root of a node.
 * @param {Node} node
 */
export function focusedIn(node) {
  const root = /** @type {ShadowRoot} */ (node.getRootNode())
  return /** @type {HTMLElement | null} */ (root.activeElement)
}
