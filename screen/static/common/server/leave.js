/* The way out, for who has signed in; where there are no accounts there is none, and a wall that nobody sits before has none. */

import { button, el, say } from "../dom.js"
import { signOut } from "./session.js"
import { t } from "../words.js"

export class Leave {
  constructor() {
    this.name = el("span", "name")
    this.node = button("leave", () => signOut())
    this.node.append(this.name, el("span", "", t("sign.out")))
    this.node.hidden = true
  }

  /**
   * `named`: whether the button itself names the person.
   * @param {Sent.Person | undefined} person
   * @param {boolean} [named]
   */
  show(person, named = false) {
    this.node.hidden = !person?.way || person.way === "wall"
    if (named && person) say(this.name, person.name)
  }
}
