/* The map: pydeck's deck, drawn by pydeck's own bundle; the legend with its counts beside it. */

import { el, fill, head, say } from "../common/dom.js"
import { SEVERITIES, glyph } from "../common/marks.js"
import { t } from "../common/words.js"

const PACE = 1000
/** Pixels: a station without an alert is a small grey dot, so that the alerts are seen first. */
const QUIET = 2.5
const STATES = ["B", "D", "C"]
/** Loads from which a district takes the next grey. */
const STEPS = [1, 6, 12]
const NO_EDGES = "@@=[0,0,0,0]"
const LAND = ["0", ...STEPS.map((least) => `${least}+`)]

export class Map {
  /** `open(id)` is called when somebody presses an alert, `others(name)` when somebody presses one of the counts of the head. */
  constructor(open, others) {
    this.open = open
    this.head = head(t("panel.map"))
    this.told = el("span")
    this.others = Object.fromEntries(["aside", "cases", "handovers"].map((name) => [name, press(() => others(name))]))
    fill(this.head.small, this.told, ...Object.values(this.others))
    this.canvas = el("div", "canvas")
    this.counts = el("div", "counts")
    this.scale = el("div", "scale", el("i"), t("panel.schematic"))
    this.reset = el("button", "reset", t("panel.reset"))
    this.reset.hidden = true
    this.reset.onclick = () => this.home()
    this.node = el("section", "map", this.canvas, this.head.node, this.scale, this.load(), this.counts, this.reset)
    this.drawn = 0
    this.whole = []
  }

  load() {
    const steps = LAND.map((text, n) => el("span", `land-${n}`, text))
    return el("div", "load", el("small", "", t("panel.load")), ...steps, el("span", "land-red", t("panel.red")))
  }

  /** The bundle and the font must be there before the first drawing: names are painted from the font. */
  async ready() {
    await Promise.all([script("/screen/deck.js"), document.fonts.load("400 18px Onescreen", "郑")])
    this.loaded = true
    if (this.wanted) this.draw()
  }

  /** `seen`: the view of the wall, and the `districts` in which something is new and red. */
  show({ map, dots, indices, marks, standing, domains }, { view, districts }) {
    if (standing !== this.standing) this.legend(standing)
    this.standing = standing
    const domain = domains.find(({ name }) => name === view)
    const key = `${view} ${districts} ${this.sharpness()} ${domain ? JSON.stringify([domain.loads, domain.red]) : ""}`
    const points = { stations: dots, indices, alerts: marks }
    const whole = [map, dots, indices, marks]
    if (key === this.key && whole.every((part, n) => part === this.whole[n])) return
    Object.assign(this, { whole, key })
    this.wanted = { ...map, useDevicePixels: this.sharpness(), layers: map.layers.map((layer) => this.layer({ ...layer, data: points[layer.id] ?? layer.data }, view, domain, districts)) }
    if (!this.loaded || this.waiting) return
    const rest = this.drawn + PACE - performance.now()
    this.waiting = setTimeout(() => this.draw(), Math.max(0, rest))
  }

  /** Pixels of the display for a pixel of the map: the wall is scaled as a whole. */
  sharpness() {
    return (devicePixelRatio * this.canvas.getBoundingClientRect().width) / this.canvas.offsetWidth
  }

  /** A layer as a view shows it: the points of one domain, its loads, and a white edge where something is new and red. */
  layer(given, view, domain, districts) {
    const layer = given.id === "stations" ? { ...given, getRadius: QUIET, getFillColor: this.colour("axis") } : given
    if (layer.id === "edges" && districts.length) return recoloured(layer, "getLineColor", whiteFirst(districts, domain ? NO_EDGES : layer.getLineColor))
    if (!domain) return layer
    if (layer.id === "edges") return recoloured(layer, "getLineColor", NO_EDGES) // they tell of all domains
    if (layer.id === "districts") return recoloured(layer, "getFillColor", this.land(domain))
    if (["stations", "indices", "alerts"].includes(layer.id)) return { ...layer, data: layer.data.filter((point) => point.domain === view) }
    return layer
  }

