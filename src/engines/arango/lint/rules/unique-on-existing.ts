import type { Rule } from '../rule.ts'

export const uniqueOnExisting: Rule = {
  id: 'unique-on-existing',
  severity: 'warning',
  summary: 'An existing collection gets a unique index.',
  why: 'It fails on each company that has a value twice, so that the roll-out stops in the middle of the fleet.',
  mend: 'Look for duplicates first, and allow it with what was found.',
  *operation(place, model) {
    const { operation } = place.defined
    if (operation.name !== 'createIndex' || operation.asked.type !== 'persistent' || !operation.asked.unique) return
    const { collection, name } = operation.asked
    if (model.isInUse(collection, place)) yield { message: `${name} fails where ${collection} has a value twice` }
  },
}
