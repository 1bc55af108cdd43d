import type { Rule } from '../rule.ts'

export const schemaOnExisting: Rule = {
  id: 'schema-on-existing',
  severity: 'warning',
  summary: 'An existing collection gets a schema with level strict.',
  why: 'Documents that do not follow it stay, and cannot be changed any more, not even in another attribute.',
  mend: 'Use level moderate until the old documents are mended.',
  *operation(place, model) {
    const { operation } = place.defined
    if (operation.name !== 'changeCollection' || operation.asked.schema?.level !== 'strict') return
    const { name } = operation.asked
    if (model.isInUse(name, place)) yield { message: `old documents of ${name} may become unchangeable` }
  },
}
