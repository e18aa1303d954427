/* The map: pydeck's deck draws the land, by pydeck's own bundle, and a canvas above it all else; the legend with its counts beside it. */

import { change, el, fill, head, say } from "../../common/dom.js"
import { Above } from "./above.js"
import { SEVERITIES, glyph } from "../../common/marks.js"
import { t } from "../../common/words.js"
import { long } from "./core.js"
import { STEPS, expression, fills } from "./loads.js"

/** Milliseconds from one drawing to the next. */
const PACE = 1000
/** How many times as long as a drawing took it rests before it draws again: without a graphics card the land takes 50 ms. */
const REST = 8
/** Milliseconds after its last drawing in which the deck still asks for each frame; its loop would cost a tenth of a core for ever. */
const AWAKE = 1000
/** What people do on the map, for which the deck must be awake. */
const TOUCHES = ["pointermove", "pointerdown", "wheel", "keydown"]
const STATES = ["B", "D", "C"]
const LAND = ["0", ...STEPS.map((least) => `${least}+`)]

/** @typedef {"handovers" | "aside" | "cases"} Other */

/**
 * What pydeck's bundle leaves in the page.
 * @type {{ createDeck?: (how: object) => any, updateDeck?: (scene: object, deck: any) => void }}
 */
const bundle = /** @type {any} */ (globalThis)

export class Map {
  /** @type {Sent.Deck} */
  scene
  /** @type {boolean} */
  loaded
  /** @type {Sent.Core} */
  core
  /** @type {ReturnType<typeof fills>} */
  fills
  /** @type {boolean} */
  away = false
  /** @type {Sent.Standing} */
  standing
  /** @type {string} */
  size
  /** @type {number} */
  sharp
  /** @type {any} */
  deck
  /** @type {number} */
  sleeping
  /** @type {Sent.Mark | undefined} */
  pointed
  /** @type {number | undefined} */
  turns
  /** @type {Record<string, unknown[]>} */
  made = {}

  /**
   * `open(id)` is called when somebody presses an alert, `others(name)` when somebody presses one of the counts of the head.
   * @param {(id: string) => void} open
   * @param {(name: Other) => void} others
   */
  constructor(open, others) {
    this.open = open
    this.head = head(t("panel.map"))
    this.told = el("span")
    this.others = Object.fromEntries(/** @type {Other[]} */ (["aside", "cases", "handovers"]).map((name) => [name, press(() => others(name))]))
    fill(this.head.small, this.told, ...Object.values(this.others))
    this.canvas = el("div", "canvas")
    this.above = new Above()
    this.counts = el("div", "counts")
    this.scale = el("div", "scale", el("i"), t("panel.schematic"))
    this.reset = el("button", "reset", t("panel.reset"))
    this.reset.hidden = true
    this.reset.onclick = () => this.home()
    this.five = el("i")
    this.larger = el("div", "core", el("b", "", t("panel.core")), el("span", "", this.five, "5 km"))
    this.node = el("section", "map", this.canvas, this.above.node, this.larger, this.head.node, this.scale, this.load(), this.counts, this.reset)
    TOUCHES.forEach((kind) => this.canvas.addEventListener(kind, () => this.wake(), { capture: true, passive: true }))
    this.land = new Paced(() => this.drawLand())
    this.over = new Paced(() => this.drawAbove())
  }

  load() {
    const steps = LAND.map((text, n) => el("span", `land-${n}`, text))
    return el("div", "load", el("small", "", t("panel.load")), ...steps, el("span", "land-red", t("panel.red")))
  }

  /** The bundle and the font must be there before the first drawing: names are painted from the font. */
  async ready() {
    await Promise.all([script("/screen/deck.js"), document.fonts.load("400 18px Onescreen", "郑"), this.above.ready()])
    this.loaded = true
    if (this.scene) this.drawLand()
  }

