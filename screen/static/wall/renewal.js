/* A wall that nobody touches draws itself anew: when the server has become another version, and after a day, at a quiet moment. */

const DAY = 86_400_000

export class Renewal {
  /** @type {string | undefined} */
  version

  constructor() {
    this.begun = performance.now()
  }

  /**
   * Called at each tick; `version`: the server's; `quiet`: nobody uses the wall, and nothing new and red is on it.
   * @param {string | undefined} version
   * @param {boolean} quiet
   */
  tick(version, quiet) {
    this.version ??= version
    if (quiet && due(this.version, version, performance.now() - this.begun)) location.reload()
  }
}

/**
 * Whether a page of version `drawn` that is `age` ms old should be drawn anew before a server of version `now`.
 * @param {string | undefined} drawn
 * @param {string | undefined} now
 * @param {number} age
 */
export const due = (drawn, now, age) => drawn !== now || age > DAY
