import type { Rule } from '../rule.ts'

export const classRemoved: Rule = {
  id: 'weaviate-class-removed',
  severity: 'error',
  summary: 'A class is removed.',
  why: "Every company's objects in it are gone for good, and the way down cannot bring them back.",
  mend: 'Make sure that nothing uses it, and that it is in a backup, then remove it by hand or in the way down of what made it.',
  *find({ up }) {
    for (const { operation, line } of up) {
      if (operation.type === 'removeClass') yield { message: `${operation.value} is removed with all objects`, line }
    }
  },
}
