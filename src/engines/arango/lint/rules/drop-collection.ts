import type { Rule } from '../rule.ts'

export const dropCollection: Rule = {
  id: 'drop-collection',
  severity: 'error',
  summary: 'An existing collection is dropped.',
  why: 'The version that runs while the fleet is rolled out still uses it; its documents are gone for good.',
  mend: 'Release a version that does not use the collection first; then drop it, and allow it with the reason.',
  *operation(place, model) {
    const { operation } = place.defined
    if (operation.name !== 'dropCollection' || !model.isInUse(operation.asked.name, place)) return
    yield { message: `${operation.asked.name} is dropped, and a running version may use it` }
  },
}