  /**
   * `seen`: the view of the wall, and the `districts` in which something is new and red.
   * @param {Pick<Sent.Sections, "map" | "core" | "edges" | "names" | "dots" | "indices" | "marks" | "standing" | "domains">} sections
   * @param {{ view: string | null, districts: string[] }} seen
   */
  show({ map, core, edges, names, dots, indices, marks, standing, domains }, { view, districts }) {
    if (standing !== this.standing) this.legend(standing)
    this.standing = standing
    const domain = domains.find(({ name }) => name === view)
    const loads = domain ? JSON.stringify([domain.loads, domain.red]) : ""
    if (this.news("land", map, loads, this.sharpness())) {
      this.scene = { ...map, useDevicePixels: this.sharpness(), layers: domain ? map.layers.map((layer) => recoloured(layer, expression(domain, (name) => this.colour(`land-${name}`)))) : map.layers }
      this.fills = fills(String(this.scene.layers[0].getFillColor))
      this.land.want()
    }
    if (core !== this.core) this.frame(core)
    if (!this.news("over", edges, names, dots, indices, marks, view, String(districts), this.sharpness())) return
    /** @type {<Row extends Sent.Dot>(rows: Row[]) => Row[]} */
    const seen = (rows) => (domain ? rows.filter((row) => row.domain === view) : rows)
    this.above.rows = { edges: domain ? [] : edges, fresh: districts, names, dots: seen(dots), indices: seen(indices), marks: seen(marks) } // edges tell of all domains
    this.over.want()
  }

  /**
   * Whether any of what a drawing is made of is another one than when this was asked the last time.
   * @param {string} name
   * @param {...unknown} parts
   */
  news(name, ...parts) {
    const before = this.made[name] ?? []
    this.made[name] = parts
    return parts.some((part, n) => part !== before[n])
  }

  /** Pixels of the display for a pixel of the map: the wall is scaled as a whole. Asking the page costs, so it is asked once a size. */
  sharpness() {
    const size = [devicePixelRatio, innerWidth, innerHeight].join()
    if (size !== this.size) this.sharp = (devicePixelRatio * this.canvas.getBoundingClientRect().width) / this.canvas.offsetWidth
    this.size = size
    return this.sharp
  }

  /** @param {string} token */
  colour(token) {
    return getComputedStyle(this.node).getPropertyValue(`--${token}`).trim()
  }

  /** What stands above it is drawn in every frame in which the deck draws: it moves with the land. */
  drawLand() {
    if (!this.loaded) return
    this.wake()
    if (this.deck) return bundle.updateDeck?.(this.scene, this.deck)
    this.deck = bundle.createDeck?.({ container: this.canvas, jsonInput: this.scene, tooltip: false, handleEvent: (/** @type {string} */ name, /** @type {any} */ info) => this.happened(name, info) })
    this.deck.setProps({ onAfterRender: () => this.drawn(), getCursor: (/** @type {{ isDragging: boolean }} */ { isDragging }) => (isDragging ? "grabbing" : this.pointed ? "pointer" : "grab") })
  }

  /** Let the deck look for something to draw in each frame, until nothing has been drawn for a while. */
  wake() {
    this.deck?.animationLoop.start()
    clearTimeout(this.sleeping)
    this.sleeping = setTimeout(() => this.sleep(), AWAKE)
  }

  sleep() {
    const there = this.deck?.isInitialized && this.deck.layerManager.getLayers().every((/** @type {{ isLoaded: boolean }} */ { isLoaded }) => isLoaded)
    if (there) this.deck.animationLoop.stop()
    else this.wake()
  }

  drawn() {
    this.wake()
    this.drawAbove()
  }

  drawAbove() {
    const [viewport] = this.deck?.isInitialized ? this.deck.getViewports() : []
    const larger = this.away ? undefined : { core: this.core, fills: this.fills }
    if (viewport) this.above.draw(viewport, this.sharpness(), (/** @type {string} */ token) => this.colour(token), larger)
  }

  /**
   * Where the inset stands: its title and its scale are in its upper corners.
   * @param {Sent.Core} core
   */
  frame(core) {
    this.core = core
    Object.assign(this.larger.style, Object.fromEntries(/** @type {const} */ (["left", "top", "width", "height"]).map((side) => [side, `${core[side]}px`])))
    this.five.style.width = `${long(core, 5)}px`
  }

  /**
   * @param {string} name
   * @param {any} info
   */
  happened(name, info) {
    if (name === "deck-hover-event") this.pointed = this.above.at(info.x, info.y)
    if (name === "deck-click-event") this.press(this.above.at(info.x, info.y))
    if (name === "deck-view-state-change-event") this.moved(info)
  }

