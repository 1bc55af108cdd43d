import type { StructureObject } from '../../../../core/structure/object.ts'
import type { Dependency } from '../read.ts'

const ranks = ['type', 'sequence', 'routine', 'table', 'view']

/** Whether it is sorted by what it needs; everything else hangs on these and follows them all. */
export const isStandalone = ({ kind }: StructureObject): boolean => ranks.includes(kind)

/** By kind and name, but for what must wait for something else. A circle, which SQL cannot make in one go, is cut at its first. */
export function sortByNeed(
  objects: readonly StructureObject[],
  dependencies: readonly Dependency[],
): StructureObject[] {
  const key = ({ kind, name }: StructureObject): string => `${kind} ${name}`
  const needs = Map.groupBy(dependencies, ({ dependent }) => dependent)
  const waiting = new Map(objects.toSorted(byKindAndName).map((object) => [key(object), object]))
  const sorted: StructureObject[] = []
  const place = (name: string): void => {
    const object = waiting.get(name)
    if (object === undefined) return
    waiting.delete(name)
    for (const { needed } of needs.get(name) ?? []) place(needed)
    sorted.push(object)
  }
  for (const name of [...waiting.keys()]) place(name)
  return sorted
}

export function byKindAndName(a: StructureObject, b: StructureObject): number {
  return ranks.indexOf(a.kind) - ranks.indexOf(b.kind) || compare(a.on, b.on) || compare(a.name, b.name)
}

// Not localeCompare: the order must not hang on the machine's language.
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
