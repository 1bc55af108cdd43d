import type { Rule } from '../rule.ts'

export const ttlOnExisting: Rule = {
  id: 'ttl-on-existing',
  severity: 'warning',
  summary: 'An existing collection gets a ttl index.',
  why: 'Within a minute the server begins to remove every document that is old enough, and no way down brings one back.',
  mend: 'Count what would go first, and allow it with the reason.',
  *operation(place, model) {
    const { operation } = place.defined
    if (operation.name !== 'createIndex' || operation.asked.type !== 'ttl') return
    const { collection, name, expireAfter } = operation.asked
    if (model.isInUse(collection, place))
      yield { message: `${name} removes what is older than ${expireAfter} s from ${collection}` }
  },
}
