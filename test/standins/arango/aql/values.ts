import { isObject, type Json } from '../json.ts'

const collator = new Intl.Collator('en-US')
const ranks = { null: 0, boolean: 1, number: 2, string: 3, array: 4, object: 5 } as const

export type TypeName = keyof typeof ranks

export function typeOf(value: Json): TypeName {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value as TypeName
}

/** AQL's total order: by type first, then by value. */
export function compareValues(one: Json, other: Json): number {
  const difference = ranks[typeOf(one)] - ranks[typeOf(other)]
  if (difference !== 0) return difference
  if (typeof one === 'string' && typeof other === 'string') return one === other ? 0 : collator.compare(one, other)
  if (Array.isArray(one) && Array.isArray(other)) return compareArrays(one, other)
  if (isObject(one) && isObject(other)) {
    const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
    return compareArrays(
      names.map((name) => one[name] ?? null),
      names.map((name) => other[name] ?? null),
    )
  }
  return Number(one) - Number(other)
}

export function isEqual(one: Json, other: Json): boolean {
  return compareValues(one, other) === 0
}

export function toBool(value: Json): boolean {
  return typeof value === 'object' ? value !== null : Boolean(value)
}

/** What arithmetic makes of a value; what is no number is 0 for it. */
export function toNumber(value: Json): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (Array.isArray(value)) return value.length === 1 ? toNumber(value[0] ?? null) : 0
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : 0
  return Number.isFinite(number) ? number : 0
}

export function toText(value: Json): string {
  if (value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function toArray(value: Json): Json[] {
  if (Array.isArray(value)) return value
  if (isObject(value)) return Object.values(value)
  return value === null ? [] : [value]
}

/** NaN and infinities are null in AQL. */
export function finite(number: number): number | null {
  return Number.isFinite(number) ? number : null
}

/** A value by which equal ones can be found in a Map. */
export function identity(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(identity).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${identity(value[name] ?? null)}`).join(',')}}`
}

export function unique(values: readonly Json[]): Json[] {
  return [...new Map(values.map((value) => [identity(value), value])).values()]
}

function compareArrays(one: readonly Json[], other: readonly Json[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    if (index >= one.length) return -1
    if (index >= other.length) return 1
    const difference = compareValues(one[index] ?? null, other[index] ?? null)
    if (difference !== 0) return difference
  }
  return 0
}
