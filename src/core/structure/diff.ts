import { keyOf, type Structure, type StructureObject } from './object.ts'

/** One thing in which a structure differs from the one it is held against; `expected` is null for what is too much. */
export type Difference =
  | { readonly type: 'missing'; readonly expected: StructureObject; readonly found: null }
  | { readonly type: 'extra'; readonly expected: null; readonly found: StructureObject }
  | { readonly type: 'changed'; readonly expected: StructureObject; readonly found: StructureObject }

/** What `found` has differently from `expected`, in the order of the objects' kinds and names as both were read. */
export function diffStructures(expected: Structure, found: Structure): Difference[] {
  const present = new Map(found.map((object) => [keyOf(object), object]))
  const wanted = new Set(expected.map(keyOf))
  const differences: Difference[] = []
  for (const object of expected) {
    const other = present.get(keyOf(object))
    if (other === undefined) differences.push({ type: 'missing', expected: object, found: null })
    else if (other.definition !== object.definition)
      differences.push({ type: 'changed', expected: object, found: other })
  }
  for (const object of found) {
    if (!wanted.has(keyOf(object))) differences.push({ type: 'extra', expected: null, found: object })
  }
  return differences
}

/** The object a difference is about. */
export const subjectOf = ({ expected, found }: Difference): StructureObject => (expected ?? found) as StructureObject
