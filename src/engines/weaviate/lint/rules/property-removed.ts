import type { Rule } from '../rule.ts'

export const propertyRemoved: Rule = {
  id: 'weaviate-property-removed',
  severity: 'warning',
  summary: 'A rebuild leaves out or renames a property, or leaves out a vector.',
  why: 'A version that still asks for it fails from the moment of the switch; what is left out is gone with the old class.',
  mend: 'Release a version that does not use it first; "keepOld": true keeps the old class until you remove it.',
  *find({ up }) {
    for (const { operation, line } of up) {
      if (operation.type !== 'rebuildClass') continue
      const { from, drop = [], dropVectors = [], rename = {} } = operation.value
      for (const name of drop) yield { message: `${from}.${name} is left out`, line }
      for (const name of dropVectors) yield { message: `the vector ${name} of ${from} is left out`, line }
      for (const [name, next] of Object.entries(rename)) yield { message: `${from}.${name} becomes ${next}`, line }
    }
  },
}