  /** The colours of the districts by one domain's load, as an expression of deck.gl. */
  land({ loads, red }) {
    const colour = (name) => JSON.stringify(this.colour(`land-${name}`))
    const step = (load) => STEPS.filter((least) => load >= least).length
    const cases = Object.entries(loads).map(([adcode, load]) => `properties.adcode=='${Number(adcode)}'?${colour(red[adcode] ? "red" : step(load))}:`)
    return `@@=${cases.join("")}${colour(0)}`
  }

  /** A token as deck.gl takes a colour. */
  colour(token) {
    return rgb(getComputedStyle(this.node).getPropertyValue(`--${token}`))
  }

  draw() {
    this.waiting = null
    this.drawn = performance.now()
    if (this.deck) globalThis.updateDeck(this.wanted, this.deck)
    else this.deck = globalThis.createDeck({ container: this.canvas, jsonInput: this.wanted, tooltip: false, handleEvent: (name, info) => this.happened(name, info) })
  }

  happened(name, info) {
    if (name === "deck-click-event" && info.object?.id) this.open(info.object.id)
    if (name === "deck-view-state-change-event") this.moved(info)
  }

  moved(view) {
    const home = this.wanted.initialViewState
    const away = Math.abs(view.zoom - home.zoom) > 0.01 || Math.abs(view.longitude - home.longitude) > 0.001
    this.reset.hidden = !away
    this.scale.style.visibility = away ? "hidden" : "visible"
  }

  /** Deck goes to an initial view only where it differs from the last one it was given. */
  home() {
    this.turns = (this.turns ?? 0) + 1
    const { zoom } = this.wanted.initialViewState
    const initialViewState = { ...this.wanted.initialViewState, zoom: zoom + this.turns * 1e-6 }
    globalThis.updateDeck({ ...this.wanted, initialViewState }, this.deck)
    this.moved(initialViewState)
  }

  legend({ counts, post_event: after, elsewhere, ...others }) {
    const all = Object.values(counts).reduce((sum, value) => sum + value, 0)
    say(this.told, `${t("panel.open")} ${all}${elsewhere ? ` · ${t("panel.elsewhere")} ${elsewhere}` : ""}`)
    for (const [name, node] of Object.entries(this.others)) {
      const kept = name === "handovers" // there, a note can be left at any time
      say(node, kept && !others[name] ? t("panel.handovers") : `${t(`panel.${name}`)} ${others[name]}`)
      node.hidden = !kept && !others[name]
    }
    const heads = STATES.map((state) => el("small", "", t(`state.${state}`)))
    const rows = SEVERITIES.flatMap((severity) => [el("small", "name", t(`severity.${severity}`)), ...STATES.map((state) => count(severity, state, counts[`${severity}-${state}`] ?? 0))])
    const bar = el("span", "cell wide", glyph("yellow", { state: "C", phase: "post-event", size: 18 }), el("span", "", `${t("state.post")} ${after}`))
    fill(this.counts, el("small"), ...heads, ...rows, el("small", "name", t("state.bar")), bar)
  }

  close() {
    clearTimeout(this.waiting)
    this.deck?.finalize()
  }
}

/** A layer of deck.gl with other colours, which it must be told of. */
const recoloured = (layer, name, colours) => ({ ...layer, [name]: colours, updateTriggers: { ...layer.updateTriggers, [name]: colours } })

/** The edges with these districts in white. */
const whiteFirst = (districts, colours) => `@@=${districts.map((adcode) => `properties.adcode=='${Number(adcode)}'?[236,239,241,255]:`).join("")}${colours.replace("@@=", "")}`

const rgb = (hex) => [1, 3, 5].map((n) => parseInt(hex.trim().slice(n, n + 2), 16))

function press(pressed) {
  const node = el("button")
  node.onclick = pressed
  return node
}

const count = (severity, state, value) => el("span", "cell", glyph(severity, { state, size: 18 }), el("span", value ? "" : "z", String(value)))

function script(source) {
  if (globalThis.createDeck) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const node = el("script")
    node.src = source
    node.onload = resolve
    node.onerror = reject
    document.head.append(node)
  })
}