  /** @param {Sent.Mark | undefined} mark */
  press(mark) {
    if (mark) this.open(mark.id)
  }

  /** @param {{ zoom: number, longitude: number }} view */
  moved(view) {
    const home = this.scene.initialViewState
    const away = Math.abs(view.zoom - home.zoom) > 0.01 || Math.abs(view.longitude - home.longitude) > 0.001
    this.away = away
    this.reset.hidden = !away
    for (const part of [this.scale, this.larger]) part.style.visibility = away ? "hidden" : "visible"
  }

  /** Deck goes to an initial view only where it differs from the last one it was given. */
  home() {
    this.turns = (this.turns ?? 0) + 1
    const { zoom } = this.scene.initialViewState
    const initialViewState = { ...this.scene.initialViewState, zoom: zoom + this.turns * 1e-6 }
    this.deck.setProps({ initialViewState })
    this.wake()
    this.moved(initialViewState)
  }

  /** @param {Sent.Standing} standing */
  legend({ counts, post_event: after, elsewhere, ...others }) {
    const all = Object.values(counts).reduce((sum, value) => sum + value, 0)
    say(this.told, `${t("panel.open")} ${all}${elsewhere ? ` · ${t("panel.elsewhere")} ${elsewhere}` : ""}`)
    for (const [name, node] of /** @type {[Other, HTMLButtonElement][]} */ (Object.entries(this.others))) {
      const kept = name === "handovers" // there, a note can be left at any time
      say(node, kept && !others[name] ? t("panel.handovers") : `${t(`panel.${name}`)} ${others[name]}`)
      node.hidden = !kept && !others[name]
    }
    const heads = STATES.map((state) => el("small", "", t(`state.${state}`)))
    const rows = SEVERITIES.flatMap((severity) => [el("small", "name", t(`severity.${severity}`)), ...STATES.map((state) => count(severity, state, counts[`${severity}-${state}`] ?? 0))])
    const bar = el("span", "cell wide", glyph("yellow", { state: "C", phase: "post-event", size: 18 }), el("span", "", `${t("state.post")} ${after}`))
    change(this.counts, el("small"), ...heads, ...rows, el("small", "name", t("state.bar")), bar)
  }

  close() {
    this.land.close()
    this.over.close()
    clearTimeout(this.sleeping)
    this.deck?.finalize()
  }
}

/** Work that is wanted often and done at a pace that leaves the page its time. */
class Paced {
  /** @type {number | undefined} */
  waiting

  /** @param {() => void} work */
  constructor(work) {
    this.work = work
    this.done = -PACE
    this.took = 0
  }

  want() {
    if (this.waiting) return
    const rest = this.done + Math.max(PACE, REST * this.took) - performance.now()
    this.waiting = setTimeout(() => this.run(), Math.max(0, rest))
  }

  run() {
    this.waiting = undefined
    this.done = performance.now()
    this.work()
    longest(4).then((milliseconds) => (this.took = milliseconds))
  }

  close() {
    clearTimeout(this.waiting)
  }
}

/**
 * The longest of the next frames (ms): what was drawn holds up the page in one of them.
 * @param {number} frames
 */
async function longest(frames) {
  let [most, last] = [0, performance.now()]
  for (let n = 0; n < frames; n++) {
    const now = await new Promise(requestAnimationFrame)
    ;[most, last] = [Math.max(most, now - last), now]
  }
  return most
}

/**
 * The land in other colours, of which deck.gl must be told.
 * @param {Record<string, unknown>} layer
 * @param {string} getFillColor
 */
const recoloured = (layer, getFillColor) => ({ ...layer, getFillColor, updateTriggers: { getFillColor } })

/** @param {() => void} pressed */
function press(pressed) {
  const node = el("button")
  node.onclick = pressed
  return node
}

/**
 * @param {Sent.Severity} severity
 * @param {string} state
 * @param {number} value
 */
const count = (severity, state, value) => el("span", "cell", glyph(severity, { state, size: 18 }), el("span", value ? "" : "z", String(value)))

/**
 * @param {string} source
 * @returns {Promise<unknown>}
 */
function script(source) {
  if (bundle.createDeck) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const node = el("script")
    node.src = source
    node.onload = resolve
    node.onerror = reject
    document.head.append(node)
  })
}
