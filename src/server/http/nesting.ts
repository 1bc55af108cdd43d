import { malformed } from './read.ts'

/** Far from where V8, PostgreSQL and ClickHouse run out of stack, and from what anybody sends. */
const deepest = 1_000

/** Refuses JSON whose lists and objects are nested so deep that what handles it later would run out of stack. @throws DBS-2001 */
export function refuseDeep(json: string): void {
  // Most messages, and almost every line of many rows.
  if (json.length <= deepest) return
  let [depth, quoted] = [0, false]
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at]
    if (quoted) {
      if (character === '\\') at += 1
      else if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if (character === ']' || character === '}') depth -= 1
    else if (character === '[' || character === '{') {
      depth += 1
      if (depth > deepest) throw malformed(`the message is nested deeper than ${deepest} levels`)
    }
  }
}
