export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [name: string]: Json | undefined
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The same with every text changed, at any depth; the names of members stay. */
export function mapTexts<Value>(value: Value, change: (text: string) => string): Value
export function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((member) => mapTexts(member, change))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapTexts(member, change)]))
}

/** Members in alphabetical order at any depth, so that what is equal reads the same. */
export function canonicalJson(value: Json | undefined): string {
  return JSON.stringify(value, (_, member: Json) =>
    isObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  )
}

/** In which members `found` is not what was asked for, each such as `schema.level is "none", asked for "strict"`. */
export function differencesBetween(asked: Json | undefined, found: Json | undefined, path = ''): string[] {
  if (isObject(asked) && isObject(found)) {
    const names = [...new Set([...Object.keys(asked), ...Object.keys(found)])].sort()
    return names.flatMap((name) => differencesBetween(asked[name], found[name], path === '' ? name : `${path}.${name}`))
  }
  if (canonicalJson(asked) === canonicalJson(found)) return []
  return [`${path === '' ? 'it' : path} is ${shown(found)}, asked for ${shown(asked)}`]
}

const shown = (value: Json | undefined): string => {
  const text = value === undefined ? 'absent' : canonicalJson(value)
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

/** What of `found` the other one names, so that members which only the server knows are no difference. */
export function narrowedTo(asked: Json | undefined, found: Json | undefined): Json | undefined {
  if (Array.isArray(asked) && Array.isArray(found) && asked.length === found.length) {
    return found.map((member, index) => narrowedTo(asked[index], member) ?? null)
  }
  if (!isObject(asked) || !isObject(found)) return found
  return Object.fromEntries(Object.entries(asked).map(([name, member]) => [name, narrowedTo(member, found[name])]))
}
