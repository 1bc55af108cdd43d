import type { Rule } from '../rule.ts'

export const foregroundIndex: Rule = {
  id: 'foreground-index',
  severity: 'error',
  tenantSeverity: 'warning',
  summary: 'An index of an existing collection is built in the foreground.',
  why: 'The collection can be neither read nor written until it is complete.',
  mend: 'Leave inBackground out, or say true.',
  *operation(place, model) {
    const { operation } = place.defined
    if (operation.name !== 'createIndex' || operation.asked.inBackground) return
    const { collection, name } = operation.asked
    if (model.isInUse(collection, place)) yield { message: `${name} locks ${collection} while it is built` }
  },
}
